// Package ledger says what of billed revenue is earned on which day.
//
// It is pure: what was posted and when it is stayed in, entries out. Amounts are in the base currency of
// the books and whole in its smallest unit; days are YYYY-MM-DD in the shop's zone. The words are those of
// docs/revenue.md.
package ledger

import (
	"cmp"
	"slices"
	"time"

	"github.com/qlobooks/qlobooks/internal/money"
)

// Stay are the days over which something is earned, both included: the nights of a room, the one day of
// what is used up at once. Without First nobody knows, and it is earned on the day of its document.
type Stay struct {
	First string `json:"first,omitempty"`
	Last  string `json:"last,omitempty"`
}

// Night is the stay of a single day.
func Night(day string) Stay { return Stay{First: day, Last: day} }

// longest is how many nights are spread over at most; whatever claims more is a mistake in a row.
const longest = 1100

// Nights are the nights between the days of arrival and departure, at least one.
func Nights(arrival, departure string) Stay {
	from, err := time.Parse(time.DateOnly, arrival)
	if err != nil {
		return Stay{}
	}
	to, err := time.Parse(time.DateOnly, departure)
	if err != nil || !to.After(from) {
		return Night(arrival)
	}
	if to.Sub(from) > longest*24*time.Hour {
		return Stay{}
	}
	return Stay{First: arrival, Last: to.AddDate(0, 0, -1).Format(time.DateOnly)}
}

func (s Stay) days() []string {
	from, err := time.Parse(time.DateOnly, s.First)
	if err != nil {
		return nil
	}
	var days []string
	for day := from; len(days) < longest; day = day.AddDate(0, 0, 1) {
		text := day.Format(time.DateOnly)
		if text > s.Last {
			break
		}
		days = append(days, text)
	}
	return days
}

// Part is what of a line belongs to one stay, in proportion to the others' weights.
type Part struct {
	Stay
	Weight money.Decimal `json:"weight"`
}

// Line is a line of a posted document.
type Line struct {
	Account string        // the income account that it was sold to
	Net     money.Decimal // without tax and after discounts, in the document's currency; only the proportion counts
	Parts   []Part        // none: it belongs to no stay
}

// Document is an invoice or a credit note as it stands in the books.
type Document struct {
	Day    string
	Credit bool
	Net    money.Decimal // of all lines, in its own currency
	Rate   money.Decimal // base units per unit of its currency
	Lines  []Line
}

// Entry is what of an account was billed and earned on a day.
type Entry struct {
	Day, Account   string
	Billed, Earned money.Decimal
}

type place struct{ day, account string }

// Entries are what documents bill and earn, by day and account. The documents may come in any order.
func Entries(documents []Document, precision int32) []Entry {
	sums := map[place]*Entry{}
	at := func(day, account string) *Entry {
		e := sums[place{day, account}]
		if e == nil {
			e = &Entry{Day: day, Account: account}
			sums[place{day, account}] = e
		}
		return e
	}
	for _, d := range documents {
		for n, amount := range d.amounts(precision) {
			if d.Credit {
				amount = amount.Neg()
			}
			l := d.Lines[n]
			billed := at(d.Day, l.Account)
			billed.Billed = billed.Billed.Add(amount)
			for _, s := range d.earned(l, amount, precision) {
				earned := at(s.day, l.Account)
				earned.Earned = earned.Earned.Add(s.amount)
			}
		}
	}
	var list []Entry
	for _, e := range sums {
		if !e.Billed.IsZero() || !e.Earned.IsZero() {
			list = append(list, *e)
		}
	}
	slices.SortFunc(list, func(a, b Entry) int { return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Account, b.Account)) })
	return list
}

// amounts are the lines in the base currency: together what the document comes to there.
func (d Document) amounts(precision int32) []money.Decimal {
	weights := make([]money.Decimal, len(d.Lines))
	for n, l := range d.Lines {
		weights[n] = l.Net
	}
	return spread(money.RoundHalfUp(d.Net.Mul(d.Rate), precision), weights, precision)
}

type share struct {
	day    string
	amount money.Decimal
}

// earned says on which days a line is earned. What a credit note takes back was earned on, or will be:
// it is taken from the days that are left on its date, and from that date where none is.
func (d Document) earned(l Line, amount money.Decimal, precision int32) []share {
	parts := l.Parts
	if len(parts) == 0 {
		parts = []Part{{Weight: money.One}}
	}
	weights := make([]money.Decimal, len(parts))
	for n, p := range parts {
		weights[n] = p.Weight
	}
	var list []share
	for n, of := range spread(amount, weights, precision) {
		days := parts[n].days()
		if d.Credit {
			days = slices.DeleteFunc(days, func(day string) bool { return day < d.Day })
		}
		if len(days) == 0 {
			days = []string{d.Day}
		}
		alike := make([]money.Decimal, len(days))
		for i := range alike {
			alike[i] = money.One
		}
		for i, each := range spread(of, alike, precision) {
			list = append(list, share{days[i], each})
		}
	}
	return list
}

// spread splits an amount in proportion, rounded cumulatively so that the parts add up to it. Without any
// proportion all of it is the first's.
func spread(amount money.Decimal, weights []money.Decimal, precision int32) []money.Decimal {
	const digits = 20
	parts := make([]money.Decimal, len(weights))
	sum := money.Zero
	for _, w := range weights {
		sum = sum.Add(w)
	}
	if len(parts) == 0 {
		return parts
	}
	if sum.IsZero() {
		parts[0] = amount
		return parts
	}
	so, given := money.Zero, money.Zero
	for n, w := range weights {
		so = so.Add(w)
		until := money.RoundHalfUp(amount.Mul(so).DivRound(sum, digits), precision)
		parts[n], given = until.Sub(given), until
	}
	return parts
}

// Deferred is what is billed and not earned by the end of a day, by account.
func Deferred(entries []Entry, day string) map[string]money.Decimal {
	deferred := map[string]money.Decimal{}
	for _, e := range entries {
		if e.Day <= day {
			deferred[e.Account] = deferred[e.Account].Add(e.Billed).Sub(e.Earned)
		}
	}
	return deferred
}

// Move is what a journal takes from an income account into the deferred one; less than nothing is given back.
type Move struct {
	Account string
	Amount  money.Decimal
}

// Moves bring what earlier journals deferred to what is deferred now, by account.
func Moves(deferred, posted map[string]money.Decimal) []Move {
	var moves []Move
	accounts := map[string]bool{}
	for _, sums := range []map[string]money.Decimal{deferred, posted} {
		for account := range sums {
			accounts[account] = true
		}
	}
	for account := range accounts {
		if amount := deferred[account].Sub(posted[account]); !amount.IsZero() {
			moves = append(moves, Move{account, amount})
		}
	}
	slices.SortFunc(moves, func(a, b Move) int { return cmp.Compare(a.Account, b.Account) })
	return moves
}

// Journal is what one is to bring about.
type Journal struct {
	Hotel, HotelName string
	Day              string
	Deferred         map[string]money.Decimal // by its end, by income account
	Posted           map[string]money.Decimal // by all other journals of the hotel that stand
	Unrated          []string                 // documents that are left out, as their exchange rate is not known
	Lost             []string                 // documents that are billed, as far as anybody knows, and not linked since the links were reset
	Later            bool                     // one of a later day stands, and moved what this one would have
	After            string                   // the day of a journal that has to come to rest first
}
