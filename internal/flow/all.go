package flow

import (
	"context"

	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// Register adds every flow to the engine, masters first: what documents refer to is worked on
// before them.
//
// seen tells of which payments of Zoho Books, by their ids there, an import knows.
func Register(e *engine.Engine, hotel *qloapps.Reader, books destination.Books, seen func(ctx context.Context, zohoIDs []string) (map[string]bool, error)) {
	item, note := destination.Items(books), destination.CreditNotes(books)
	engine.Add(e, currencies(hotel.Currencies, destination.Currencies(books)))
	engine.Add(e, hotels(hotel.Hotels, item))
	engine.Add(e, roomTypes(hotel.RoomTypes, item))
	engine.Add(e, serviceProducts(hotel.ServiceProducts, item))
	engine.Add(e, customers(hotel.Customers, destination.Contacts(books)))
	engine.Add(e, salesOrders(hotel.Orders, destination.SalesOrders(books)))
	engine.Add(e, invoices(hotel.Invoices, destination.Invoices(books)))
	engine.Add(e, payments(knowing(hotel.Payments, seen), destination.Payments(books)))
	engine.Add(e, creditNotes(hotel.Slips, note))
	engine.Add(e, refunds(hotel.Refunds, note))
	engine.Add(e, cancellations(hotel.Invoices, note))
}

// Resource is where the documents of a flow stand in Zoho Books.
func Resource(flow string) (zoho.Resource, bool) {
	r, ok := map[string]zoho.Resource{
		Hotel: zoho.Items, RoomType: zoho.Items, ServiceProduct: zoho.Items, Customer: zoho.Contacts, SalesOrder: zoho.SalesOrders,
		Invoice: zoho.Invoices, Payment: zoho.CustomerPayments, CreditNote: zoho.CreditNotes, Refund: zoho.CreditNotes, Cancellation: zoho.CreditNotes, Revenue: zoho.Journals,
	}[flow]
	return r, ok
}
