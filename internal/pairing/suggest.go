package pairing

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/flow"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/store"
)

// Customers answers for the pairing of customers.
type Customers struct {
	*Service
	// Start queues a run of kind pairing.
	Start func(ctx context.Context, by string) (wire.Run, error)
	// URL is where a contact is shown in Zoho Books.
	URL func(ctx context.Context) (func(flow, zohoID string) string, error)
}

// section is whose records are listed.
const section = "customers"

// Load reads the contacts of Zoho Books, as a run.
func (c Customers) Load(ctx context.Context, by string) (wire.Run, error) {
	return c.Start(ctx, by)
}

// List gives one page of customers, with suggestions for those without a contact.
func (c Customers) List(ctx context.Context, q wire.PairingQuery) (wire.PairingPage, error) {
	page := wire.PairingPage{Items: []wire.PairingItem{}, Counts: map[string]int{}}
	at, err := c.loadedAt(ctx)
	if err != nil {
		return page, err
	}
	if at != nil {
		page.LoadedAt = wire.AtOrNull(*at)
	}
	if page.Counts, err = c.counts(ctx); err != nil {
		return page, err
	}
	query := store.RecordQuery{Section: section, Q: q.Q, Sort: q.Sort, Descending: q.Descending, After: (*store.Position)(q.After), Limit: q.Limit}
	early, err := c.Early(ctx)
	if err != nil {
		return page, err
	}
	if q.Status != "" {
		query.Stands = &store.Stands{Flow: flow.Customer, Part: early, Yes: q.Status == "linked"}
	}
	records, next, err := c.Store.Records(ctx, query)
	if err != nil {
		return page, err
	}
	page.Next = (*wire.Position)(next)
	page.Items, err = c.items(ctx, records)
	return page, err
}

// manyCustomers are so many that they are counted once for all who ask within some seconds.
const manyCustomers = 20000

func (c Customers) counts(ctx context.Context) (map[string]int, error) {
	early, err := c.Early(ctx)
	if err != nil {
		return nil, err
	}
	statuses, err := c.Store.RecordCounts(ctx, section)
	if err != nil {
		return nil, err
	}
	total := 0
	for _, n := range statuses {
		total += n
	}
	count := func(ctx context.Context) (map[string]int, error) { return c.countLinked(ctx, early) }
	if total <= manyCustomers {
		return count(ctx)
	}
	return c.counted.Get(ctx, early, count)
}

func (c Customers) countLinked(ctx context.Context, early string) (map[string]int, error) {
	var row struct{ Linked, Open int }
	err := c.db(ctx).Raw("SELECT COALESCE(SUM(x.linked), 0) linked, COALESCE(SUM(NOT x.linked), 0) open FROM (SELECT d.zoho_id <> '' OR COALESCE(e.zoho_id, '') <> '' linked FROM qlobooks_records r JOIN qlobooks_documents d ON d.flow = ? AND d.source_id = r.source_id "+
		"LEFT JOIN qlobooks_documents e ON e.flow = d.flow AND e.source_id = CONCAT(r.source_id, ':', ?) WHERE r.section = ?) x", flow.Customer, early, section).Scan(&row).Error
	return map[string]int{"linked": row.Linked, "open": row.Open}, err
}

func (c Customers) items(ctx context.Context, records []store.Record) ([]wire.PairingItem, error) {
	ids := make([]string, len(records))
	for i, r := range records {
		ids[i] = r.ID
	}
	docs, err := c.standing(ctx, ids)
	if err != nil {
		return nil, err
	}
	guests, err := c.Hotel.Customers(ctx, ids)
	if err != nil {
		return nil, err
	}
	url, err := c.URL(ctx)
	if err != nil {
		return nil, err
	}
	near, err := c.near(ctx, guests)
	if err != nil {
		return nil, err
	}
	items := make([]wire.PairingItem, 0, len(records))
	for _, r := range records {
		d, g := docs[r.ID], guests[r.ID]
		item := wire.PairingItem{CustomerID: r.ID, Name: r.Name, Email: g.Email, Phone: g.Phone, Status: string(r.Status), Paired: d.Paired, ZohoContactID: wire.TextOrNull(d.ZohoID),
			ZohoContactName: wire.TextOrNull(orNumber(d)), ZohoURL: wire.TextOrNull(url(flow.Customer, d.ZohoID)), Suggestions: []wire.PairingSuggestion{}}
		if d.ZohoID == "" {
			item.Suggestions = suggest(g, near, url)
		}
		items = append(items, item)
	}
	return items, nil
}

// standing reads the contact that stands for each customer: the one in Zoho's base currency, else
// the one made before any document needed another.
func (c Customers) standing(ctx context.Context, ids []string) (map[string]store.Document, error) {
	early, err := c.Early(ctx)
	if err != nil {
		return nil, err
	}
	var refs []store.Ref
	for _, id := range ids {
		refs = append(refs, store.Ref{Flow: flow.Customer, ID: id})
		if early != "" {
			refs = append(refs, flow.ContactRef(id, early))
		}
	}
	found, err := c.Store.Documents(ctx, refs)
	docs := map[string]store.Document{}
	for _, id := range ids {
		d, there := found[store.Ref{Flow: flow.Customer, ID: id}]
		if part := found[flow.ContactRef(id, early)]; d.ZohoID == "" && part.ZohoID != "" {
			d, there = part, true
		}
		if there {
			docs[id] = d
		}
	}
	return docs, err
}

