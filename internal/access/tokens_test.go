package access_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/access"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/store/storetest"
)

func TestMain(m *testing.M) { privatetest.Main(m) }

func TestRolesIncludeTheOnesBelow(t *testing.T) {
	t.Parallel()

	for i, have := range access.Roles {
		for j, need := range access.Roles {
			if have.Includes(need) != (i >= j) {
				t.Errorf("%s includes %s: %v", have, need, have.Includes(need))
			}
		}
	}
	if access.Role("").Includes(access.Viewer) || access.Role("root").Includes(access.Viewer) {
		t.Error("an unknown role may something")
	}
}

func TestTokenLife(t *testing.T) {
	t.Parallel()

	db := storetest.New(t)
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	var heard []string
	tokens := &access.Tokens{DB: db, Now: func() time.Time { return now }, Changed: func(_ context.Context, by, what string) error {
		heard = append(heard, by+": "+what)
		return nil
	}}
	ctx := t.Context()

	token, text, err := tokens.Create(ctx, " Night audit ", access.Operator, "Ada")
	if err != nil || !strings.HasPrefix(text, "qlb_") || len(text) < 40 || !strings.HasPrefix(text, token.Prefix) || token.Name != "Night audit" {
		t.Fatalf("token %+v, %v", token, err)
	}
	for _, name := range []string{"QloBooks", "qlobooks ", "ENGINE", "Éngine"} { // in the log it would read as what nobody did
		if _, _, err := tokens.Create(ctx, name, access.Admin, "Ada"); fault.Of(err) == nil || fault.Of(err).Code != "validation" {
			t.Errorf("a token is called %q: %v", name, err)
		}
	}
	var stored string
	if err := db.Raw("SELECT CONCAT_WS(' ', id, name, prefix, hash, created_by) FROM qlobooks_tokens").Scan(&stored).Error; err != nil || strings.Contains(stored, text) {
		t.Fatalf("stored %q, %v", stored, err)
	}

	now = now.Add(time.Hour)
	who, err := tokens.Authenticate(ctx, text)
	if err != nil || who.Kind != access.ByToken || who.Name != "Night audit" || who.Role != access.Operator || who.Session() != "" {
		t.Fatalf("caller %+v, %v", who, err)
	}
	first := now
	now = now.Add(10 * time.Second)
	if _, err := tokens.Authenticate(ctx, text); err != nil {
		t.Fatal(err)
	}
	list, err := tokens.List(ctx)
	if err != nil || len(list) != 1 || !list[0].LastUsedAt.Equal(first) || !list[0].CreatedAt.Equal(first.Add(-time.Hour)) {
		t.Fatalf("list %+v, %v; the use is noted at most once a minute", list, err)
	}

	for name, wrong := range map[string]string{"another": "qlb_" + strings.Repeat("a", 43), "cut": text[:len(text)-1], "empty": "", "prefix": token.Prefix, "other case": strings.ToUpper(text)} {
		if _, err := tokens.Authenticate(ctx, wrong); fault.Of(err).Code != "invalid_token" {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, err := range map[string]error{"no name": create(tokens, " ", access.Viewer), "long name": create(tokens, strings.Repeat("n", 101), access.Viewer), "no role": create(tokens, "n", "root")} {
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, id := range []string{token.ID + "abc", "0", "", "x"} {
		if err := tokens.Delete(ctx, id, "Ada"); !fault.Is(err, fault.NotFound) {
			t.Errorf("deleting %q: %v", id, err)
		}
	}
	if err := tokens.Delete(ctx, token.ID, "Bob"); err != nil {
		t.Fatal(err)
	}
	if _, err := tokens.Authenticate(ctx, text); fault.Of(err).Code != "invalid_token" {
		t.Errorf("a deleted token still works: %v", err)
	}
	if len(heard) != 2 || !strings.HasPrefix(heard[0], "Ada: ") || !strings.HasPrefix(heard[1], "Bob: ") {
		t.Errorf("heard %q", heard)
	}
}

func create(tokens *access.Tokens, name string, role access.Role) error {
	_, _, err := tokens.Create(context.Background(), name, role, "Ada")
	return err
}

// TestTheListAsksOnceForEachEmployee, however many tokens one made.
func TestTheListAsksOnceForEachEmployee(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	asked := map[string]int{}
	tokens := &access.Tokens{DB: db, Now: time.Now, Maker: func(_ context.Context, employee string) (access.Role, bool, error) {
		asked[employee]++
		return access.Operator, employee != "2", nil
	}}
	for i := range 6 {
		if _, _, err := tokens.Create(t.Context(), "token", access.Operator, "Ada"); err != nil {
			t.Fatal(err)
		}
		if err := db.Exec("UPDATE qlobooks_tokens SET employee_id = ? ORDER BY id DESC LIMIT 1", 1+i%2).Error; err != nil {
			t.Fatal(err)
		}
	}
	list, err := tokens.List(t.Context())
	if err != nil || len(list) != 6 || asked["1"] != 1 || asked["2"] != 1 {
		t.Fatalf("%d tokens, asked %v, %v", len(list), asked, err)
	}
	for _, token := range list {
		if ended := token.State == access.TokenEnded; ended != (token.Employee == "2") {
			t.Errorf("%+v", token)
		}
	}
}
