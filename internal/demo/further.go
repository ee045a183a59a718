package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sample"
)

// further shows what an accountant chooses once the documents stand: revenue by the night, both sides of two months
// held against each other, and an invoice that stays a draft until a person sends it.
func further(ctx context.Context, stage *rehearsal.Stage, dsn string) error {
	if err := byTheNight(ctx, stage); err != nil {
		return err
	}
	now := time.Now()
	if _, err := stage.Start(ctx, "/reconciliation/refresh", map[string]any{"from": lastMonth(now).Format(time.DateOnly), "to": now.Format(time.DateOnly)}); err != nil {
		return err
	}
	return aDraft(ctx, stage, dsn)
}

// lastMonth is the first day of the month before.
func lastMonth(now time.Time) time.Time { return now.AddDate(0, 0, 1-now.Day()).AddDate(0, -1, 0) }

// aDraft books and invoices a room at the front desk while invoices are posted as drafts.
func aDraft(ctx context.Context, stage *rehearsal.Stage, dsn string) error {
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	desk := sample.Desk{DB: db, Prefix: "qlo_", Now: time.Now}
	id, err := desk.Book(ctx)
	if err != nil {
		return err
	}
	order := strconv.Itoa(id)
	if err := desk.Invoice(ctx, order); err != nil {
		return err
	}
	if err := stage.Set(ctx, "orders", "post_as", "draft"); err != nil {
		return err
	}
	if _, err := stage.Start(ctx, "/schedule/run", map[string]any{"kind": "tick"}); err != nil {
		return err
	}
	if _, err := stage.Start(ctx, "/records/orders/"+order+"/sync", nil); err != nil {
		return err
	}
	say("The invoice of order %s is a draft in the books until somebody sends it with Mark as sent.", order)
	return stage.Set(ctx, "orders", "post_as", "sent")
}

// byTheNight switches on that revenue is moved to the nights it is earned in, from the first day of last month, and
// holds the account in the books against the guest ledger.
func byTheNight(ctx context.Context, stage *rehearsal.Stage) error {
	account := stage.Books.AddAccount("Guest deposits", "other_current_liability")
	now := time.Now()
	first := lastMonth(now)
	if err := stage.Call(ctx, http.MethodPut, "/settings/revenue", map[string]any{"enabled": true, "deferred_account_id": account, "period": "day", "from": first.Format(time.DateOnly), "post_after": 0}, nil); err != nil {
		return err
	}
	if err := stage.Authorize(ctx); err != nil { // the consent from before did not ask for journals
		return err
	}
	if _, err := stage.Start(ctx, "/schedule/run", map[string]any{"kind": "tick"}); err != nil {
		return err
	}
	posted, err := journals(ctx, stage, first.Format("2006-01"), now.Format("2006-01"))
	if err != nil {
		return err
	}
	ledger, err := guestLedger(ctx, stage, now.Format("2006-01"), "")
	if err != nil {
		return err
	}
	left, balance := ledger.Account.Journals.StringFixed(2), stage.Books.Balance(account, "").StringFixed(2)
	say("%d journals move revenue to its nights: %s %s of what was billed is not earned yet, and «Guest deposits» in the books holds %s.", posted, left, ledger.Currency, balance)
	if left != balance {
		return errors.New("the guest ledger and the account in the books differ")
	}
	return nil
}

type monthLedger struct {
	Currency string
	Hotels   []struct{ Hotel string }
	Account  struct{ Journals decimal.Decimal }
	Journals []struct{ Status string }
}

func guestLedger(ctx context.Context, stage *rehearsal.Stage, month, hotel string) (found monthLedger, err error) {
	err = stage.Call(ctx, http.MethodGet, "/guest-ledger?limit=200&month="+month+hotel, nil, &found)
	return found, err
}

// journals waits until those of the months are posted and no more come, and counts them.
func journals(ctx context.Context, stage *rehearsal.Stage, months ...string) (posted int, err error) {
	const every, patience = time.Second, 180
	for range patience {
		before := posted
		var resting bool
		if posted, resting, err = journalsNow(ctx, stage, months); err != nil {
			return 0, err
		}
		if resting && posted > 0 && posted == before {
			return posted, nil
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(every):
		}
	}
	return 0, fmt.Errorf("the journals of %v were not posted within %v", months, patience*every)
}

func journalsNow(ctx context.Context, stage *rehearsal.Stage, months []string) (n int, resting bool, err error) {
	resting = true
	for _, month := range months {
		all, err := guestLedger(ctx, stage, month, "")
		if err != nil {
			return 0, false, err
		}
		for _, h := range all.Hotels {
			of, err := guestLedger(ctx, stage, month, "&hotel="+h.Hotel)
			if err != nil {
				return 0, false, err
			}
			for _, j := range of.Journals {
				resting = resting && j.Status == "synced"
			}
			n += len(of.Journals)
		}
	}
	return n, resting, nil
}
