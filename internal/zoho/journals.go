package zoho

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"github.com/qlobooks/qlobooks/internal/money"
)

// Journals is where journals stand. Zoho Books finds none by a key, so they are none of Resources.
var Journals = Resource{"/journals", "journal", "journal", "journals", "journal_id", "entry_number", "/accountant/journals/"}

// Journal is a journal body. Its lines' debits and credits come to the same.
type Journal struct {
	Date            string        `json:"journal_date"`
	ReferenceNumber string        `json:"reference_number"`
	Notes           string        `json:"notes,omitempty"`
	Status          string        `json:"status,omitempty"` // published
	Lines           []JournalLine `json:"line_items"`
	Tags            []Tag         `json:"tags,omitempty"`
	LocationID      string        `json:"location_id,omitempty"`
}

// DeferredWords tell the line of the account that revenue is deferred in.
const DeferredWords = "Deferred revenue (QloApps)"

// JournalLine moves an amount of one account.
type JournalLine struct {
	AccountID   string       `json:"account_id"`
	Side        string       `json:"debit_or_credit"` // debit, credit
	Amount      money.Number `json:"amount"`
	Description string       `json:"description,omitempty"`
	Tags        []Tag        `json:"tags,omitempty"`
	LocationID  string       `json:"location_id,omitempty"`
}

// Sides of a journal's line.
const (
	Debit  = "debit"
	Credit = "credit"
)

// EnteredJournal is a journal as a list shows it.
type EnteredJournal struct {
	ID        Text    `json:"journal_id"`
	Number    Text    `json:"entry_number"`
	Reference Text    `json:"reference_number"`
	Date      Day     `json:"journal_date"`
	Status    State   `json:"status"`
	Total     *Amount `json:"total"` // nil where Zoho does not tell

	Raw json.RawMessage `json:"-"` // as it was answered when it was made
}

func (j EnteredJournal) id() Text { return j.ID }

// JournalsOf lists the journals that bear a reference.
func (c *Client) JournalsOf(ctx context.Context, reference string) ([]EnteredJournal, error) {
	return rows[EnteredJournal](ctx, c, Journals.Path, Journals.List, url.Values{"reference_number": {reference}})
}

// JournalLines reads what a journal moves.
func (c *Client) JournalLines(ctx context.Context, id string) ([]JournalLine, error) {
	var answer struct {
		Journal struct {
			Lines []struct {
				Account Text    `json:"account_id"`
				Side    Text    `json:"debit_or_credit"`
				Amount  *Amount `json:"amount"`
				Words   Text    `json:"description"`
			} `json:"line_items"`
		} `json:"journal"`
	}
	if err := c.get(ctx, Journals.Path+"/"+id, &answer); err != nil {
		return nil, err
	}
	var lines []JournalLine
	for _, l := range answer.Journal.Lines {
		if !l.Amount.Told() {
			return nil, Unread(http.MethodGet, fmt.Errorf("a line of journal %s tells no amount", id))
		}
		lines = append(lines, JournalLine{AccountID: string(l.Account), Side: string(l.Side), Amount: money.N(l.Amount.Decimal), Description: string(l.Words)})
	}
	return lines, nil
}

// EnterJournal makes a journal.
func (c *Client) EnterJournal(ctx context.Context, body json.RawMessage) (EnteredJournal, int, error) {
	resp, err := c.Do(ctx, Request{Method: http.MethodPost, Path: Journals.Path, Body: body})
	if err != nil {
		return EnteredJournal{}, 0, err
	}
	var answer struct {
		Journal json.RawMessage `json:"journal"`
	}
	var entered EnteredJournal
	err = json.Unmarshal(resp.Body, &answer)
	if err == nil && len(answer.Journal) > 0 {
		err = json.Unmarshal(answer.Journal, &entered)
	}
	if err == nil && entered.ID == "" {
		err = errNoID
	}
	if err != nil {
		return EnteredJournal{}, 0, Unread(http.MethodPost, err)
	}
	entered.Raw = answer.Journal
	return entered, resp.Status, nil
}

// Balance reads the closing balance of an account.
func (c *Client) Balance(ctx context.Context, account string) (money.Decimal, error) {
	type balanced struct {
		Closing *Amount `json:"closing_balance"`
		Current *Amount `json:"current_balance"`
	}
	var answer struct {
		balanced
		Inside balanced `json:"chart_of_account"`
		Other  balanced `json:"account"`
	}
	if err := c.get(ctx, "/chartofaccounts/"+account, &answer); err != nil {
		return money.Zero, err
	}
	if told := answer.Closing.Or(answer.Inside.Closing, answer.Other.Closing, answer.Current, answer.Inside.Current, answer.Other.Current); told != nil {
		return told.Decimal, nil
	}
	return money.Zero, errNoList
}
