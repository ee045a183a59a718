package paymentimport

import (
	"context"
	"slices"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/statement"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// left is a payment that a run could not read or bring, and why.
type left struct {
	ID     string `json:"id"`
	Number string `json:"number,omitempty"`
	Code   string `json:"code"`
	Detail string `json:"detail"`

	cause error
	row   *zoho.Record
}

const (
	// mostLeft is how many payments a run's result names; LeftCount counts all.
	mostLeft = 20
	// inARow is after how many payments that Zoho Books does not answer for, one after the other, it is
	// not the payments' fault.
	inARow = 5
	// leftOut is the code of a payment that is looked at again by every run until it could be brought.
	leftOut = "import_left"
)

// stops tells that a fault concerns all that comes after it, too: an access that is gone, a limit, a
// database that is away. Any other is one payment's alone and keeps no other from coming.
func stops(ctx context.Context, err error) bool {
	if ctx.Err() != nil || statement.Passing(err) {
		return true
	}
	switch f := fault.Of(err); f.Kind {
	case fault.Auth, fault.Limited:
		return true
	case fault.Unavailable:
		return f.Code != "zoho_unavailable"
	default:
		return false
	}
}

// take opens a payment; what goes wrong with it alone is kept with it and told at the end. row is what a
// list said of it, if one did.
func (j *job) take(ctx context.Context, id string, was *payment, row *zoho.Record) error {
	modified := ""
	if row != nil {
		modified = factsOf(row.Raw).Modified
	}
	err := j.open(ctx, id, was, modified)
	if err == nil {
		j.silent = 0
		return nil
	}
	if stops(ctx, err) {
		return err
	}
	f := fault.Of(err)
	l := left{ID: id, Code: f.Code, Detail: f.Detail, cause: err, row: row}
	if row != nil {
		l.Number = row.Number
	} else if was != nil {
		l.Number = was.Number
	}
	j.left = append(j.left, l)
	if err := j.leave(ctx, l); err != nil {
		return err
	}
	if f.Kind == fault.Unavailable {
		if j.silent++; j.silent >= inARow {
			return err
		}
	}
	return nil
}

// leave keeps that a payment is to be looked at by the next run, whatever its lists show, and tells it
// where nothing else waits for a person.
func (j *job) leave(ctx context.Context, l left) error {
	list, err := j.rows(ctx, "zoho_id = ?", l.ID)
	if err != nil {
		return err
	}
	p := payment{ZohoID: l.ID, Number: l.Number, Status: waiting, kept: kept{Unread: true}}
	if len(list) > 0 {
		p = list[0]
	} else if l.row != nil {
		f := factsOf(l.row.Raw)
		p.Amount, p.Currency, p.Mode, p.Reference, p.ContactID, p.Contact = l.row.Total.Decimal, l.row.Currency, f.Mode, f.Reference, f.Contact, f.ContactName
		if zoho.IsDay(f.Day) {
			p.Day = f.Day
		}
	}
	p.Again = true
	if p.Issue.Code == "" {
		p.question = p.missing()
		p.Issue = store.Issue{Code: leftOut, Detail: l.Detail, Action: "It is tried again by every import. " + fault.Of(l.cause).Action}
	}
	if _, err = j.save(ctx, &p); err == nil || stops(ctx, err) { // whoever changed it meanwhile has read it
		return err
	}
	// A list's row may tell what our own tables do not take: it is no reason to leave the other payments.
	bare := payment{ZohoID: l.ID, Status: waiting, Issue: p.Issue, kept: kept{Unread: true, Again: true}, version: p.version, known: p.known}
	_, err = j.save(ctx, &bare)
	return err
}

// secondTry opens once more what Zoho Books did not answer for.
func (j *job) secondTry(ctx context.Context) error {
	j.silent = 0
	first := j.left
	j.left = slices.DeleteFunc(slices.Clone(first), func(l left) bool { return fault.Is(l.cause, fault.Unavailable) })
	for _, l := range first {
		if !fault.Is(l.cause, fault.Unavailable) {
			continue
		}
		list, err := j.rows(ctx, "zoho_id = ?", l.ID)
		if err != nil {
			return err
		}
		var was *payment
		if len(list) > 0 {
			was = &list[0]
		}
		delete(j.opened, l.ID)
		if err := j.take(ctx, l.ID, was, l.row); err != nil {
			return err
		}
	}
	return nil
}

// tellLeft puts into the result what was left.
func (j *job) tellLeft() {
	j.result.LeftCount = len(j.left)
	j.result.Left = j.left[:min(len(j.left), mostLeft)]
}
