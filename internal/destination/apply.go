package destination

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// Aim is what a step that settles an invoice means to reach. The call beside it is made as it is; only
// when Zoho Books refuses it, or what stands is in doubt, are both sides read, and what is possible is
// applied.
type Aim struct {
	Note    string        `json:"note,omitempty"` // id of the credit note whose money it is; "" = the payment's own
	Invoice string        `json:"invoice"`        // id of the invoice; "{id}" = the document's own
	Reach   money.Decimal `json:"reach"`          // what the source settles of the invoice then
	Look    bool          `json:"look,omitempty"` // read before anything is called
	Due     money.Decimal `json:"due"`            // what should be open of the invoice then; whatever else settles it, it is settled down to that
	// Own are the invoices of the orders that the source belongs to. With Force, a person decided that
	// what it settles beside them is taken back.
	Own   []string `json:"own,omitempty"`
	Force bool     `json:"force,omitempty"`
	// Ask says that its money was seen to stand otherwise: what people took back is not applied again
	// without asking.
	Ask bool `json:"ask,omitempty"`
	// Stood is what a voucher's credit note is known to settle of the invoice. What is more than is wanted is taken
	// back; what was applied beyond that in Zoho Books is asked about.
	Stood money.Decimal `json:"stood,omitzero"`
	// Says is, of a payment, what of it QloApps says went back.
	Says Says `json:"says,omitzero"`
	// More says that other steps look after it, so that nothing is certain yet.
	More bool `json:"more,omitempty"`
}

// AimOf reads the aim of a step; nil when it has none.
func AimOf(step engine.Step) *Aim {
	var aim Aim
	if len(step.Aim) == 0 || json.Unmarshal(step.Aim, &aim) != nil || aim.Invoice == "" {
		return nil
	}
	return &aim
}

// applying is a step that settles an invoice, with what both sides show.
type applying struct {
	aim     Aim
	voucher bool // the step is the invoice's: what is learned is its own
	source  zoho.Record
	invoice zoho.Record
	money   *Money
	unused  money.Decimal
	balance money.Decimal
}

// applied reads both sides of a step that settles an invoice and applies what is possible.
func applied(ctx context.Context, client *zoho.Client, own zoho.Resource, aim Aim, id string, refusal error) error {
	aim.Invoice, aim.Note = strings.ReplaceAll(aim.Invoice, "{id}", id), strings.ReplaceAll(aim.Note, "{id}", id)
	a := applying{aim: aim, voucher: own.Path == zoho.Invoices.Path}
	if err := a.read(ctx, client, id); err != nil {
		return err
	}
	if err := notSent(a.invoice, refusal); err != nil {
		return err
	}
	missing := aim.Reach.Sub(a.money.Settles[aim.Invoice])
	if a.voucher && missing.IsNegative() {
		return a.lower(ctx, client)
	}
	if !missing.IsPositive() {
		return a.learned(nil)
	}
	if aim.Ask && !aim.Force && a.unused.IsPositive() && a.room().IsPositive() {
		return a.leaves(ctx, client)
	}
	freed := money.Zero
	if lack := missing.Sub(a.unused); aim.Force && lack.IsPositive() && !a.voucher {
		freed = a.unused.Neg()
		take := a.takeBack
		if aim.Note != "" {
			take = a.uncredit
		}
		if err := take(ctx, client, lack); err != nil {
			return err
		}
		freed = freed.Add(a.unused)
	}
	part := money.Min(missing, money.Min(a.unused, a.room()))
	if refusal != nil && part.Equal(missing) && !a.aim.Look && !a.aim.Force {
		return refusal // both sides have room: Zoho has another reason
	}
	if part.IsPositive() {
		req := a.request(part)
		resp, err := client.Do(ctx, req)
		if err == nil {
			err = taken(req.Body, resp.Body, a.source.Currency)
		}
		if freed.IsPositive() && refused(err) { // what was taken off others' invoices for it is not believed to stand there
			f := *fault.Of(err)
			f.Detail = fmt.Sprintf("%s were taken off other invoices for invoice %s, did not settle it, and are unused: %s", money.Words(freed, a.source.Currency), word(a.invoice.Number, a.invoice.ID), f.Detail)
			return &engine.Stands{Extra: extra(map[string]any{"money": a.money, "doubt": true}), Err: f.By(err)}
		}
		if err != nil {
			return err
		}
		a.money.Settles[aim.Invoice] = a.money.Settles[aim.Invoice].Add(part)
		a.unused, a.balance, missing = a.unused.Sub(part), a.balance.Sub(part), missing.Sub(part)
	}
	switch {
	case !missing.IsPositive():
		return a.learned(nil)
	case !a.room().IsPositive() && a.unused.IsPositive():
		return a.learned(&engine.Told{Code: "overpaid", Detail: fmt.Sprintf("The invoice was settled in Zoho Books otherwise; %s stays as the guest's credit.", money.Words(missing, a.source.Currency))})
	case !a.room().IsPositive():
		return a.learned(&engine.Told{Code: "settled_otherwise", Detail: fmt.Sprintf("%s In Zoho Books it was used otherwise: %s. The invoice is settled all the same.", a.wish(), a.shows())})
	default:
		return a.leaves(ctx, client)
	}
}

