package flow

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/ledger"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// Revenue is the flow of the journals that move billed revenue to the nights it is earned in, one for each hotel
// and period: "{hotel}:{day}".
const Revenue = "revenue"

// RegisterRevenue adds the flow of journals, of which there are none while nobody queues any.
func RegisterRevenue(e *engine.Engine, load func(context.Context, []string) (map[string]ledger.Journal, error), books destination.Books) {
	engine.Add(e, engine.Flow[ledger.Journal, zoho.Journal]{Name: Revenue, Section: "orders", Version: 1, Journal: true, Load: load, Needs: journalNeeds, Map: mapJournal, Dest: destination.Journals(books)})
}

// journalNeeds is a journal that is not at rest: what it moves is not known before.
func journalNeeds(j ledger.Journal, _ *rules.Rules) []engine.Ref {
	if j.After == "" {
		return nil
	}
	return []engine.Ref{ref(Revenue, j.Hotel+":"+j.After)}
}

func mapJournal(j ledger.Journal, self engine.Link, links engine.Links, r *rules.Rules) (engine.Mapped[zoho.Journal], error) {
	key := ref(Revenue, j.Hotel+":"+j.Day)
	title := "Revenue of " + j.Day + ", " + hotelWords(j)
	m := engine.Mapped[zoho.Journal]{CreateOnly: true, Compare: key.Key(), Facts: engine.Facts{Title: title, Date: j.Day, Own: j.Day, Hotel: hotelWords(j)}}
	m.Steps = []engine.Step{published()}
	if self.Exists() { // no posted journal is ever changed
		m.Keep, m.Facts.Date, m.Facts.Currency, m.Facts.Total = true, self.Day, self.Currency, self.Total
		return m, nil
	}
	set := r.Settings.Revenue
	if !set.Enabled || set.DeferredAccountID == nil {
		return m, fault.New(fault.Skipped, "skipped_export_off", "Revenue by the night is switched off, so no journal is made.").Do("Switch it on in Configuration, Revenue.")
	}
	if j.After != "" {
		if _, err := links.Settled(Revenue, j.Hotel+":"+j.After); err != nil {
			return m, err
		}
	}
	if len(j.Lost) > 0 {
		return m, fault.New(fault.Held, store.NotFoundAgain, "The links were reset, and what stood in Zoho Books is not linked again, such as %s: what is deferred is not known before.", strings.Join(j.Lost, ", ")).
			Do("Synchronize the orders, so that their documents are found there, and use Skip on what is not to be found. The journal then goes on by itself.")
	}
	if len(j.Unrated) > 0 {
		return m, fault.New(fault.Held, "no_rate", "The exchange rate of %s is not known, so what is deferred in %s is not either.", strings.Join(j.Unrated, ", "), r.Org.BaseCurrency).
			Do("Look at the document in Zoho Books and have its order synchronized again; the journal is tried again by itself.").After(time.Hour)
	}
	deferred := j.Deferred
	if unknown := deferred[""]; !unknown.IsZero() { // sold to an account that was not known: to the one that is chosen by now
		if chosen, err := r.Mappings.Find(rules.Accounts, "line:other"); err == nil && chosen.ZohoID != "" {
			deferred = maps.Clone(deferred)
			delete(deferred, "")
			deferred[chosen.ZohoID] = deferred[chosen.ZohoID].Add(unknown)
		}
	}
	moves := ledger.Moves(deferred, j.Posted)
	if j.Later || len(moves) == 0 { // one that stands all the same is among what is journaled
		m.Nothing, m.Counts, m.Facts.Currency = true, true, r.Org.BaseCurrency
		m.Doc = zoho.Journal{Date: j.Day, ReferenceNumber: key.Key()}
		return m, nil
	}
	doc := zoho.Journal{Date: j.Day, ReferenceNumber: key.Key(), Status: "published", Notes: title + "."}
	if lock := r.Locks.Entered(); lock.Closed(j.Day) {
		doc.Date = lock.FirstOpen()
		doc.Notes = fmt.Sprintf("%s. It is of %s, which was locked.", title, j.Day)
	}
	sum, debits := money.Zero, money.Zero
	add := func(account, words string, amount money.Decimal) {
		line := zoho.JournalLine{AccountID: account, Side: zoho.Debit, Amount: money.N(amount.Abs()), Description: words}
		if amount.IsNegative() {
			line.Side = zoho.Credit
		} else {
			debits = debits.Add(amount)
		}
		doc.Lines = append(doc.Lines, line)
	}
	for _, move := range moves {
		if move.Account == "" {
			return m, fault.New(fault.Blocked, "mapping_missing", "%s %s of %s were sold to an income account that is not known.", move.Amount, r.Org.BaseCurrency, j.Day).
				Do("Choose the default income account on the Mapping page, then use Retry.")
		}
		words := "Billed, to be earned later"
		if move.Amount.IsNegative() {
			words = "Earned, or taken back"
		}
		add(move.Account, words, move.Amount)
		sum = sum.Add(move.Amount)
	}
	if !sum.IsZero() {
		add(*set.DeferredAccountID, zoho.DeferredWords, sum.Neg())
	}
	d, err := dimensionOf(j.Hotel, r)
	if err != nil {
		return m, err
	}
	for n := range doc.Lines {
		doc.Lines[n].Tags, doc.Lines[n].LocationID = slices.Clone(d.lines), d.location
	}
	doc.Tags, doc.LocationID = d.whole, d.location
	m.Doc = doc
	m.Facts.Date, m.Facts.Currency, m.Facts.Total = doc.Date, r.Org.BaseCurrency, debits
	return m, nil
}

// published proves that a journal counts in the ledger: where journals need an approval, what is entered as published
// stands as a draft until somebody approves it. It only reads, and only where no answer told.
func published() engine.Step {
	path := zoho.Journals.Path + "/{id}"
	return engine.Step{Name: "published", Method: http.MethodGet, Path: path, Implied: true, Again: true,
		Proof: &engine.Proof{Path: path, Envelope: zoho.Journals.Envelope, Field: "status", Any: []string{"published"}, Alone: true}}
}

func hotelWords(j ledger.Journal) string {
	if j.HotelName != "" {
		return j.HotelName
	}
	return "hotel " + j.Hotel
}
