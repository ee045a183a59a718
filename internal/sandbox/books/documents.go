package books

import (
	"fmt"
	"maps"

	"github.com/shopspring/decimal"
)

type actions = map[string]func(*Server, *doc, *request) (object, *refusal)

func invoiceModule() *module {
	return &module{
		path: "invoices", entity: "invoice", envelope: "invoice", idField: "invoice_id", numberField: "invoice_number",
		listed: []string{"customer_id", "reference_number", "date", "due_date", "total", "balance", "currency_code"}, spec: invoiceSpec,
		apply: (*Server).applyInvoice, show: (*Server).showInvoice,
		remove: func(s *Server, d *doc) *refusal {
			if bad := s.removable(d); bad != nil {
				return bad
			}
			s.unlinkOrder(d)
			return nil
		},
		act: actions{
			"POST status/sent":  (*Server).sendInvoice,
			"POST status/void":  (*Server).voidInvoice,
			"POST status/draft": (*Server).redraft,
			"POST credits":      (*Server).applyCredits,
			"GET payments": func(s *Server, d *doc, _ *request) (object, *refusal) {
				return object{"payments": s.usesOf(d, "customerpayments")}, nil
			},
			"GET creditsapplied": func(s *Server, d *doc, _ *request) (object, *refusal) {
				return object{"credits": s.usesOf(d, "creditnotes")}, nil
			},
		},
	}
}

func creditnoteModule() *module {
	return &module{
		path: "creditnotes", entity: "creditnote", envelope: "creditnote", idField: "creditnote_id", numberField: "creditnote_number",
		listed: []string{"customer_id", "reference_number", "date", "total", "balance", "currency_code"}, spec: creditnoteSpec,
		apply: (*Server).applyCreditNote, show: (*Server).showCreditNote, remove: (*Server).removable,
		act: actions{
			"POST status/void": func(s *Server, d *doc, _ *request) (object, *refusal) {
				if len(d.uses) > 0 || len(d.refunds) > 0 {
					return nil, refuse(400, 12010, "A credit note that is applied or refunded cannot be void.")
				}
				if bad := s.locked(d.body.text("date")); bad != nil {
					return nil, bad
				}
				d.Status, d.Modified = "void", s.now()
				return nil, nil
			},
			"POST status/draft": (*Server).redraft,
			"POST status/open": func(s *Server, d *doc, _ *request) (object, *refusal) {
				if s.waits(d) {
					return nil, errWaits
				}
				if d.Status == "void" {
					return nil, refuse(400, 12013, "A void credit note becomes a draft before it is opened.")
				}
				d.Status, d.Modified = "open", s.now()
				return nil, nil
			},
			"POST invoices": (*Server).applyNote,
			"POST refunds":  (*Server).refund,
			"GET refunds":   (*Server).listRefunds,
			"GET invoices": func(s *Server, d *doc, _ *request) (object, *refusal) {
				return object{"invoices_credited": s.settles(d)}, nil
			},
		},
	}
}

// removable refuses to delete what is settled, or stands in a locked period.
func (s *Server) removable(d *doc) *refusal {
	if bad := s.locked(d.body.text("date")); bad != nil {
		return bad
	}
	if len(d.uses) > 0 || len(d.refunds) > 0 {
		return refuse(400, 1021, "Documents with payments or credits cannot be deleted.")
	}
	return nil
}

// head checks what all three kinds of documents share: contact, currency, date, number.
func (s *Server) head(d *doc, body object, r *request, numberField string) *refusal {
	contact := s.byID[body.text("customer_id")]
	if contact == nil || contact.Module != "contacts" {
		return s.notThere("Customer", "customer_id")
	}
	if contact.Status == "inactive" && d.ID == "" {
		return refuse(400, 3029, "The customer is inactive.")
	}
	if d.ID != "" && len(d.uses) > 0 && contact.ID != d.body.text("customer_id") {
		return refuse(400, 3030, "The customer of a document with payments or credits cannot be changed.")
	}
	stood := d.currency
	d.currency = contact.currency
	if id := body.text("currency_id"); id != "" && id != contact.currency.ID {
		if c := s.currencyByID(id); c != nil && s.opts.AnyCurrency {
			d.currency = c
		} else {
			return refuse(400, 4, "Invalid value passed for currency_id: it must be the customer's currency")
		}
	}
	rate := body.number("exchange_rate")
	if d.currency.Base {
		if _, given := body["exchange_rate"]; given && !rate.Equal(decimal.NewFromInt(1)) {
			return refuse(400, 4, "Invalid value passed for exchange_rate")
		}
	} else if _, given := r.body["exchange_rate"]; !rate.IsPositive() && d.ID == "" || d.ID != "" && stood != d.currency && !given { // a rate of another currency is none
		return refuse(400, 4, "Invalid value passed for exchange_rate: it is required in a foreign currency")
	}
	if body.text("date") == "" {
		body["date"] = s.today()
	}
	if bad := s.locked(d.body.text("date"), body.text("date")); bad != nil {
		return bad
	}
	return s.number(d, body, r, numberField)
}