// room is what the invoice still takes of what is wanted for it.
func (a *applying) room() money.Decimal { return money.Max(a.balance.Sub(a.aim.Due), money.Zero) }

func (a *applying) read(ctx context.Context, client *zoho.Client, id string) (err error) {
	resource, source := zoho.CustomerPayments, id
	if a.aim.Note != "" {
		resource, source = zoho.CreditNotes, a.aim.Note
	}
	a.source, err = client.GetMoney(ctx, resource, source)
	if fault.Is(err, fault.NotFound) && source != id && a.voucher && a.aim.Reach.IsZero() { // it settles nothing any more
		a.source, a.money = zoho.Record{ID: source}, &Money{Settles: map[string]money.Decimal{}}
		return nil
	}
	if fault.Is(err, fault.NotFound) && source != id {
		return vanished("The credit note", source, err)
	}
	if err != nil {
		return err
	}
	if a.unused, err = unsettled(resource, a.source); err != nil {
		return err
	}
	if a.money, err = readMoney(resource, a.source); err != nil {
		return err
	}
	a.invoice, err = client.Get(ctx, zoho.Invoices, a.aim.Invoice)
	if fault.Is(err, fault.NotFound) && a.aim.Invoice != id {
		return vanished("The invoice", a.aim.Invoice, err)
	}
	if err != nil || a.invoice.Status == "void" {
		return err
	}
	a.balance, err = unsettled(zoho.Invoices, a.invoice)
	return err
}

func (a *applying) request(amount money.Decimal) zoho.Request {
	path, body := zoho.Invoices.Path+"/"+a.aim.Invoice+"/credits", map[string]any{}
	switch {
	case a.aim.Note == "":
		body["invoice_payments"] = []map[string]any{{"payment_id": a.source.ID, "amount_applied": money.N(amount)}}
	case a.voucher:
		body["apply_creditnotes"] = []map[string]any{{"creditnote_id": a.source.ID, "amount_applied": money.N(amount)}}
	default:
		path = zoho.CreditNotes.Path + "/" + a.source.ID + "/invoices"
		body["invoices"] = []zoho.Allocation{{InvoiceID: a.aim.Invoice, AmountApplied: money.N(amount)}}
	}
	raw, _ := json.Marshal(body)
	return zoho.Request{Method: "POST", Path: path, Body: raw}
}

