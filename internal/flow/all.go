package flow

import (
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// Register adds every flow to the engine, masters first: what documents refer to is worked on
// before them.
func Register(e *engine.Engine, hotel *qloapps.Reader, books Books) {
	item := dest[zoho.Item]{Resource: zoho.Items, books: books}
	engine.Add(e, hotels(hotel.Hotels, item))
	engine.Add(e, roomTypes(hotel.RoomTypes, item))
	engine.Add(e, serviceProducts(hotel.ServiceProducts, item))
	engine.Add(e, customers(hotel.Customers, dest[zoho.Contact]{Resource: zoho.Contacts, books: books, known: keepPerson}))
	engine.Add(e, invoices(hotel.Invoices, dest[zoho.Invoice]{Resource: zoho.Invoices, books: books, known: keepInvoice}))
	engine.Add(e, payments(hotel.Payments, dest[zoho.CustomerPayment]{Resource: zoho.CustomerPayments, books: books}))
}

// Resource is where the documents of a flow stand in Zoho Books.
func Resource(flow string) (zoho.Resource, bool) {
	r, ok := map[string]zoho.Resource{
		Hotel: zoho.Items, RoomType: zoho.Items, ServiceProduct: zoho.Items, Customer: zoho.Contacts, SalesOrder: zoho.SalesOrders,
		Invoice: zoho.Invoices, Payment: zoho.CustomerPayments, CreditNote: zoho.CreditNotes, Refund: zoho.CreditNotes,
	}[flow]
	return r, ok
}

// keepPerson names the person who stands; a contact's currency never changes.
func keepPerson(doc *zoho.Contact, k kept) {
	doc.CurrencyID = ""
	if len(doc.Persons) > 0 {
		doc.Persons[0].ID = k.PersonID
	}
}

// keepInvoice leaves number and rate as first posted and keeps the lines that stand.
func keepInvoice(doc *zoho.Invoice, k kept) {
	doc.Number, doc.ExchangeRate = "", nil
	lines := append([]zoho.Line{}, doc.Lines...)
	for i := range lines {
		if i < len(k.LineIDs) {
			lines[i].ID = k.LineIDs[i]
		}
	}
	doc.Lines = lines
}
