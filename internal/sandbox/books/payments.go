package books

import (
	"maps"
	"slices"

	"github.com/shopspring/decimal"
)

func paymentModule() *module {
	return &module{
		path: "customerpayments", entity: "customerpayment", envelope: "payment", idField: "payment_id", numberField: "payment_number",
		listed: []string{"customer_id", "reference_number", "date", "amount", "unused_amount", "payment_mode", "account_id", "currency_code", "invoice_numbers"}, spec: paymentSpec,
		apply: (*Server).applyPayment, show: (*Server).showPayment,
		remove: func(s *Server, d *doc) *refusal {
			if len(d.refunds) > 0 {
				return refuse(400, 24022, "A refunded payment cannot be deleted.")
			}
			if bad := s.moneyLocked(d.body.text("date")); bad != nil {
				return bad
			}
			s.release(d)
			return nil
		},
		act: actions{"POST refunds": (*Server).refund, "GET refunds": (*Server).listRefunds},
	}
}

func (s *Server) applyPayment(d *doc, body object, _ *request) *refusal {
	contact := s.byID[body.text("customer_id")]
	if contact == nil || contact.Module != "contacts" {
		return s.notThere("Customer", "customer_id")
	}
	if contact.Status == "inactive" && d.ID == "" {
		return refuse(400, 3029, "The customer is inactive.")
	}
	amount := body.number("amount")
	if !amount.IsPositive() || !fits(amount, contact.currency.Precision) {
		return refuse(400, 4, "Invalid value passed for amount")
	}
	if body.text("payment_mode") == "" {
		return refuse(400, 4, "Invalid value passed for payment_mode")
	}
	if body.text("date") == "" {
		body["date"] = s.today()
	}
	if bad := s.moneyLocked(d.body.text("date"), body.text("date")); bad != nil {
		return bad
	}
	if id := body.text("account_id"); id == "" {
		body["account_id"] = s.accountByName("Undeposited Funds")
	} else if !s.accountExists(id) {
		return s.notThere("Account", "account_id")
	}
	if bad := s.allocatable(d, contact, amount, body.objects("invoices")); bad != nil {
		return bad
	}
	d.body, d.currency, d.Status = body, contact.currency, "paid"
	if d.Number == "" {
		d.Number = s.nextNumber("customerpayments")
	}
	if d.ID != "" {
		s.release(d)
		s.allocate(d)
	}
	return nil
}

// allocatable refuses allocations beyond an invoice's balance or beyond the payment.
func (s *Server) allocatable(d *doc, contact *doc, amount decimal.Decimal, rows []object) *refusal {
	whole := decimal.Zero
	for _, row := range rows {
		invoice := s.byID[row.text("invoice_id")]
		applied := row.number("amount_applied")
		if invoice == nil || invoice.Module != "invoices" {
			return s.notThere("Invoice", "invoice_id")
		}
		if invoice.body.text("customer_id") != contact.ID {
			return refuse(400, 4, "Invalid value passed for invoice_id")
		}
		if s.waits(invoice) {
			return errWaits
		}
		if invoice.Status != "sent" {
			return refuse(400, 24011, "Payments can be recorded for sent invoices only.")
		}
		if !applied.IsPositive() || !fits(applied, contact.currency.Precision) {
			return refuse(400, 4, "Invalid value passed for amount_applied")
		}
		free := balance(invoice)
		for _, u := range invoice.uses {
			if u.Source == d.ID && d.ID != "" {
				free = free.Add(u.Amount)
			}
		}
		if applied.GreaterThan(free) {
			return refuse(400, 24016, "The amount applied is more than the balance due of the invoice.")
		}
		whole = whole.Add(applied)
	}
	if whole.GreaterThan(amount) {
		return refuse(400, 24015, "The amounts applied are more than the payment.")
	}
	return nil
}

func (s *Server) allocate(d *doc) {
	for _, row := range d.body.objects("invoices") {
		s.settle(d, s.byID[row.text("invoice_id")], row.number("amount_applied"))
	}
}

