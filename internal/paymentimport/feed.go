package paymentimport

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/qlobooks/qlobooks/internal/flow"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

const (
	// lookback is how many days before today a payment may be dated to be listed at every look, and how
	// far back the first look for changes goes.
	lookback = 45
	// overlap is looked at twice, as clocks differ and lists lag.
	overlap = 10 * time.Minute
	// mostAgain is how many payments that no list shows are read again in one run, those first that were
	// not looked at for longest.
	mostAgain = 100
	// zohoTime is how Zoho writes instants.
	zohoTime = "2006-01-02T15:04:05-0700"
)

// look finds what is new or has changed. Zoho Books has no list of changed payments, so three lists
// are read: the payments dated of late or later, those entered since the last look whatever their
// date, and the invoices of ours that changed since then, as money that comes or goes changes them. A list
// that cannot be read hides no other; the next look then begins where this one did.
func (j *job) look(ctx context.Context) error {
	mark := "payment_import"
	began := j.Store.Now()
	since := began.AddDate(0, 0, -lookback)
	last, err := j.Store.Mark(ctx, mark)
	if err != nil {
		return err
	}
	if at, err := time.Parse(time.RFC3339, last); err == nil {
		since = at.Add(-overlap)
	}
	recent := began.In(j.zone).AddDate(0, 0, -lookback).Format(time.DateOnly)
	first, err := j.Store.Mark(ctx, firstMark)
	if err != nil {
		return err
	}
	if j.all || first != "" && first != everyDay && j.first() < first && j.first() < recent { // it was moved back since
		recent = j.first()
	}
	var unread error
	try := func(list func() error) (read bool, err error) {
		err = list()
		if err == nil || stops(ctx, err) {
			return err == nil, err
		}
		if unread == nil {
			unread = err
		}
		return false, nil
	}
	dated, err := try(func() error { return j.dated(ctx, recent) })
	if err != nil {
		return err
	}
	if !j.all {
		for _, list := range []func(context.Context, time.Time) error{j.entered, j.invoices} {
			if _, err := try(func() error { return list(ctx, since) }); err != nil {
				return err
			}
		}
	}
	if _, err := try(func() error { return j.related(ctx) }); err != nil {
		return err
	}
	if dated {
		if _, err := try(func() error { return j.unlisted(ctx, recent) }); err != nil {
			return err
		}
	}
	if err := j.judgeAgain(ctx); err != nil {
		return err
	}
	if err := j.secondTry(ctx); err != nil {
		return err
	}
	if unread != nil {
		return unread
	}
	if err := j.Store.SetMark(ctx, firstMark, orText(j.first(), everyDay)); err != nil {
		return err
	}
	return j.Store.SetMark(ctx, mark, began.UTC().Format(time.RFC3339))
}

const (
	// firstMark keeps the first day of the last look.
	firstMark = "payment_import_first"
	// everyDay is what it says when none was set.
	everyDay = "all"
)

// first is the first day whose payments are brought; "" = all.
func (j *job) first() string {
	if j.choices.ImportFromDate == nil {
		return ""
	}
	return *j.choices.ImportFromDate
}

// dated goes through the payments dated from a day on, "" = all.
func (j *job) dated(ctx context.Context, from string) error {
	filter := url.Values{"sort_column": {"date"}, "sort_order": {"D"}}
	if from != "" {
		filter.Set("date_start", from)
	}
	var order zoho.Downward
	return j.list(ctx, filter, func(f facts) (take, more bool) { return f.Day >= from || !zoho.IsDay(f.Day), !order.Past(f.Day, from) })
}

// entered goes through the payments that were entered since a moment. Where Zoho does not sort by
// that, a part of the list has to do, beside the other lists.
func (j *job) entered(ctx context.Context, since time.Time) error {
	rows, order := 0, zoho.Downward{}
	return j.list(ctx, url.Values{"sort_column": {"created_time"}, "sort_order": {"D"}}, func(f facts) (take, more bool) {
		rows++
		at, err := time.Parse(zohoTime, f.Created)
		past := order.Past(at.UTC().Format(time.DateTime), since.UTC().Format(time.DateTime))
		return err == nil && !at.Before(since), !past && (order.Ordered() || rows < mostUnsorted)
	})
}