// takeBack frees an amount of a payment from invoices that are none of its orders'.
func (a *applying) takeBack(ctx context.Context, client *zoho.Client, amount money.Decimal) error {
	stays := zoho.Merge(nil, a.source.Settles)
	for n := len(stays) - 1; n >= 0 && amount.IsPositive(); n-- {
		part := money.Min(amount, stays[n].AmountApplied.Decimal)
		if slices.Contains(a.aim.Own, stays[n].InvoiceID) || !part.IsPositive() {
			continue
		}
		stays[n].AmountApplied, amount, a.unused = money.N(stays[n].AmountApplied.Sub(part)), amount.Sub(part), a.unused.Add(part)
		a.money.Settles[stays[n].InvoiceID] = stays[n].AmountApplied.Decimal
	}
	return reallocate(ctx, client, a.source, nil, stays)
}

// uncredit frees an amount of a credit note from invoices that are none of its order's. What is taken off beyond that
// is put back.
func (a *applying) uncredit(ctx context.Context, client *zoho.Client, amount money.Decimal) error {
	for _, other := range slices.Backward(zoho.Merge(nil, a.source.Settles)) {
		if slices.Contains(a.aim.Own, other.InvoiceID) || !other.AmountApplied.IsPositive() || !amount.IsPositive() {
			continue
		}
		if err := uncredit(ctx, client, a.source, other.InvoiceID); err != nil {
			return err
		}
		part := money.Min(amount, other.AmountApplied.Decimal)
		stays := other.AmountApplied.Sub(part)
		amount, a.unused, a.money.Settles[other.InvoiceID] = amount.Sub(part), a.unused.Add(other.AmountApplied.Decimal), money.Zero
		if !stays.IsPositive() {
			continue
		}
		body, _ := json.Marshal(map[string]any{"invoices": []zoho.Allocation{{InvoiceID: other.InvoiceID, AmountApplied: money.N(stays)}}})
		if _, err := client.Do(ctx, zoho.Request{Method: "POST", Path: zoho.CreditNotes.Path + "/" + a.source.ID + "/invoices", Body: body}); err != nil {
			return a.leftOff(other.InvoiceID, stays, err)
		}
		a.unused, a.money.Settles[other.InvoiceID] = a.unused.Sub(stays), stays
	}
	return nil
}

// lower leaves of a voucher's credit what the voucher pays now: all of it is taken off the invoice, and what stays is
// put back. More than was known to stand was applied by people, who are asked first.
func (a *applying) lower(ctx context.Context, client *zoho.Client) error {
	stands := a.money.Settles[a.aim.Invoice]
	if stands.GreaterThan(a.aim.Stood) && !a.aim.Force {
		err := a.asks().(*engine.Stands)
		err.Extra = extra(map[string]any{CreditOf(a.source.ID): stands, "asked": true, "doubt": true, "seen": true})
		return err
	}
	if err := uncredit(ctx, client, a.source, a.aim.Invoice); err != nil {
		return err
	}
	a.money.Settles[a.aim.Invoice] = money.Zero
	if a.aim.Reach.IsPositive() {
		if _, err := client.Do(ctx, a.request(a.aim.Reach)); err != nil {
			f := *fault.Of(err)
			f.Detail = fmt.Sprintf("The credit note was taken off the invoice, and the %s of it that the voucher pays now were not put back: %s", money.Words(a.aim.Reach, a.source.Currency), f.Detail)
			return &engine.Stands{Extra: extra(map[string]any{CreditOf(a.source.ID): money.Zero}), Err: f.By(err)}
		}
		a.money.Settles[a.aim.Invoice] = a.aim.Reach
	}
	return a.learned(nil)
}

// leftOff tells of what was taken off an invoice and did not go back to it; nothing of it is believed to stand there.
func (a *applying) leftOff(invoice string, amount money.Decimal, err error) error {
	f := *fault.Of(err)
	f.Detail = fmt.Sprintf("The credit note was taken off invoice %s, and %s of it were not put back there: %s", word(numbersOf(a.source)[invoice], invoice), money.Words(amount, a.source.Currency), f.Detail)
	return &engine.Stands{Extra: extra(map[string]any{"money": a.money, "doubt": true}), Err: f.By(err)}
}

