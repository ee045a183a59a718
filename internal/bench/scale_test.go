package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/private/privatetest"
)

func TestMain(m *testing.M) { privatetest.Main(m) }

// TestASmallHotelIsMeasured: what is measured rarely breaks unseen; a hotel of the least size goes through all of it.
func TestASmallHotelIsMeasured(t *testing.T) {
	list, err := sized(t.Context(), privatetest.Database(t), privatetest.Redis(t), 2*block, 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"initialize", "tick", "overview", "orders", "queue"} {
		if !slices.ContainsFunc(list, func(m measured) bool { return strings.Contains(m.name, part) }) {
			t.Errorf("nothing of %q is among %d figures", part, len(list))
		}
	}
}
