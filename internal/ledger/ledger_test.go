package ledger_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/ledger"
	"github.com/qlobooks/qlobooks/internal/money"
)

func d(text string) money.Decimal { return money.MustParse(text) }

func shown(entries []ledger.Entry) string {
	text := ""
	for _, e := range entries {
		text += fmt.Sprintf("%s %s %s/%s\n", e.Day, e.Account, e.Billed, e.Earned)
	}
	return text
}

func stay(from, to string) []ledger.Part {
	return []ledger.Part{{Stay: ledger.Nights(from, to), Weight: money.One}}
}

func TestEntries(t *testing.T) {
	t.Parallel()
	room := ledger.Document{Day: "2026-01-10", Net: d("100"), Rate: money.One, Lines: []ledger.Line{{Account: "room", Net: d("100"), Parts: stay("2026-01-31", "2026-02-03")}}}
	credit := func(day string) ledger.Document {
		return ledger.Document{Day: day, Credit: true, Net: d("50"), Rate: money.One, Lines: []ledger.Line{{Account: "room", Net: d("50"), Parts: stay("2026-01-31", "2026-02-03")}}}
	}
	for _, c := range []struct {
		name string
		of   []ledger.Document
		want string
	}{
		{"the nights of a room add up", []ledger.Document{room}, "2026-01-10 room 100/0\n2026-01-31 room 0/33.33\n2026-02-01 room 0/33.34\n2026-02-02 room 0/33.33\n"},
		{"a credit takes from the nights that are left", []ledger.Document{room, credit("2026-02-01")},
			"2026-01-10 room 100/0\n2026-01-31 room 0/33.33\n2026-02-01 room -50/8.34\n2026-02-02 room 0/8.33\n"},
		{"a credit after the stay takes from its own day", []ledger.Document{room, credit("2026-02-03")},
			"2026-01-10 room 100/0\n2026-01-31 room 0/33.33\n2026-02-01 room 0/33.34\n2026-02-02 room 0/33.33\n2026-02-03 room -50/-50\n"},
		{"what has no stay is earned when it is billed", []ledger.Document{{Day: "2026-01-10", Net: d("7"), Rate: d("1.5"), Lines: []ledger.Line{{Account: "shop", Net: d("7")}}}},
			"2026-01-10 shop 10.5/10.5\n"},
		{"another currency is rounded over the document", []ledger.Document{{Day: "2026-01-10", Net: d("1.00"), Rate: d("0.335"), Lines: []ledger.Line{
			{Account: "a", Net: d("0.33")}, {Account: "b", Net: d("0.33")}, {Account: "c", Net: d("0.34")}}}},
			"2026-01-10 a 0.11/0.11\n2026-01-10 b 0.11/0.11\n2026-01-10 c 0.12/0.12\n"},
		{"rooms of one service by what each costs", []ledger.Document{{Day: "2026-01-10", Net: d("30"), Rate: money.One, Lines: []ledger.Line{{Account: "spa", Net: d("30"),
			Parts: []ledger.Part{{Stay: ledger.Night("2026-01-12"), Weight: d("10")}, {Stay: ledger.Night("2026-01-20"), Weight: d("20")}}}}}},
			"2026-01-10 spa 30/0\n2026-01-12 spa 0/10\n2026-01-20 spa 0/20\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := shown(ledger.Entries(c.of, 2)); got != c.want {
				t.Errorf("is\n%swant\n%s", got, c.want)
			}
		})
	}
}

func TestNights(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to string
		want     ledger.Stay
	}{
		{"2024-02-28", "2024-03-01", ledger.Stay{First: "2024-02-28", Last: "2024-02-29"}},
		{"2026-01-05", "2026-01-05", ledger.Night("2026-01-05")},
		{"2026-01-05", "", ledger.Night("2026-01-05")},
		{"2026-01-05", "9999-12-31", ledger.Stay{}},
		{"", "2026-01-05", ledger.Stay{}},
	} {
		if got := ledger.Nights(c.from, c.to); got != c.want {
			t.Errorf("%s to %s: %v, want %v", c.from, c.to, got, c.want)
		}
	}
}

// TestWhateverIsBilled makes orders of which nothing is known but what may happen to one, and looks at every day.
func TestWhateverIsBilled(t *testing.T) {
	t.Parallel()
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	day := func(n int) string { return begin.AddDate(0, 0, n).Format(time.DateOnly) }
	accounts := []string{"room", "spa", "shop"}
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 20))
		precision := int32(r.IntN(4))
		cents := func(most int64) money.Decimal { return money.Unit(2).Mul(money.Whole(int(r.Int64N(most) + 1))) }
		var documents []ledger.Document
		last := 0
		for range 1 + r.IntN(6) {
			doc := ledger.Document{Day: day(r.IntN(40)), Credit: r.IntN(3) == 0, Rate: d([]string{"1", "1.08695652", "0.0066876", "149.53"}[r.IntN(4)])}
			for range 1 + r.IntN(4) {
				l := ledger.Line{Account: accounts[r.IntN(3)], Net: cents(99999)}
				for range r.IntN(3) {
					from := r.IntN(60)
					to := from + 1 + r.IntN(9)
					last = max(last, to)
					l.Parts = append(l.Parts, ledger.Part{Stay: ledger.Nights(day(from), day(to)), Weight: cents(500)})
				}
				doc.Net, doc.Lines = doc.Net.Add(l.Net), append(doc.Lines, l)
			}
			documents = append(documents, doc)
		}
		entries := ledger.Entries(documents, precision)
		billed := money.Zero
		for _, doc := range documents {
			net := money.RoundHalfUp(doc.Net.Mul(doc.Rate), precision)
			if doc.Credit {
				net = net.Neg()
			}
			billed = billed.Add(net)
		}
		sum := money.Zero
		for _, e := range entries {
			sum = sum.Add(e.Billed)
			if !e.Earned.Equal(e.Earned.Round(precision)) || !e.Billed.Equal(e.Billed.Round(precision)) {
				t.Fatalf("seed %d: %v is not whole", seed, e)
			}
		}
		if !sum.Equal(billed) {
			t.Fatalf("seed %d: the entries bill %s, the documents %s", seed, sum, billed)
		}
		for account, left := range ledger.Deferred(entries, day(max(last, 40))) {
			if !left.IsZero() {
				t.Fatalf("seed %d: %s of %s are deferred after every stay", seed, left, account)
			}
		}
		r.Shuffle(len(documents), func(i, j int) { documents[i], documents[j] = documents[j], documents[i] })
		if again := shown(ledger.Entries(documents, precision)); again != shown(entries) {
			t.Fatalf("seed %d: in another order\n%s and\n%s", seed, again, shown(entries))
		}
		// Documents come late and are taken away again; whatever days have a journal, they add up.
		posted := map[string]money.Decimal{}
		for n := range 80 {
			if r.IntN(4) == 0 {
				continue // no journal that day
			}
			known := documents[:1+r.IntN(len(documents))]
			deferred := ledger.Deferred(ledger.Entries(known, precision), day(n))
			for _, m := range ledger.Moves(deferred, posted) {
				posted[m.Account] = posted[m.Account].Add(m.Amount)
			}
			if left := ledger.Moves(deferred, posted); len(left) > 0 {
				t.Fatalf("seed %d, day %d: the journals are off by %v", seed, n, left)
			}
		}
	}
}