// learned passes on what was read and done.
func (a *applying) learned(err error) error {
	fields := map[string]any{"money": a.money, "doubt": false, "asked": false}
	if a.voucher {
		fields = map[string]any{CreditOf(a.source.ID): a.money.Settles[a.aim.Invoice]}
		if !a.aim.More { // the others of the invoice's vouchers were looked at before
			fields["doubt"], fields["seen"], fields["asked"] = false, false, false
		}
	}
	return &engine.Stands{Extra: extra(fields), Err: err}
}

// leaves tells why the money is not where it is wanted: it went back, and QloApps says that no more, or somebody used it
// otherwise.
func (a *applying) leaves(ctx context.Context, client *zoho.Client) error {
	if a.aim.Says == nil || !a.money.back().IsPositive() {
		return a.asks()
	}
	list, err := a.aim.Says.read(ctx, client, a.source.ID, a.money)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return a.asks()
	}
	return unsaidStands(a.money, saidNoMore(list, a.source, a.settles(), a.shows()))
}

// asks leaves what somebody did with the money to a person, with both sides in words.
func (a *applying) asks() error {
	cure := "Use Release here to have it as QloApps says, or Skip to leave it as it stands; or put it right in Zoho Books and use Retry."
	if a.voucher && a.aim.Reach.Sub(a.money.Settles[a.aim.Invoice]).GreaterThan(a.unused) { // what it settles may be wanted there by another voucher
		cure = "Take the credit note off the other invoice in Zoho Books, then use Retry here. Or use Skip to leave it as it stands."
	}
	err := fault.New(fault.Held, "settled_otherwise", "%s In Zoho Books it stands otherwise: %s. That was not done from here, so it was left as it is.", a.wish(), a.shows()).Do(cure)
	stands := a.learned(err).(*engine.Stands)
	var fields map[string]any
	_ = json.Unmarshal(stands.Extra, &fields)
	if fields["asked"] = true; a.aim.Ask {
		fields["doubt"], fields["seen"] = true, true // it is read again whenever it is tried again
	} else if a.voucher {
		fields["doubt"] = true // as people move it until then
	}
	stands.Extra, stands.Ask = extra(fields), true
	return stands
}

// wish tells what QloApps wants, shows what is there.
func (a *applying) wish() string { return "By QloApps " + a.settles() + "." }

func (a *applying) settles() string {
	return fmt.Sprintf("%s of it settle invoice %s", money.Words(a.aim.Reach, a.source.Currency), word(a.invoice.Number, a.invoice.ID))
}

func (a *applying) shows() string {
	numbers := numbersOf(a.source)
	var parts []string
	for _, s := range zoho.Merge(nil, a.source.Settles) {
		if amount := a.money.Settles[s.InvoiceID]; amount.IsPositive() {
			parts = append(parts, fmt.Sprintf("%s settle invoice %s", money.Words(amount, a.source.Currency), word(numbers[s.InvoiceID], s.InvoiceID)))
		}
	}
	if back := a.money.back(); back.IsPositive() {
		parts = append(parts, fmt.Sprintf("%s were given back", money.Words(back, a.source.Currency)))
	}
	parts = append(parts, fmt.Sprintf("%s are unused", money.Words(a.unused, a.source.Currency)))
	return strings.Join(parts, ", ") + fmt.Sprintf("; invoice %s is open with %s", word(a.invoice.Number, a.invoice.ID), money.Words(a.balance, a.source.Currency))
}

func word(number, id string) string {
	if number != "" {
		return number
	}
	return id
}

// numbersOf are the printed numbers of the invoices that a record settles, by id.
func numbersOf(rec zoho.Record) map[string]string {
	var list struct {
		Invoices []struct {
			ID     zoho.Text `json:"invoice_id"`
			Number zoho.Text `json:"invoice_number"`
		} `json:"invoices"`
	}
	_ = json.Unmarshal(rec.Raw, &list)
	numbers := map[string]string{}
	for _, i := range list.Invoices {
		numbers[string(i.ID)] = string(i.Number)
	}
	return numbers
}