func orNumber(d store.Document) string {
	if d.Name != "" {
		return d.Name
	}
	return d.Number
}

// near reads every contact in the base currency, or that of early contacts, that shares a name, an e-mail address or a phone
// with one of the guests and stands for nobody yet.
func (c Customers) near(ctx context.Context, guests map[string]qloapps.Customer) ([]contact, error) {
	names, mails, phones := []string{""}, []string{"-"}, []string{"-"}
	for _, g := range guests {
		names = append(names, namesOf(g)...)
		if g.Email != "" {
			mails = append(mails, store.Fold(g.Email))
		}
		if d := digits(g.Phone); d != "" {
			phones = append(phones, d)
		}
	}
	base, err := c.Base(ctx)
	if err != nil && !fault.Is(err, fault.Held) && !fault.Is(err, fault.Auth) && !fault.Is(err, fault.Conflict) {
		return nil, err
	}
	early, err := c.Early(ctx)
	if err != nil {
		return nil, err
	}
	var list []contact
	err = c.db(ctx).Raw(contactColumns+"(name_fold IN ? OR mail_fold IN ? OR digits IN ?) AND doc_key = '' AND (? = '' OR currency IN ('', ?, ?)) AND status <> 'inactive' "+
		"AND NOT EXISTS (SELECT 1 FROM qlobooks_documents d WHERE d.flow = ? AND d.zoho_id = qlobooks_zoho_contacts.zoho_id) ORDER BY zoho_id LIMIT 5000", names, mails, phones, base, base, early, flow.Customer).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("read contacts: %w", err)
	}
	return list, nil
}

func namesOf(g qloapps.Customer) []string {
	person := store.Fold(strings.TrimSpace(g.FirstName + " " + g.LastName))
	names := []string{person, store.Fold(g.LastName + " " + g.FirstName), store.Fold(g.LastName + ", " + g.FirstName)}
	if g.Company != "" {
		names = append(names, store.Fold(g.Company), store.Fold(g.Company+" "+person))
	}
	return slices.DeleteFunc(names, func(n string) bool { return strings.Trim(n, ", ") == "" })
}

// suggest says which contacts may be a guest, and why. One shared fact alone is similar only:
// couples share addresses, and namesakes names.
func suggest(g qloapps.Customer, near []contact, url func(flow, zohoID string) string) []wire.PairingSuggestion {
	list := []wire.PairingSuggestion{}
	names, mail, phone := namesOf(g), store.Fold(g.Email), digits(g.Phone)
	for _, c := range near {
		var why []string
		if mail != "" && c.MailFold == mail {
			why = append(why, "email_equal")
		}
		if slices.Contains(names, c.NameFold) {
			why = append(why, "name_equal")
		}
		if phone != "" && c.Digits == phone {
			why = append(why, "phone_equal")
		}
		if len(why) == 0 {
			continue
		}
		confidence := "similar"
		if len(why) > 1 && slices.Contains(why, "name_equal") {
			confidence = "exact"
		}
		list = append(list, wire.PairingSuggestion{ZohoContactID: c.ZohoID, Name: c.Name, Company: c.Company, Email: c.Email, Phone: c.Phone, Currency: c.Currency,
			ZohoURL: wire.TextOrNull(url(flow.Customer, c.ZohoID)), Why: why, Confidence: confidence})
	}
	sort.SliceStable(list, func(i, j int) bool { return len(list[i].Why) > len(list[j].Why) })
	return list[:min(len(list), 10)]
}

// PairCustomer ties a customer to a contact.
func (c Customers) PairCustomer(ctx context.Context, id, zohoID, by string) (wire.PairingItem, error) {
	if err := c.Pair(ctx, store.Ref{Flow: flow.Customer, ID: id}, zohoID, by); err != nil {
		return wire.PairingItem{}, err
	}
	return c.item(ctx, id)
}

// UnpairCustomer forgets a customer's contact: the one that is named, or whichever it is.
func (c Customers) UnpairCustomer(ctx context.Context, id string, in wire.Unpairing, by string) (wire.PairingItem, error) {
	docs, err := c.standing(ctx, []string{id})
	if err != nil {
		return wire.PairingItem{}, err
	}
	ref := store.Ref{Flow: flow.Customer, ID: id}
	if d, there := docs[id]; there {
		ref = d.Ref
		if in.ZohoID != "" && d.ZohoID != "" && d.ZohoID != in.ZohoID {
			return wire.PairingItem{}, fault.New(fault.Conflict, "paired_otherwise", "Customer %s is paired with contact %s by now, not with %s.", id, d.ZohoID, in.ZohoID).Do("Look at the pair as it is now, then unpair again.")
		}
	}
	if err := c.Unpair(ctx, ref, cmp.Or(in.Reason, "on the pairing page"), by); err != nil {
		return wire.PairingItem{}, err
	}
	return c.item(ctx, id)
}

func (c Customers) item(ctx context.Context, id string) (wire.PairingItem, error) {
	plain, _, _ := strings.Cut(id, ":")
	records, _, err := c.Store.Records(ctx, store.RecordQuery{Section: section, IDs: []string{plain}, Limit: 1})
	if err != nil {
		return wire.PairingItem{}, err
	}
	if len(records) == 0 {
		return wire.PairingItem{}, fault.New(fault.NotFound, "unknown_record", "There is no customer %s.", id)
	}
	items, err := c.items(ctx, records)
	if err != nil {
		return wire.PairingItem{}, err
	}
	return items[0], nil
}
