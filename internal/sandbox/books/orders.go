package books

import "slices"

func salesorderModule() *module {
	return &module{
		path: "salesorders", entity: "salesorder", envelope: "salesorder", idField: "salesorder_id", numberField: "salesorder_number",
		listed: []string{"customer_id", "reference_number", "date", "total", "currency_code"}, spec: salesorderSpec,
		apply: (*Server).applyOrder, show: (*Server).showOrder,
		remove: func(s *Server, d *doc) *refusal {
			if len(d.invoices) > 0 {
				return refuse(400, 36010, "Sales orders that are invoiced cannot be deleted.")
			}
			return s.locked(d.body.text("date"))
		},
		act: actions{
			"POST status/open": func(s *Server, d *doc, _ *request) (object, *refusal) {
				if s.waits(d) {
					return nil, errWaits
				}
				if d.Status != "draft" && d.Status != "void" && d.Status != "open" && d.Status != "approved" {
					return nil, refuse(400, 36012, "This sales order cannot be opened.")
				}
				d.Status, d.Modified = "open", s.now()
				return nil, nil
			},
			"POST status/void": func(s *Server, d *doc, _ *request) (object, *refusal) {
				if len(d.invoices) > 0 {
					return nil, refuse(400, 36013, "A sales order with invoices cannot be void.")
				}
				if bad := s.locked(d.body.text("date")); bad != nil {
					return nil, bad
				}
				d.Status, d.Modified = "void", s.now()
				return nil, nil
			},
		},
	}
}

// unlinkOrder takes an invoice that counts no more off its sales orders.
func (s *Server) unlinkOrder(d *doc) {
	for _, l := range d.lines {
		for _, o := range s.index.named[lineKey(l.body.text("salesorder_item_id"))] {
			o.invoices = slices.DeleteFunc(o.invoices, func(id string) bool { return id == d.ID })
			if len(o.invoices) == 0 && o.Status == "invoiced" {
				o.Status = "open"
			}
		}
	}
}

// orderLines refuses lines of a sales order that are invoiced already, or of another customer's.
func (s *Server) orderLines(d *doc, customer string) *refusal {
	for _, l := range d.lines {
		id := l.body.text("salesorder_item_id")
		if id == "" {
			continue
		}
		if o := s.index.other(lineKey(id), nil); o == nil || o.Status == "void" || o.body.text("customer_id") != customer {
			return refuse(400, 4, "Invalid value passed for salesorder_item_id")
		} else if o.Status == "draft" {
			return refuse(400, 36027, "The sales order %s is not open.", o.Number)
		} else if ordered := o.line(id); ordered != nil && l.body.number("quantity").GreaterThan(ordered.body.number("quantity")) {
			return refuse(400, 36026, "There is less left to invoice on this sales order.")
		}
		for _, other := range s.index.named[invoicedKey(id)] {
			if other.ID != d.ID && other.Status != "void" {
				return refuse(400, 36026, "There is nothing left to invoice on this sales order.")
			}
		}
	}
	return nil
}

// linkOrder tells the sales orders of an invoice's lines about it.
func (s *Server) linkOrder(d *doc) {
	for _, l := range d.lines {
		id := l.body.text("salesorder_item_id")
		for _, o := range s.index.named[lineKey(id)] {
			if id != "" && o.Status != "void" && !slices.Contains(o.invoices, d.ID) {
				o.invoices = append(o.invoices, d.ID)
				o.Status = "invoiced"
			}
		}
	}
}

func (s *Server) applyOrder(d *doc, body object, r *request) *refusal {
	changed := *d
	if len(d.invoices) > 0 {
		return refuse(400, 36023, "The lines of a sales order that is invoiced cannot be changed.")
	}
	if d.Status == "void" {
		return refuse(400, 36014, "A void sales order cannot be changed.")
	}
	if bad := s.head(&changed, body, r, "salesorder_number"); bad != nil {
		return bad
	}
	if bad := s.price(&changed, body, false); bad != nil {
		return bad
	}
	changed.body = body
	if changed.Status == "" {
		changed.Status = s.first("draft")
	}
	*d = changed
	return nil
}

func (s *Server) showOrder(d *doc) object {
	o := s.showDocument(d, "salesorder")
	o["salesorder_id"], o["salesorder_number"], o["status"] = d.ID, d.Number, d.Status
	invoices := []object{}
	for _, id := range d.invoices {
		if i := s.byID[id]; i != nil {
			invoices = append(invoices, object{"invoice_id": id, "invoice_number": i.Number, "status": s.invoiceStatus(i)})
		}
	}
	o["invoices"] = invoices
	return o
}