func (s *Server) settle(source, invoice *doc, amount decimal.Decimal) {
	u := use{ID: s.id(), Source: source.ID, Invoice: invoice.ID, Amount: amount}
	source.uses = append(source.uses, u)
	invoice.uses = append(invoice.uses, u)
	invoice.Modified, source.Modified = s.now(), s.now()
}

func (s *Server) release(d *doc) {
	for _, u := range d.uses {
		if invoice := s.byID[u.Invoice]; invoice != nil {
			invoice.uses = slices.DeleteFunc(invoice.uses, func(o use) bool { return o.Source == d.ID })
			invoice.Modified = s.now()
		}
	}
	d.uses = nil
}

// unused is what a payment or credit note still has to give.
func unused(d *doc) decimal.Decimal {
	whole := d.totals.Total
	if d.Module == "customerpayments" {
		whole = d.body.number("amount")
	}
	for _, u := range d.uses {
		whole = whole.Sub(u.Amount)
	}
	for _, r := range d.refunds {
		whole = whole.Sub(r.body.number("amount"))
	}
	return whole
}

func (s *Server) showPayment(d *doc) object {
	numbers := ""
	rows := []object{}
	for _, u := range d.uses {
		invoice := s.byID[u.Invoice]
		if invoice == nil {
			continue
		}
		if numbers != "" {
			numbers += ", "
		}
		numbers += invoice.Number
		rows = append(rows, object{"invoice_payment_id": u.ID, "invoice_id": u.Invoice, "invoice_number": invoice.Number, "amount_applied": n(u.Amount), "balance": n(balance(invoice))})
	}
	rate := d.body.number("exchange_rate")
	if rate.IsZero() {
		rate = unity
	}
	back := decimal.Zero
	for _, r := range d.refunds {
		back = back.Add(r.body.number("amount"))
	}
	o := object{"payment_id": d.ID, "payment_number": d.Number, "customer_id": d.body.text("customer_id"), "payment_mode": d.body.text("payment_mode"), "amount": n(d.body.number("amount")),
		"unused_amount": n(unused(d)), "date": d.body.text("date"), "reference_number": d.body.text("reference_number"), "description": d.body.text("description"),
		"exchange_rate": s.rate(rate), "account_id": d.body.text("account_id"), "invoices": rows, "invoice_numbers": numbers, "currency_code": d.currency.Code, "currency_id": d.currency.ID,
		"amount_refunded": n(back), "status": d.Status, "payment_status": "paid", "custom_fields": d.customFields(s, "customerpayment"), "created_time": s.stamp(d.Created), "updated_time": s.stamp(d.Modified)}
	if c := s.byID[d.body.text("customer_id")]; c != nil {
		o["customer_name"] = c.body.text("contact_name")
	}
	for name, value := range d.custom {
		o[name] = value
	}
	return o
}

// applyCredits settles an invoice from payments and credit notes that have something unused.
func (s *Server) applyCredits(d *doc, r *request) (object, *refusal) {
	want := spec{"invoice_payments": list{"payment_id": "id", "amount_applied": "n"}, "apply_creditnotes": list{"creditnote_id": "id", "amount_applied": "n"}}
	if bad := want.check(r.body); bad != nil {
		return nil, bad
	}
	for _, source := range []struct{ field, id string }{{"invoice_payments", "payment_id"}, {"apply_creditnotes", "creditnote_id"}} {
		for _, row := range r.body.objects(source.field) {
			from := s.byID[row.text(source.id)]
			if bad := s.credit(from, d, row.number("amount_applied")); bad != nil {
				return nil, bad
			}
		}
	}
	return object{"message": "Credits have been applied."}, nil
}

// settlesOn are the days that must be open for what settles an invoice: what came before the invoice settles it only when
// that comes, and the other way round.
func (s *Server) settlesOn(invoice, from *doc) []string {
	one, other := invoice.body.text("date"), from.body.text("date")
	if s.prefer.EitherDay {
		return []string{one, other}
	}
	return []string{max(one, other)}
}

