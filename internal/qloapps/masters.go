package qloapps

import (
	"context"
	"time"

	"github.com/qlobooks/qlobooks/internal/money"
)

// Currencies reads currencies; no ids = all of them, deleted ones too.
func (r *Reader) Currencies(ctx context.Context, ids []string) (map[string]Currency, error) {
	shop, err := r.Shop(ctx)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		ID, ISO, Name   string
		Rate            money.Decimal
		Active, Deleted bool
	}
	where, args := "", []any{shop.ShopID}
	if len(ids) > 0 {
		where, args = " WHERE c.id_currency IN ?", append(args, ids)
	}
	err = r.query(ctx, &rows, "SELECT c.id_currency id, UPPER(c.iso_code) iso, c.name, COALESCE(s.conversion_rate, c.conversion_rate) rate, c.active <> 0 active, c.deleted <> 0 deleted FROM {p}currency c "+
		"LEFT JOIN {p}currency_shop s ON s.id_currency = c.id_currency AND s.id_shop = ?"+where, args...)
	out := map[string]Currency{}
	for _, row := range rows {
		out[row.ID] = Currency{ID: row.ID, ISO: row.ISO, Name: row.Name, Rate: row.Rate, Active: row.Active, Deleted: row.Deleted, Default: row.ID == shop.DefaultCurrencyID}
	}
	return out, err
}

const addressColumns = "a.id_address, COALESCE(a.company, '') address_company, COALESCE(a.firstname, '') address_firstname, COALESCE(a.lastname, '') address_lastname, COALESCE(a.address1, '') line1, " +
	"COALESCE(a.address2, '') line2, COALESCE(a.postcode, '') postcode, COALESCE(a.city, '') city, COALESCE(st.name, '') state_name, COALESCE(st.iso_code, '') state_code, " +
	"COALESCE(co.iso_code, '') country_iso, COALESCE(cl.name, '') country, COALESCE(NULLIF(a.phone, ''), a.phone_mobile, '') address_phone, COALESCE(a.vat_number, '') vat_number"

const addressJoins = " LEFT JOIN {p}state st ON st.id_state = a.id_state LEFT JOIN {p}country co ON co.id_country = a.id_country LEFT JOIN {p}country_lang cl ON cl.id_country = a.id_country AND cl.id_lang = ?"

type addressRow struct {
	IDAddress                                         *string
	AddressCompany, AddressFirstname, AddressLastname string
	Line1, Line2, Postcode, City                      string
	StateName, StateCode, CountryIso, Country         string
	AddressPhone, VatNumber                           string
}

func (a addressRow) address() Address {
	id := ""
	if a.IDAddress != nil {
		id = *a.IDAddress
	}
	return Address{ID: id, Company: a.AddressCompany, FirstName: a.AddressFirstname, LastName: a.AddressLastname, Line1: a.Line1, Line2: a.Line2, Postcode: a.Postcode, City: a.City,
		State: a.StateName, StateCode: a.StateCode, Country: a.Country, CountryISO: a.CountryIso, Phone: a.AddressPhone, VATNumber: a.VatNumber}
}

// Hotels reads hotels by id.
func (r *Reader) Hotels(ctx context.Context, ids []string) (map[string]Hotel, error) {
	shop, err := r.Shop(ctx)
	if err != nil {
		return nil, err
	}
	addresses, err := r.hotelAddresses(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string]Hotel{}
	err = chunk(ids, func(ids []string) error {
		var rows []struct {
			ID, Name, Email string
			Active          bool
			Addr            addressRow `gorm:"embedded"`
		}
		err := r.query(ctx, &rows, "SELECT h.id, COALESCE(l.hotel_name, '') name, COALESCE(h.email, '') email, h.active <> 0 active, "+addressColumns+" FROM {p}htl_branch_info h "+
			"LEFT JOIN {p}htl_branch_info_lang l ON l.id = h.id AND l.id_lang = ? LEFT JOIN {p}address a ON a.id_address IN ? AND a.id_hotel = h.id AND a.deleted = 0"+addressJoins+" WHERE h.id IN ?", shop.LangID, orNone(addresses), shop.LangID, ids)
		for _, row := range rows {
			out[row.ID] = Hotel{ID: row.ID, Name: row.Name, Email: row.Email, Active: row.Active, Address: row.Addr.address()}
		}
		return err
	})
	return out, err
}

// RoomTypes reads room types by product id.
func (r *Reader) RoomTypes(ctx context.Context, ids []string) (map[string]Product, error) {
	return r.products(ctx, ids, true)
}

// ServiceProducts reads service products by product id.
func (r *Reader) ServiceProducts(ctx context.Context, ids []string) (map[string]Product, error) {
	return r.products(ctx, ids, false)
}

