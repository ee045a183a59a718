package destination

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// Journals are found by their reference, as they have no key: whatever was called for without an answer is
// looked for there before it is called for again.
func Journals(books Books) engine.Dest[zoho.Journal] {
	return journalDest{dest[zoho.Journal]{Resource: zoho.Journals, books: books}}
}

type journalDest struct{ dest[zoho.Journal] }

func (d journalDest) Draft(key string, known engine.Link, doc zoho.Journal) (engine.Call, error) {
	if known.Exists() {
		return engine.Call{}, fmt.Errorf("journal %s stands and is never changed", key)
	}
	body, err := json.Marshal(doc)
	return engine.Call{Method: http.MethodPost, Path: zoho.Journals.Path, Body: body, Once: true}, err
}

func (d journalDest) Send(ctx context.Context, c engine.Call) (engine.Answer, error) {
	ctx, client, err := d.client(ctx)
	if err != nil {
		return engine.Answer{}, err
	}
	entered, status, err := client.EnterJournal(ctx, c.Body)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Rejected) {
		return engine.Answer{}, missing(ctx, client, c.Body, err)
	}
	if err != nil {
		return engine.Answer{}, err
	}
	var sent zoho.Journal
	if err := json.Unmarshal(c.Body, &sent); err != nil {
		return engine.Answer{}, err
	}
	answer := enteredAs(entered, sent.Lines)
	answer.Made = status == http.StatusCreated
	if entered.Date != "" && string(entered.Date) != sent.Date {
		answer.Differs = append(answer.Differs, fmt.Sprintf("the date is «%s» there instead of «%s»", entered.Date, sent.Date))
	}
	if total := debits(sent.Lines); entered.Total.Told() && !entered.Total.Equal(total) {
		answer.Differs = append(answer.Differs, fmt.Sprintf("it moves %s there instead of %s", money.Text(entered.Total.Decimal), money.Text(total)))
	}
	answer.Differs = append(answer.Differs, elsewhere(c.Body, entered.Raw)...)
	return answer, nil
}

// Find looks a journal up by its reference. Of several, which people may have copied, the one of the day
// that was sent counts, else the first.
func (d journalDest) Find(ctx context.Context, key string, c engine.Call) (engine.Answer, bool, error) {
	ctx, client, err := d.client(ctx)
	if err != nil {
		return engine.Answer{}, false, err
	}
	rows, err := client.JournalsOf(ctx, key)
	if err != nil {
		return engine.Answer{}, false, err
	}
	var sent zoho.Journal
	_ = json.Unmarshal(c.Body, &sent)
	var found *zoho.EnteredJournal
	for n, row := range rows {
		if strings.TrimSpace(string(row.Reference)) != key {
			continue
		}
		ofDay := string(row.Date) == sent.Date
		if found == nil || ofDay && string(found.Date) != sent.Date || ofDay == (string(found.Date) == sent.Date) && earlier(row.ID, found.ID) {
			found = &rows[n]
		}
	}
	if found == nil {
		return engine.Answer{}, false, nil
	}
	lines, err := client.JournalLines(ctx, string(found.ID))
	if err != nil {
		return engine.Answer{}, false, err
	}
	return enteredAs(*found, lines), true, nil
}

func earlier(a, b zoho.Text) bool { return len(a) < len(b) || len(a) == len(b) && a < b }

// enteredAs is a journal that stands, with what it moves: what is deferred is reckoned from that. Where the answer
// tells no total, its lines do.
func enteredAs(j zoho.EnteredJournal, lines []zoho.JournalLine) engine.Answer {
	extra, _ := json.Marshal(Entered{Lines: lines})
	total := debits(lines)
	if j.Total.Told() {
		total = j.Total.Decimal
	}
	return engine.Answer{ID: string(j.ID), Number: string(j.Number), Name: string(j.Number), Status: string(j.Status), Total: total, Extra: extra}
}

// Entered is what is kept of a journal.
type Entered struct {
	Lines []zoho.JournalLine `json:"lines"`
}

func debits(lines []zoho.JournalLine) money.Decimal {
	sum := money.Zero
	for _, l := range lines {
		if l.Side == zoho.Debit {
			sum = sum.Add(l.Amount.Decimal)
		}
	}
	return sum
}

// EnteredOf reads what is kept of a journal.
func EnteredOf(extra json.RawMessage) (e Entered) {
	_ = json.Unmarshal(extra, &e)
	return e
}
