package destination

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// UndoStep begins the names of steps that take a document back.
const UndoStep = "undo:"

// Withdrawal says how a document is taken back. What people did to it in Zoho Books is never undone with it.
//
// An invoice, a credit note or a sales order that was only a draft is deleted: it was in no ledger and nobody has its
// number. One that counted stays void: its number is not given to anything else, and the next sync brings the same
// document back. Zoho Books knows no void payment: it is deleted, and so is money that went back.
func (d dest[D]) Withdrawal(ctx context.Context, ask engine.Withdrawing) (engine.Withdrawal, error) {
	if d.Path == "" {
		return engine.Withdrawal{}, fault.New(fault.Held, "undo_refused", "A currency is not taken back: Zoho Books keeps it for every document in it.").Do("Nothing.")
	}
	ctx, client, err := d.client(ctx)
	if err != nil {
		return engine.Withdrawal{}, err
	}
	w := &withdrawal{client: client, resource: d.Resource, ask: ask}
	if payments := wentBackOf(ask.Link); len(payments) > 0 {
		err = w.repayments(ctx, payments)
		return w.Withdrawal, err
	}
	rec, err := w.read(ctx)
	if err != nil || w.Gone {
		return w.Withdrawal, err
	}
	switch d.Path {
	case zoho.Contacts.Path, zoho.Items.Path:
		w.inactive(rec)
	case zoho.CustomerPayments.Path:
		err = w.payment(ctx, rec)
	case zoho.CreditNotes.Path:
		err = w.creditNote(ctx, rec)
	case zoho.Invoices.Path:
		err = w.invoice(ctx, rec)
	case zoho.SalesOrders.Path:
		err = w.salesOrder(rec)
	default:
		err = fault.New(fault.Held, "undo_refused", "Zoho Books keeps it as it was posted.").Do("Nothing.")
	}
	return w.Withdrawal, err
}

type withdrawal struct {
	engine.Withdrawal
	client   *zoho.Client
	resource zoho.Resource
	ask      engine.Withdrawing
}

// wentBackOf are the payments on which money stands that went back, where that is all there is of a document.
func wentBackOf(link engine.Link) (payments []string) {
	for _, name := range link.Steps {
		if rest, is := strings.CutPrefix(name, GiveBackStep); is {
			if id, _, _ := strings.Cut(rest, ":"); !slices.Contains(payments, id) {
				payments = append(payments, id)
			}
		}
	}
	return payments
}

func (w *withdrawal) get(ctx context.Context, r zoho.Resource, id string) (zoho.Record, error) {
	w.Calls++
	if r.Path == zoho.CustomerPayments.Path || r.Path == zoho.CreditNotes.Path {
		return w.client.GetMoney(ctx, r, id)
	}
	return w.client.Get(ctx, r, id)
}

// read gives what stands, unless it is gone or somebody made it another document.
func (w *withdrawal) read(ctx context.Context) (zoho.Record, error) {
	rec, err := w.get(ctx, w.resource, w.ask.Link.ID)
	if fault.Is(err, fault.NotFound) {
		w.Gone = true
		return rec, nil
	}
	if err != nil || w.resource.Path == zoho.Contacts.Path || w.resource.Path == zoho.Items.Path {
		return rec, err
	}
	if w.resource.Path == zoho.CustomerPayments.Path && rec.Key != w.ask.Link.Ref.Key() {
		return rec, fault.New(fault.Held, "stood_before", "It does not bear QloBooks' key, so it was not posted from here.").Do("Take it back in Zoho Books by hand if that is right.")
	}
	if rec.Status == "void" && !w.ask.Link.Retired() && !w.ask.Tried {
		return rec, editedByHand("it was made void there.")
	}
	known := w.ask.Link
	if total := KeptOf(known).Total; total != nil { // where Zoho Books came to another one, it was told so
		known.Total = *total
	}
	if words := EditedAmounts(known, rec.Raw); words != "" && w.resource.Path != zoho.CustomerPayments.Path {
		return rec, editedByHand(words)
	}
	if rec.HasTotal && apart(rec.Total.Decimal, known.Total) {
		return rec, editedByHand("it comes to " + money.Words(rec.Total.Decimal, rec.Currency) + " there, and came to " + money.Words(known.Total, rec.Currency) + " when it was sent.")
	}
	w.Days.Add(w.resource.Path == zoho.CustomerPayments.Path, w.ask.Link.Day, dateOf(rec.Raw))
	return rec, nil
}

func editedByHand(words string) error {
	return fault.New(fault.Held, "edited_in_zoho", "Somebody changed it in Zoho Books: %s", words).
		Do("Take it back in Zoho Books by hand if that is right; it is left as it stands.")
}

func dateOf(raw json.RawMessage) string {
	var is struct {
		Date zoho.Day `json:"date"`
	}
	_ = json.Unmarshal(raw, &is)
	return string(is.Date)
}

// step is one call that takes something away, with the proof that it is away.
func (w *withdrawal) step(name, method, path string, proof *engine.Proof) {
	w.Steps = append(w.Steps, engine.Step{Name: UndoStep + name, Method: method, Path: path, Proof: proof})
}