func (r *Reader) products(ctx context.Context, ids []string, booking bool) (map[string]Product, error) {
	shop, err := r.Shop(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string]Product{}
	err = chunk(ids, func(ids []string) error {
		var rows []struct {
			ID, Name  string
			Price     money.Decimal
			Active    bool
			IDHotel   *string
			HotelName *string
		}
		err := r.query(ctx, &rows, "SELECT p.id_product id, COALESCE(l.name, '') name, COALESCE(ps.price, p.price) price, COALESCE(ps.active, p.active) <> 0 active, rt.id_hotel, hl.hotel_name FROM {p}product p "+
			"LEFT JOIN {p}product_shop ps ON ps.id_product = p.id_product AND ps.id_shop = ? LEFT JOIN {p}product_lang l ON l.id_product = p.id_product AND l.id_shop = ? AND l.id_lang = ? "+
			"LEFT JOIN {p}htl_room_type rt ON rt.id_product = p.id_product LEFT JOIN {p}htl_branch_info_lang hl ON hl.id = rt.id_hotel AND hl.id_lang = ? "+
			"WHERE p.id_product IN ? AND p.booking_product = ?", shop.ShopID, shop.ShopID, shop.LangID, shop.LangID, ids, booking)
		for _, row := range rows {
			out[row.ID] = Product{ID: row.ID, Name: row.Name, Booking: booking, Price: row.Price, Active: row.Active, HotelID: deref(row.IDHotel), HotelName: deref(row.HotelName)}
		}
		return err
	})
	return out, err
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// Customers reads customers by id. One whose row was removed is made of the invoice address of
// its newest order.
func (r *Reader) Customers(ctx context.Context, ids []string) (map[string]Customer, error) {
	shop, err := r.Shop(ctx)
	if err != nil {
		return nil, err
	}
	phone := "COALESCE((SELECT g.phone FROM {p}cart_customer_guest_detail g WHERE g.id_cart = 0 AND {customer c.email = cart_customer_guest_detail g.email} ORDER BY g.id_customer_guest_detail DESC LIMIT 1), '')"
	if r.phone {
		phone = "COALESCE(c.phone, '')"
	}
	out := map[string]Customer{}
	err = chunk(ids, func(ids []string) error {
		var rows []struct {
			ID, Firstname, Lastname string
			Email, Company, Website string
			Phone                   string
			Active, IsGuest         bool
			Deleted                 int
			Addr                    addressRow `gorm:"embedded"`
		}
		err := r.query(ctx, &rows, "SELECT c.id_customer id, c.firstname, c.lastname, c.email, COALESCE(c.company, '') company, COALESCE(c.website, '') website, "+phone+" phone, c.active <> 0 active, c.is_guest <> 0 is_guest, c.deleted, "+addressColumns+
			" FROM {p}customer c LEFT JOIN {p}address a ON a.id_address = (SELECT MAX(x.id_address) FROM {p}address x WHERE x.id_customer = c.id_customer AND x.deleted = 0)"+addressJoins+" WHERE c.id_customer IN ?", shop.LangID, ids)
		for _, row := range rows {
			a := row.Addr.address()
			c := Customer{ID: row.ID, FirstName: row.Firstname, LastName: row.Lastname, Email: row.Email, Company: row.Company, Website: row.Website, Phone: row.Phone,
				Active: row.Active, Guest: row.IsGuest, Deleted: row.Deleted, Address: a}
			if c.Phone == "" {
				c.Phone = a.Phone
			}
			if c.Company == "" {
				c.Company = a.Company
			}
			if c.Deleted == anonymized {
				c = c.nameless()
			}
			out[row.ID] = c
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, r.goneCustomers(ctx, shop, ids, out)
}

// anonymized is QloApps' mark of a guest whose data it was told to erase. It only replaces the e-mail address:
// the name, the phone and the invoice addresses of orders stay in its tables.
const anonymized = 2

// nameless is what may be told of such a guest: the number, and the place that taxes may depend on.
func (c Customer) nameless() Customer {
	return Customer{ID: c.ID, Active: c.Active, Guest: c.Guest, Deleted: c.Deleted, Address: Address{ID: c.Address.ID, State: c.Address.State, Country: c.Address.Country}}
}

// told is an SQL text about the customer of an alias, empty of a guest whom QloApps anonymized.
func told(alias, text string) string { return "IF(" + alias + ".deleted = 2, '', " + text + ")" }

// called is the name of a customer, and the number of one whom QloApps anonymized.
func called(alias, name string) string {
	return "IF(" + alias + ".deleted = 2, CONCAT('Customer ', " + alias + ".id_customer), " + name + ")"
}

// Nobody is the customer of orders that name none.
const Nobody = "0"

func (r *Reader) goneCustomers(ctx context.Context, shop Shop, ids []string, out map[string]Customer) error {
	var missing []string
	for _, id := range ids {
		if _, ok := out[id]; !ok {
			missing = append(missing, id)
		}
	}
	return chunk(missing, func(ids []string) error {
		var rows []struct {
			ID   string
			Addr addressRow `gorm:"embedded"`
		}
		err := r.query(ctx, &rows, "SELECT o.id_customer id, "+addressColumns+" FROM {p}orders o JOIN (SELECT MAX(id_order) id_order FROM {p}orders WHERE id_customer IN ? GROUP BY id_customer) n ON n.id_order = o.id_order "+
			"LEFT JOIN {p}address a ON a.id_address = o.id_address_invoice"+addressJoins, ids, shop.LangID)
		for _, row := range rows {
			if row.ID == Nobody { // orders of as many guests as there are: none of their addresses stands for all
				out[row.ID] = Customer{ID: row.ID, Active: true, Gone: true}
				continue
			}
			a := row.Addr.address()
			out[row.ID] = Customer{ID: row.ID, FirstName: a.FirstName, LastName: a.LastName, Company: a.Company, Phone: a.Phone, Active: true, Gone: true, Address: a}
		}
		return err
	})
}

// day is a calendar day of the shop.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}
