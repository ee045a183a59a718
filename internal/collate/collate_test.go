package collate_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	_ "github.com/go-sql-driver/mysql"

	"github.com/qlobooks/qlobooks/internal/collate"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
)

func TestMain(m *testing.M) { privatetest.Main(m) }

func TestSpellingsOfOneMethod(t *testing.T) {
	t.Parallel()
	one := []string{"Carte crédit", "carte credit", "CARTE CRÉDIT  "}
	for _, other := range one {
		if !collate.Equal(one[0], other) {
			t.Errorf("%q is another method than %q", other, one[0])
		}
	}
	for _, other := range []string{" Carte crédit", "Carte-crédit", "Carte", ""} {
		if collate.Contains(one, other) {
			t.Errorf("%q is taken for %q", other, one[0])
		}
	}
}

// TestLettersAreEqualAsTheDatabaseSays asks the server about every letter that a European keyboard
// has, as the collation of QloApps' tables compares it.
func TestLettersAreEqualAsTheDatabaseSays(t *testing.T) {
	db, err := sql.Open("mysql", privatetest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var letters []rune
	for _, block := range [][2]rune{{0x20, 0x7e}, {0xc0, 0x17f}, {0x386, 0x3ce}, {0x400, 0x45f}} {
		for r := block[0]; r <= block[1]; r++ {
			letters = append(letters, r)
		}
	}
	var parts []string
	for _, r := range letters {
		parts = append(parts, fmt.Sprintf("SELECT %d r, HEX(WEIGHT_STRING(CONVERT(_utf8mb4 X'%X' USING utf8) COLLATE utf8_general_ci)) w", r, string(r)))
	}
	rows, err := db.QueryContext(t.Context(), strings.Join(parts, " UNION ALL "))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	first, weights := map[string]rune{}, map[rune]string{}
	for rows.Next() {
		var r rune
		var w string
		if err := rows.Scan(&r, &w); err != nil {
			t.Fatal(err)
		}
		weights[r] = w
		if _, seen := first[w]; !seen {
			first[w] = r
		}
	}
	if len(weights) != len(letters) {
		t.Fatalf("the server told the weights of %d letters of %d: %v", len(weights), len(letters), rows.Err())
	}
	keys := map[string]rune{}
	for _, r := range letters {
		text := "x" + string(r) + "x"
		key := collate.Key(text)
		if same := first[weights[r]]; collate.Key("x"+string(same)+"x") != key {
			t.Errorf("%q and %q are equal to the server, not here", r, same)
		}
		if other, seen := keys[key]; seen && weights[other] != weights[r] {
			t.Errorf("%q and %q are equal here, not to the server", r, other)
		}
		keys[key] = r
	}
}