func (w *withdrawal) delete() {
	path := w.resource.Path + "/{id}"
	w.step("delete", http.MethodDelete, path, &engine.Proof{Path: path, Absent: true})
}

// end makes what counts void, and deletes a draft. What was void before stays so.
func (w *withdrawal) end(rec zoho.Record) {
	switch rec.Status {
	case "draft":
		w.delete()
		return
	case "void":
	default:
		path := w.resource.Path + "/{id}"
		w.step("void", http.MethodPost, path+"/status/void", &engine.Proof{Path: path, Envelope: w.resource.Envelope, Field: "status", Value: "void"})
	}
	w.Aside = true
}

func (w *withdrawal) inactive(rec zoho.Record) {
	path := w.resource.Path + "/{id}"
	if rec.Status != "inactive" {
		w.step("inactive", http.MethodPost, path+"/inactive", &engine.Proof{Path: path, Envelope: w.resource.Envelope, Field: "status", Value: "inactive"})
	}
	w.Aside = true
}

func settledByHand(words string) error {
	return fault.New(fault.Held, "settled_otherwise", "Somebody moved its money in Zoho Books: %s", words).
		Do("Take it back in Zoho Books by hand if that is right; it is left as it stands.")
}

func standsOnIt(words string) error {
	return fault.New(fault.Held, "stands_on_it", "%s", words).
		Do("Take back first what stands on it: undo the run that posted it, or take it back in Zoho Books by hand; then undo this run again.")
}

func (w *withdrawal) payment(ctx context.Context, rec zoho.Record) error {
	if _, err := readMoney(w.resource, rec); err != nil {
		return err
	}
	back, unused := rec.Total.Decimal, money.Zero
	if rec.HasBalance {
		unused = rec.Balance.Decimal
	}
	for _, a := range rec.Settles {
		back = back.Sub(a.AmountApplied.Decimal)
	}
	if back = back.Sub(unused); rec.HasBalance && back.IsPositive() {
		return standsOnIt(money.Words(back, rec.Currency) + " of the payment went back to the guest, which is not taken back.")
	}
	words, err := w.others(ctx, rec)
	if err != nil {
		return err
	}
	if words != "" {
		return settledByHand(words)
	}
	w.delete()
	return nil
}

// others names what a payment settles that it was not known to settle. What the same run has taken back, or takes back,
// explains that it settles less.
func (w *withdrawal) others(ctx context.Context, rec zoho.Record) (string, error) {
	kept := KeptOf(w.ask.Link).Money
	if kept == nil {
		return "", nil
	}
	read, err := readMoney(w.resource, rec)
	if err != nil {
		return "", err
	}
	known, now := kept.Settles, read.Settles
	var lost []string
	for invoice, amount := range now {
		if amount.GreaterThan(known[invoice]) && apart(amount, known[invoice]) {
			return "it settles " + money.Words(amount, rec.Currency) + " of an invoice there, and " + money.Words(known[invoice], rec.Currency) + " were applied from here.", nil
		}
	}
	for invoice, amount := range known {
		if apart(amount, now[invoice]) {
			lost = append(lost, invoice)
		}
	}
	mine, err := w.ask.Mine(ctx, lost)
	for _, invoice := range lost {
		if err == nil && !mine[invoice] {
			return "it settles " + money.Words(now[invoice], rec.Currency) + " of an invoice there, and " + money.Words(known[invoice], rec.Currency) + " were applied from here.", nil
		}
	}
	return "", err
}

func (w *withdrawal) creditNote(ctx context.Context, rec zoho.Record) error {
	if _, err := readMoney(w.resource, rec); err != nil {
		return err
	}
	path := w.resource.Path + "/{id}"
	applied := money.Zero
	var foreign []string
	for _, a := range rec.Settles {
		applied = applied.Add(a.AmountApplied.Decimal)
		if !w.appliedHere(a.InvoiceID) {
			foreign = append(foreign, a.InvoiceID)
		}
	}
	mine, err := w.ask.Mine(ctx, foreign)
	if err != nil {
		return err
	}
	for _, invoice := range foreign {
		if !mine[invoice] {
			return standsOnIt("Its credit pays an invoice that is not taken back with it.")
		}
	}
	if rec.HasBalance && apart(rec.Total.Decimal, rec.Balance.Add(applied)) {
		if err := w.refunds(ctx, path, "creditnote_refunds", "creditnote_refund_id", "the credit note"); err != nil {
			return err
		}
	}
	rows, err := w.credited(ctx, rec)
	if err != nil {
		return err
	}
	for _, row := range rows {
		w.step("unapply:"+row, http.MethodDelete, path+"/invoices/"+row, &engine.Proof{Path: path + "/invoices", List: "invoices_credited", Field: "creditnote_invoice_id", Value: row, Absent: true})
	}
	w.end(rec)
	w.Extra = extra(map[string]any{"money": Money{Settles: map[string]money.Decimal{}}, "doubt": nil, "known": nil, "seen": nil})
	return nil
}