func (s *Server) number(d *doc, body object, r *request, field string) *refusal {
	number := body.text(field)
	if number == "" || number == d.Number && d.Number != "" {
		if d.Number == "" {
			d.Number = s.nextNumber(d.Module)
		}
		body[field] = d.Number
		return nil
	}
	if r.query.Get("ignore_auto_number_generation") != "true" {
		return refuse(400, 4097, "Auto-generation of numbers is on; a number of your own needs ignore_auto_number_generation=true.")
	}
	if other := s.index.other(nameKey(d.Module, number), nil); other != nil && other.ID != d.ID {
		return refuse(400, 1001, "A document with the number %q already exists.", number)
	}
	d.Number = number
	return nil
}

func (s *Server) nextNumber(module string) string {
	prefix := map[string]string{"invoices": "INV-", "salesorders": "SO-", "creditnotes": "CN-", "customerpayments": ""}[module]
	return fmt.Sprintf("%s%06d", prefix, len(s.docs[module])+1)
}

// notThere refuses a document that names what does not exist.
func (s *Server) notThere(what, field string) *refusal {
	if s.opts.Contrary {
		return refuse(400, 4, "Invalid value passed for %s", field)
	}
	return refuse(400, 1002, "%s does not exist.", what)
}

// price checks the lines and computes the document.
func (s *Server) price(d *doc, body object, accounts bool) *refusal {
	rows := body.objects("line_items")
	if len(rows) == 0 {
		return refuse(400, 4, "Invalid value passed for line_items")
	}
	if bad := s.divided(body); bad != nil {
		return bad
	}
	known := map[string]object{}
	for _, l := range d.lines {
		known[l.ID] = l.body
	}
	c := sum{Precision: d.currency.Precision, ItemRounding: s.opts.TaxRounding == "item_level", Inclusive: s.inclusive(body),
		Adjustment: body.number("adjustment"), Shipping: body.number("shipping_charge")}
	itemLevel := body.text("discount_type") == "item_level"
	if !itemLevel && !s.prefer.LineDiscounts {
		c.Discount = body.number("discount")
		if before, given := body["is_discount_before_tax"]; given && before == false && !c.Discount.IsZero() {
			return refuse(400, 4, "Invalid value passed for is_discount_before_tax: only discounts before tax are kept here")
		}
	}
	if !fits(c.Adjustment, c.Precision) || !fits(c.Discount, c.Precision) {
		return refuse(400, 4, "Invalid value passed for adjustment or discount: more decimals than the currency has")
	}
	lines := make([]docLine, len(rows))
	for i, row := range rows {
		line, priced, bad := s.line(row, known, accounts, d.ID == "")
		if bad != nil {
			return bad
		}
		if !itemLevel && !priced.Discount.IsZero() {
			return refuse(400, 4, "Invalid value passed for discount: lines have one only with item_level")
		}
		lines[i] = line
		c.Lines = append(c.Lines, priced)
	}
	d.lines = lines
	d.totals, d.roundOff = s.rounded(c.compute())
	if d.totals.Total.IsNegative() {
		return refuse(400, 4, "The total cannot be negative.")
	}
	return nil
}

func fits(d decimal.Decimal, places int32) bool { return d.Equal(d.Round(places)) }