func (s *Server) credit(from, invoice *doc, amount decimal.Decimal) *refusal {
	if from == nil || invoice == nil || invoice.Module != "invoices" || from.body.text("customer_id") != invoice.body.text("customer_id") {
		return refuse(400, 4, "Invalid value passed for the credit or the invoice")
	}
	locked := s.locked
	if from.Module == "customerpayments" {
		locked = s.moneyLocked
	}
	if bad := locked(s.settlesOn(invoice, from)...); bad != nil {
		return bad
	}
	switch {
	case s.waits(invoice), s.waits(from):
		return errWaits
	case invoice.Status != "sent":
		return refuse(400, 12005, "Credits can be applied to sent invoices only.")
	case !s.open(invoice):
		return refuse(400, 12006, "Credits cannot be applied to a closed invoice.")
	case !amount.IsPositive(), !fits(amount, invoice.currency.Precision):
		return refuse(400, 4, "Invalid value passed for amount_applied")
	case amount.GreaterThan(balance(invoice)), amount.GreaterThan(unused(from)):
		return refuse(400, 24016, "The amount applied is more than the balance due or the credit.")
	}
	s.settle(from, invoice, amount)
	return nil
}

func (s *Server) applyNote(d *doc, r *request) (object, *refusal) {
	if bad := (spec{"invoices": list{"invoice_id": "id", "amount_applied": "n"}}).check(r.body); bad != nil {
		return nil, bad
	}
	rows := []any{}
	for _, row := range r.body.objects("invoices") {
		amount := row.number("amount_applied")
		if s.prefer.NotesApply != "" {
			amount = decimal.RequireFromString(s.prefer.NotesApply)
		}
		if bad := s.credit(d, s.byID[row.text("invoice_id")], amount); bad != nil {
			return nil, bad
		}
		rows = append(rows, object{"invoice_id": row.text("invoice_id"), "amount_applied": n(amount)})
	}
	return object{"apply_to_invoices": object{"invoices": rows}}, nil
}

// unapply takes a credit note off an invoice; id is of the row that says so.
func (s *Server) unapply(d *doc, id string) *refusal {
	for _, u := range d.uses {
		invoice := s.byID[u.Invoice]
		if u.ID != id {
			continue
		}
		if bad := s.locked(s.settlesOn(invoice, d)...); bad != nil {
			return bad
		}
		same := func(o use) bool { return o.ID == id }
		d.uses, invoice.uses = slices.DeleteFunc(d.uses, same), slices.DeleteFunc(invoice.uses, same)
		d.Modified, invoice.Modified = s.now(), s.now()
		return nil
	}
	return refuse(404, 1002, "The credit note is not applied so.")
}

func (s *Server) refund(d *doc, r *request) (object, *refusal) {
	want := spec{"date": "d", "amount": "n", "from_account_id": "id", "refund_mode": "s50", "reference_number": "s100", "description": "s500", "exchange_rate": "n"}
	if bad := want.check(r.body); bad != nil {
		return nil, bad
	}
	if s.waits(d) {
		return nil, errWaits
	}
	amount := r.body.number("amount")
	if !amount.IsPositive() || !fits(amount, d.currency.Precision) || amount.GreaterThan(unused(d)) {
		return nil, refuse(400, 12008, "The refund is more than what is unused.")
	}
	if r.body.text("date") == "" {
		return nil, refuse(400, 4, "Invalid value passed for date")
	}
	if !s.accountExists(r.body.text("from_account_id")) {
		return nil, s.notThere("Account", "from_account_id")
	}
	if bad := s.moneyLocked(r.body.text("date")); bad != nil {
		return nil, bad
	}
	made := refund{ID: s.id(), body: maps.Clone(r.body)}
	for name, value := range s.prefer.RefundsAs {
		made.body[name] = value
	}
	d.refunds = append(d.refunds, made)
	d.Modified = s.now()
	return object{"creditnote_refund": made.show(), "payment_refund": made.show()}, nil
}