// appliedHere reports that a credit note was applied to an invoice by a step of its own, whether a part of that was taken back already or not.
func (w *withdrawal) appliedHere(invoice string) bool {
	return slices.ContainsFunc(w.ask.Link.Steps, func(name string) bool {
		plain, _, _ := strings.Cut(name, "#")
		rest, is := strings.CutPrefix(plain, store.ApplyStep)
		id, _, _ := strings.Cut(rest, ":")
		return is && id == invoice
	})
}

// credited are the ids of the rows by which a credit note settles invoices.
func (w *withdrawal) credited(ctx context.Context, rec zoho.Record) (rows []string, err error) {
	if len(rec.Settles) == 0 {
		return nil, nil
	}
	w.Calls++
	resp, err := w.client.Do(ctx, zoho.Request{Method: http.MethodGet, Path: zoho.CreditNotes.Path + "/" + rec.ID + "/invoices"})
	if err != nil {
		return nil, err
	}
	for _, a := range rec.Settles {
		ids, named := creditedRows(resp.Body, "invoices_credited", a.InvoiceID)
		if named && len(ids) == 0 || !listed(resp.Body, "invoices_credited") {
			return nil, untold(zoho.CreditNotes, rec, "by what it settles its invoices")
		}
		rows = append(rows, ids...)
	}
	slices.Sort(rows)
	return slices.Compact(rows), nil
}

// refunds takes back what went back of a payment or credit note by our own reference; what people gave back is theirs.
func (w *withdrawal) refunds(ctx context.Context, path, list, id, of string) error {
	w.Calls++
	filled := strings.ReplaceAll(path, "{id}", w.ask.Link.ID)
	rows, err := refundsOf(ctx, w.client, filled+"/refunds", list)
	if err != nil {
		return err
	}
	for _, row := range rows {
		refund := string(cmp.Or(row.OfPayment, row.OfNote))
		switch {
		case strings.TrimSpace(string(row.Reference)) == w.ask.Link.Ref.Key() && refund == "":
			return untoldRefunds(filled + "/refunds")
		case strings.TrimSpace(string(row.Reference)) == w.ask.Link.Ref.Key():
			w.Days.Add(true, string(row.Date))
			w.step("refund:"+refund, http.MethodDelete, path+"/refunds/"+refund, &engine.Proof{Path: path + "/refunds", List: list, Field: id, Value: refund, Absent: true})
		case list == "creditnote_refunds":
			amount, _ := row.over(false)
			return settledByHand(money.Words(amount, w.ask.Link.Currency) + " of " + of + " were given back there by hand.")
		}
	}
	return nil
}

// repayments takes money back that went back of payments.
func (w *withdrawal) repayments(ctx context.Context, payments []string) error {
	for _, payment := range payments {
		err := w.refunds(ctx, zoho.CustomerPayments.Path+"/"+payment, "payment_refunds", "payment_refund_id", "the payment")
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
	}
	w.Gone = len(w.Steps) == 0
	return nil
}

func (w *withdrawal) invoice(ctx context.Context, rec zoho.Record) error {
	settled := money.Zero
	if rec.Status != "void" && rec.HasBalance {
		settled = rec.Total.Sub(rec.Balance.Decimal)
	}
	if settled.IsPositive() {
		vouchers := store.VouchersUsed(w.ask.Link.Steps, nil)
		for _, note := range slices.Sorted(maps.Keys(vouchers)) { // credit that pays it as a voucher was applied by a step of its own
			credit, err := w.get(ctx, zoho.CreditNotes, note)
			if fault.Is(err, fault.NotFound) {
				continue
			}
			if err != nil {
				return err
			}
			here := credit // what it pays of other invoices stays
			here.Settles = nil
			for _, a := range credit.Settles {
				if a.InvoiceID == rec.ID {
					here.Settles, settled = append(here.Settles, a), settled.Sub(a.AmountApplied.Decimal)
				}
			}
			rows, err := w.credited(ctx, here)
			if err != nil {
				return err
			}
			path := zoho.CreditNotes.Path + "/" + note + "/invoices"
			for _, row := range rows {
				w.step("unapply:"+row, http.MethodDelete, path+"/"+row, &engine.Proof{Path: path, List: "invoices_credited", Field: "creditnote_invoice_id", Value: row, Absent: true})
			}
		}
	}
	if settled.IsPositive() && apart(settled, money.Zero) {
		w.Steps = nil
		return standsOnIt(money.Words(settled, rec.Currency) + " of the invoice are settled in Zoho Books by what is not taken back with it.")
	}
	w.end(rec)
	w.Extra = extra(map[string]any{"credits": nil, "line_ids": nil}) // its lines are made anew, as what they are tied to may stand no more
	return nil
}

func (w *withdrawal) salesOrder(rec zoho.Record) error {
	var is struct {
		Invoices []struct {
			Number zoho.Text  `json:"invoice_number"`
			Status zoho.State `json:"status"`
		} `json:"invoices"`
	}
	_ = json.Unmarshal(rec.Raw, &is)
	for _, i := range is.Invoices {
		if i.Status != "void" {
			return standsOnIt("Invoice " + string(i.Number) + " was made of the sales order and is not taken back with it.")
		}
	}
	w.end(rec)
	return nil
}