// mostUnsorted is how many rows of a list that is not sorted as asked are looked through.
const mostUnsorted = 2000

const pageSize = 200

// list reads a list of payments, page by page, as long as one says that more may follow.
func (j *job) list(ctx context.Context, filter url.Values, judge func(f facts) (take, more bool)) error {
	key := j.books.KeyFieldOf(zoho.CustomerPayments)
	var page []zoho.Record
	for raw, err := range j.books.Rows(ctx, zoho.CustomerPayments.Path, zoho.CustomerPayments.List, filter) {
		if err != nil {
			return err
		}
		rec, err := zoho.CustomerPayments.Row(raw, key)
		if err != nil {
			continue
		}
		take, more := judge(factsOf(rec.Raw))
		if take && rec.Key == "" {
			page = append(page, rec)
		}
		if !more {
			break
		}
		if len(page) == pageSize {
			if err := j.page(ctx, page); err != nil {
				return err
			}
			page = page[:0]
		}
	}
	return j.page(ctx, page)
}

// page opens those of some listed payments that are not known as they are.
func (j *job) page(ctx context.Context, page []zoho.Record) error {
	if len(page) == 0 {
		return nil
	}
	ids := make([]string, len(page))
	for i, rec := range page {
		ids[i] = rec.ID
		j.shown[rec.ID] = true
	}
	known, err := j.known(ctx, ids)
	if err != nil {
		return err
	}
	for _, rec := range page {
		f, was := factsOf(rec.Raw), known.payments[rec.ID]
		if was == nil && (known.ours[rec.ID] || zoho.IsDay(f.Day) && f.Day < j.first()) {
			continue
		}
		if was != nil && !j.all && was.same(rec, f, j.Store.Now()) && known.stands(was) {
			continue
		}
		if err := j.take(ctx, rec.ID, was, &rec); err != nil {
			return err
		}
	}
	return nil
}

// unsaid is how long a payment counts as read whose row does not say when it was changed: it is read again once a day, and at
// once when the row or an invoice that it settles says something else.
const unsaid = 24 * time.Hour

// same tells that a row says nothing else than what was read last, and that nothing is still to be done there.
func (p payment) same(rec zoho.Record, f facts, now time.Time) bool {
	switch {
	case p.Sending != nil || slices.ContainsFunc(p.Open, func(x share) bool { return !x.ByHand }):
		return false
	case p.Status == writing || p.Again || p.Gone:
		return false
	case rec.Status != "" && notCome(rec) != p.NotCome:
		return false
	case f.Modified == "" && now.Sub(p.at) >= unsaid || f.Modified != "" && f.Modified != p.Modified:
		return false
	case f.Contact != "" && f.Contact != p.ContactID:
		return false
	}
	return p.Day == f.Day && p.Amount.Equal(rec.Total.Decimal) && (p.NotCome != "" || !rec.HasBalance || p.Unused.Equal(rec.Balance.Decimal))
}

// what is known of some payments
type knowledge struct {
	payments map[string]*payment
	ours     map[string]bool    // posted from here, so that they are nothing to bring
	standing map[string][]share // in QloApps, now
	tied     map[string]bool    // payments of QloApps that are linked to one of them
}

// stands tells that QloApps has of a payment what was read last, and that all of it is linked.
func (k knowledge) stands(p *payment) bool {
	now := k.standing[p.ZohoID]
	for _, s := range now {
		if !k.tied[s.PaymentID] {
			return false
		}
	}
	for _, list := range [][]share{now, p.Standing} {
		for _, s := range list {
			if !of(now, s.OrderID).Equal(of(p.Standing, s.OrderID)) {
				return false
			}
		}
	}
	return slices.Equal(days(now), days(p.Standing))
}