func (s *Server) line(row object, known map[string]object, accounts, fresh bool) (docLine, sumLine, *refusal) {
	var none sumLine
	line := docLine{ID: row.text("line_item_id"), body: row}
	switch stands := known[line.ID]; {
	case line.ID == "":
		line.ID = s.id()
		row["line_item_id"] = line.ID // so that a change of something else keeps the line
	case stands == nil:
		return line, none, refuse(400, 1002, "Line item does not exist.")
	default: // what an update leaves out of a line stays
		whole := maps.Clone(stands)
		maps.Copy(whole, row)
		row, line.body = whole, whole
	}
	if id := row.text("item_id"); id != "" {
		item := s.byID[id]
		if item == nil || item.Module != "items" {
			return line, none, s.notThere("Item", "item_id")
		}
		if item.Status == "inactive" && fresh {
			return line, none, refuse(400, 2012, "The item %q is inactive.", item.body.text("name"))
		}
	} else if row.text("name") == "" && row.text("description") == "" {
		return line, none, refuse(400, 4, "Invalid value passed for line_items: a line needs an item or a name")
	}
	if id := row.text("account_id"); id != "" && !accounts {
		return line, none, refuse(400, 11, "Invalid Element account_id")
	} else if id != "" && !s.accountExists(id) {
		return line, none, s.notThere("Account", "account_id")
	}
	priced := sumLine{Rate: row.number("rate"), Quantity: row.number("quantity"), Discount: row.number("discount")}
	if _, given := row["quantity"]; !given {
		priced.Quantity = unity
	}
	if id := row.text("tax_id"); id != "" {
		taxes, ok := s.parts(id)
		if !ok {
			return line, none, s.notThere("Tax", "tax_id")
		}
		if len(taxes) == 1 && s.prefer.HomeState != "" && taxes[0].Name == s.prefer.HomeState {
			return line, none, refuse(400, 110830, "%s cannot be applied to sales within the state.", taxes[0].Name)
		}
		line.taxes, priced.Taxes = taxes, taxes
	} else if s.opts.TaxPerLine && row.text("tax_exemption_id") == "" {
		return line, none, refuse(400, 110802, "Tax or exemption is needed on every line.")
	}
	if id := row.text("tax_exemption_id"); id != "" && (row.text("tax_id") != "" || !s.exempts(id)) {
		return line, none, refuse(400, 4, "Invalid value passed for tax_exemption_id")
	}
	return line, priced, nil
}

func (s *Server) applyInvoice(d *doc, body object, r *request) *refusal {
	changed := *d
	if d.Status == "void" && !s.opts.Contrary {
		return refuse(400, 4023, "A void invoice cannot be changed.")
	}
	settled := settledBy(d)
	if len(d.uses) > 0 && !s.open(d) {
		return refuse(400, 4025, "A paid invoice cannot be changed. Delete its payments first.")
	}
	if bad := s.head(&changed, body, r, "invoice_number"); bad != nil {
		return bad
	}
	if bad := s.price(&changed, body, true); bad != nil {
		return bad
	}
	if changed.totals.Total.LessThan(settled) {
		return refuse(400, 4026, "The total cannot be less than what is applied to the invoice.")
	}
	if bad := s.orderLines(&changed, body.text("customer_id")); bad != nil {
		return bad
	}
	changed.body = body
	if changed.Status == "" {
		changed.Status = s.first("draft")
	}
	*d = changed
	return nil
}

func settledBy(d *doc) decimal.Decimal {
	total := decimal.Zero
	for _, u := range d.uses {
		total = total.Add(u.Amount)
	}
	return total
}

func balance(d *doc) decimal.Decimal { return d.totals.Total.Sub(settledBy(d)) }

// open reports that an invoice has a balance.
func (s *Server) open(d *doc) bool { return balance(d).IsPositive() }

// invoiceStatus is what lists show: derived from what settles the invoice and from today.
func (s *Server) invoiceStatus(d *doc) string {
	if d.Status != "sent" {
		return d.Status
	}
	due := d.body.text("due_date")
	if due == "" {
		due = d.body.text("date")
	}
	switch {
	case !balance(d).IsPositive():
		return "paid"
	case due < s.today():
		return "overdue"
	case len(d.uses) > 0:
		return "partially_paid"
	default:
		return "sent"
	}
}

func (s *Server) showInvoice(d *doc) object {
	o := s.showDocument(d, "invoice")
	o["invoice_id"], o["invoice_number"], o["status"] = d.ID, d.Number, s.invoiceStatus(d)
	o["due_date"] = d.body.text("due_date")
	o["balance"] = n(balance(d))
	o["payment_made"] = n(settledBy(d))
	if d.Status == "void" {
		o["balance"] = n(d.totals.Total)
	}
	return o
}