// unrefund takes back money that was given back; id is of the refund.
func (s *Server) unrefund(d *doc, id string) *refusal {
	for i, r := range d.refunds {
		if r.ID != id {
			continue
		}
		if d.matched {
			return errMatched
		}
		if bad := s.moneyLocked(r.body.text("date")); bad != nil {
			return bad
		}
		d.refunds, d.Modified = slices.Delete(d.refunds, i, i+1), s.now()
		return nil
	}
	return refuse(404, 1002, "The refund does not exist.")
}

func (r refund) show() object {
	return object{"creditnote_refund_id": r.ID, "payment_refund_id": r.ID, "date": r.body.text("date"), "amount": n(r.body.number("amount")), "reference_number": r.body.text("reference_number"),
		"refund_mode": r.body.text("refund_mode"), "from_account_id": r.body.text("from_account_id"), "description": r.body.text("description")}
}

// listRefunds shows of each what Zoho's own files say that a list shows: neither the account nor a plain amount.
func (s *Server) listRefunds(d *doc, _ *request) (object, *refusal) {
	rows := []object{}
	for _, r := range d.refunds {
		row := r.show()
		rate := d.body.number("exchange_rate")
		if rate.IsZero() {
			rate = decimal.NewFromInt(1)
		}
		row["amount_fcy"], row["amount_bcy"] = row["amount"], n(r.body.number("amount").Mul(rate).Round(2))
		delete(row, "amount")
		delete(row, "from_account_id")
		rows = append(rows, row)
	}
	return object{"creditnote_refunds": rows, "payment_refunds": rows}, nil
}

func (s *Server) oneRefund(d *doc, id string) (object, *refusal) {
	for _, r := range d.refunds {
		if r.ID == id {
			return object{"creditnote_refund": r.show(), "payment_refund": r.show()}, nil
		}
	}
	return nil, refuse(404, 1002, "Refund does not exist.")
}

func (s *Server) applyCreditNote(d *doc, body object, r *request) *refusal {
	changed := *d
	if len(d.uses) > 0 || len(d.refunds) > 0 {
		return refuse(400, 12011, "A credit note that is applied or refunded cannot be changed.")
	}
	if bad := s.head(&changed, body, r, "creditnote_number"); bad != nil {
		return bad
	}
	if bad := s.price(&changed, body, true); bad != nil {
		return bad
	}
	changed.body = body
	if changed.Status == "" {
		changed.Status = s.first("open")
		if body.flag("is_draft") {
			changed.Status = "draft"
		}
	}
	*d = changed
	return nil
}

func (s *Server) showCreditNote(d *doc) object {
	o := s.showDocument(d, "creditnote")
	o["creditnote_id"], o["creditnote_number"], o["status"], o["balance"] = d.ID, d.Number, d.Status, n(unused(d))
	if d.Status == "open" && unused(d).IsZero() {
		o["status"] = "closed"
	}
	o["invoices"] = s.settles(d)
	return o
}

func (s *Server) settles(d *doc) []object {
	rows := []object{}
	for _, u := range d.uses {
		rows = append(rows, object{"creditnote_invoice_id": u.ID, "invoice_id": u.Invoice, "amount_applied": n(u.Amount), "credited_amount": n(u.Amount)})
	}
	return rows
}

func (s *Server) usesOf(invoice *doc, module string) []object {
	rows := []object{}
	for _, u := range invoice.uses {
		if source := s.byID[u.Source]; source != nil && source.Module == module {
			rows = append(rows, object{"invoice_payment_id": u.ID, "payment_id": u.Source, "creditnote_id": u.Source, "amount": n(u.Amount), "amount_applied": n(u.Amount), "credited_amount": n(u.Amount)})
		}
	}
	return rows
}