// days are the days of some parts, row by row.
func days(list []share) []string {
	var out []string
	for _, s := range list {
		out = append(out, s.PaymentID+" "+s.OrderID+" "+s.Day)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (j *job) known(ctx context.Context, ids []string) (knowledge, error) {
	k := knowledge{payments: map[string]*payment{}, ours: map[string]bool{}, standing: map[string][]share{}, tied: map[string]bool{}}
	list, err := j.rows(ctx, "zoho_id IN ?", ids)
	if err != nil {
		return k, err
	}
	for i := range list {
		k.payments[list[i].ZohoID] = &list[i]
	}
	standing, err := j.Hotel.ImportedShares(ctx, ids)
	if err != nil {
		return k, err
	}
	for id, shares := range standing {
		k.standing[id] = sharesOf(shares)
	}
	var linked []struct{ ZohoID, SourceID string }
	if err := j.db(ctx).Raw("SELECT zoho_id, source_id FROM qlobooks_documents WHERE flow = ? AND zoho_id IN ?", flow.Payment, ids).Scan(&linked).Error; err != nil {
		return k, fmt.Errorf("read links: %w", err)
	}
	for _, l := range linked {
		k.ours[l.ZohoID], k.tied[l.SourceID] = len(k.standing[l.ZohoID]) == 0, true
	}
	return k, nil
}

// invoices goes through our invoices that changed since a moment, and reads the payments of those
// whose balance is not what QloApps says is due.
func (j *job) invoices(ctx context.Context, since time.Time) error {
	since = since.UTC().Truncate(time.Second)
	filter := url.Values{"last_modified_time": {since.Format(zohoTime)}}
	var page []zoho.Record
	for raw, err := range j.books.Rows(ctx, zoho.Invoices.Path, zoho.Invoices.List, filter) {
		if err != nil {
			return err
		}
		rec, err := zoho.Invoices.Row(raw, j.books.KeyFieldOf(zoho.Invoices))
		if err != nil {
			continue
		}
		if at, err := time.Parse(zohoTime, factsOf(rec.Raw).Modified); err == nil && at.Before(since) {
			continue // the filter was ignored
		}
		if page = append(page, rec); len(page) == pageSize {
			if err := j.invoicePage(ctx, page); err != nil {
				return err
			}
			page = page[:0]
		}
	}
	return j.invoicePage(ctx, page)
}

func (j *job) invoicePage(ctx context.Context, page []zoho.Record) error {
	ids := make([]string, len(page))
	for i, rec := range page {
		ids[i] = rec.ID
	}
	invoices, err := j.linked(ctx, flow.Invoice, ids)
	if err != nil || len(invoices) == 0 {
		return err
	}
	var sources []string
	for _, id := range invoices {
		sources = append(sources, id)
	}
	bills, err := j.Hotel.Invoices(ctx, sources)
	if err != nil {
		return err
	}
	digits, err := j.Digits(ctx)
	if err != nil {
		return err
	}
	for _, rec := range page {
		source, ours := invoices[rec.ID]
		if !ours {
			continue
		}
		bill, there := bills[source]
		if there && bill.Order != nil && len(bill.Order.Invoices) == 1 && rec.HasBalance && rec.Balance.Sub(due(bill.Order, digits)).Abs().LessThanOrEqual(cent) {
			continue // both sides agree
		}
		if err := j.paymentsOf(ctx, rec.ID); err != nil {
			return err
		}
	}
	return nil
}

// paymentsOf opens what settles an invoice and is not known so, and what settled it and no longer does.
func (j *job) paymentsOf(ctx context.Context, invoiceID string) error {
	resp, err := j.books.Do(ctx, zoho.Request{Method: http.MethodGet, Path: zoho.Invoices.Path + "/" + invoiceID + "/payments"})
	if err != nil {
		return err
	}
	var answer struct {
		Payments []struct {
			ID     zoho.Text   `json:"payment_id"`
			Amount zoho.Amount `json:"amount"`
		} `json:"payments"`
	}
	if err := json.Unmarshal(resp.Body, &answer); err != nil {
		return zoho.Unread(http.MethodGet, fmt.Errorf("payments of invoice %s: %w", invoiceID, err))
	}
	var ids []string
	applied := map[string]bool{}
	for _, p := range answer.Payments {
		if id := string(p.ID); id != "" && !applied[id] {
			ids, applied[id] = append(ids, id), true
		}
	}
	before, err := j.rows(ctx, "status IN ? AND facts LIKE ?", []string{waiting, imported, changed}, `%"zoho_invoice_id":"`+invoiceID+`"%`)
	if err != nil {
		return err
	}
	for i := range before {
		if !applied[before[i].ZohoID] {
			if err := j.take(ctx, before[i].ZohoID, &before[i], nil); err != nil {
				return err
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	known, err := j.known(ctx, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if !known.ours[id] || known.payments[id] != nil {
			if err := j.take(ctx, id, known.payments[id], nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// related reads again what was none of QloApps' business and has become it: its contact or its invoice was
// paired, or found again, since.
func (j *job) related(ctx context.Context) error {
	list, err := j.rows(ctx, "p.zoho_id IN (SELECT e.zoho_id FROM qlobooks_imported_strange e JOIN qlobooks_documents d ON d.flow = ? AND d.zoho_id = e.invoice_id) "+
		"OR p.status = ? AND p.accepted = '' AND p.facts LIKE ? AND p.facts NOT LIKE ? AND EXISTS (SELECT 1 FROM qlobooks_documents d WHERE d.flow = ? AND d.zoho_id = p.contact_id)",
		flow.Invoice, elsewhere, `%"unused":"%`, `%"unused":"0"%`, flow.Customer)
	if err != nil {
		return err
	}
	for i := range list {
		if !j.opened[list[i].ZohoID] && list[i].ContactID != "" {
			if err := j.take(ctx, list[i].ZohoID, &list[i], nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// unlisted reads again what waits for a person or stands in QloApps and was in no list though it is
// dated so that it should have been: it may be gone. What waits is read again whatever its date.
func (j *job) unlisted(ctx context.Context, from string) error {
	list, err := j.rows(ctx, "status IN ? AND (status <> ? OR day >= ? OR facts LIKE ?) ORDER BY updated_at", []string{waiting, imported, changed}, imported, day(from), `%"open":[%`)
	if err != nil {
		return err
	}
	read := 0
	for i := range list {
		if j.shown[list[i].ZohoID] || j.opened[list[i].ZohoID] {
			continue
		}
		if read++; read > mostAgain && !j.all {
			break
		}
		if err := j.take(ctx, list[i].ZohoID, &list[i], nil); err != nil {
			return err
		}
	}
	return nil
}

// judgeAgain judges what waits by what was last read of it, as QloApps or a setting may have changed: that
// costs no call. Only what would come out otherwise is read again.
func (j *job) judgeAgain(ctx context.Context) error {
	for after := ""; ; {
		list, err := j.rows(ctx, "status = ? AND zoho_id > ? ORDER BY zoho_id LIMIT ?", waiting, after, pageSize)
		if err != nil || len(list) == 0 {
			return err
		}
		ids := make([]string, len(list))
		for i := range list {
			ids[i] = list[i].ZohoID
		}
		after = ids[len(ids)-1]
		standing, err := j.Hotel.ImportedShares(ctx, ids)
		if err != nil {
			return err
		}
		paired, err := j.paired(ctx, ids)
		if err != nil {
			return err
		}
		for i := range list {
			was := &list[i]
			if j.opened[was.ZohoID] || was.Unread {
				continue
			}
			if now := sharesOf(standing[was.ZohoID]); paired[was.ZohoID] && len(now) == 0 {
				if err := j.drop(ctx, *was); err != nil {
					return err
				}
			} else if other, err := j.otherwise(ctx, *was, now); err != nil {
				return err
			} else if other {
				if err := j.take(ctx, was.ZohoID, was, nil); err != nil {
					return err
				}
			}
		}
	}
}

// otherwise tells that a payment which an order keeps waiting would be judged otherwise now.
func (j *job) otherwise(ctx context.Context, p payment, standing []share) (bool, error) {
	p.Standing = standing
	if len(planOf(p).Has) == 0 || !slices.Contains([]string{"already_paid", "unassigned", "other_currency", "stands_elsewhere", "taken_back", "qloapps_refuses"}, p.Issue.Code) {
		return false, nil
	}
	was := p.Issue
	p.Assigned = slices.Clone(p.Assigned)
	certain, err := j.judge(ctx, &p)
	return len(certain) > 0 || p.Status != waiting || p.Issue.Code != was.Code || p.Issue.Detail != was.Detail, err
}

// day is the first that MySQL compares, where every day is meant.
func day(from string) string {
	if from == "" {
		return "0001-01-01"
	}
	return from
}