func (s *Server) showDocument(d *doc, entity string) object {
	lines := []object{}
	for i, l := range d.lines {
		row := object{"line_item_id": l.ID, "item_id": l.body.text("item_id"), "name": l.body.text("name"), "description": l.body.text("description"),
			"rate": n(l.body.number("rate")), "quantity": n(l.body.number("quantity")), "discount": n(l.body.number("discount")), "item_total": n(d.totals.Lines[i]),
			"tax_id": l.body.text("tax_id"), "account_id": s.soldTo(l.body, entity)}
		if id := l.body.text("salesorder_item_id"); id != "" {
			row["salesorder_item_id"] = id
		}
		bear(row, l.body)
		lines = append(lines, row)
	}
	taxes := []object{}
	for _, id := range sortedKeys(d.totals.ByTax) {
		taxes = append(taxes, object{"tax_id": id, "tax_amount": n(d.totals.ByTax[id])})
	}
	rate := d.body.number("exchange_rate")
	if d.currency.Base {
		rate = unity
	}
	o := object{"customer_id": d.body.text("customer_id"), "reference_number": d.body.text("reference_number"), "date": d.body.text("date"),
		"currency_id": d.currency.ID, "currency_code": d.currency.Code, "exchange_rate": s.rate(rate), "price_precision": d.currency.Precision,
		"is_inclusive_tax": s.inclusive(d.body), "discount_type": d.body.text("discount_type"), "discount": n(d.body.number("discount")),
		"adjustment": n(d.body.number("adjustment")), "shipping_charge": n(d.body.number("shipping_charge")), "adjustment_description": d.body.text("adjustment_description"),
		"sub_total": n(d.totals.SubTotal), "tax_total": n(d.totals.Tax), "total": n(d.totals.Total), "taxes": taxes, "line_items": lines,
		"tax_rounding": s.opts.TaxRounding, "rounding_mode": "round_half_up", "notes": d.body.text("notes"), "custom_fields": d.customFields(s, entity),
		"created_time": s.stamp(d.Created), "last_modified_time": s.stamp(d.Modified)}
	if s.opts.UntoldRounding || s.opts.Contrary {
		delete(o, "tax_rounding")
	}
	bear(o, d.body)
	if s.prefer.WholeUnits {
		o["roundoff_value"], o["transaction_rounding_type"] = n(d.roundOff), "round_to_nearest_whole_number"
	}
	if s.prefer.LineDiscounts {
		o["discount_type"], o["discount"] = "item_level", n(decimal.Zero)
	}
	if c := s.byID[d.body.text("customer_id")]; c != nil {
		o["customer_name"] = c.body.text("contact_name")
	}
	for name, value := range d.custom {
		o[name] = value
	}
	return o
}

// soldTo is the account of a line: its own, that of its item, else the one that Zoho Books has for sales.
func (s *Server) soldTo(line object, entity string) string {
	if id := line.text("account_id"); id != "" || entity == "salesorder" {
		return id
	}
	if item := s.byID[line.text("item_id")]; item != nil && item.body.text("account_id") != "" {
		return item.body.text("account_id")
	}
	return s.accountByName("Sales")
}

func (s *Server) sendInvoice(d *doc, _ *request) (object, *refusal) {
	switch d.Status {
	case "void":
		return nil, refuse(400, 4023, "A void invoice cannot be sent.")
	case "pending_approval", "pending_signature", "rejected":
		return nil, errWaits
	case "draft", "approved":
		if bad := s.locked(d.body.text("date")); bad != nil {
			return nil, bad
		}
		d.Status, d.Modified = "sent", s.now()
	}
	return object{"message": "The invoice has been marked as sent."}, nil
}

// voidInvoice takes the strict reading: whatever settles an invoice is taken off it first. Its sales order is open again.
func (s *Server) voidInvoice(d *doc, _ *request) (object, *refusal) {
	if bad := s.locked(d.body.text("date")); bad != nil {
		return nil, bad
	}
	if len(d.uses) > 0 {
		return nil, refuse(400, 4027, "An invoice with payments or credits cannot be void.")
	}
	s.unlinkOrder(d)
	d.Status, d.Modified = "void", s.now()
	return nil, nil
}

func (s *Server) redraft(d *doc, _ *request) (object, *refusal) {
	if d.Status != "void" {
		return nil, refuse(400, 4024, "Only a void document can become a draft.")
	}
	d.Status, d.Modified = "draft", s.now()
	if d.Module == "invoices" {
		s.linkOrder(d)
	}
	return nil, nil
}

func (d *doc) line(id string) *docLine {
	for i := range d.lines {
		if d.lines[i].ID == id {
			return &d.lines[i]
		}
	}
	return nil
}
