package pairing

import (
	"context"
	"fmt"
	"strings"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/flow"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// Pairs gives every customer with the contact that stands for it, "" where none does, page by page.
func (c Customers) Pairs(ctx context.Context, each func([]wire.PairingRow) error) error {
	const page = 2000
	early, err := c.Early(ctx)
	if err != nil {
		return err
	}
	for after := uint64(0); ; {
		var rows []struct {
			SortID                    uint64
			CustomerID, ZohoContactID string
		}
		err := c.db(ctx).Raw("SELECT r.sort_id, r.source_id customer_id, IF(d.zoho_id = '', COALESCE(e.zoho_id, ''), d.zoho_id) zoho_contact_id FROM qlobooks_records r JOIN qlobooks_documents d ON d.flow = ? AND d.source_id = r.source_id "+
			"LEFT JOIN qlobooks_documents e ON e.flow = d.flow AND e.source_id = CONCAT(r.source_id, ':', ?) WHERE r.section = ? AND r.sort_id > ? ORDER BY r.sort_id LIMIT ?", flow.Customer, early, section, after, page).Scan(&rows).Error
		if err != nil {
			return fmt.Errorf("read pairs: %w", err)
		}
		list := make([]wire.PairingRow, len(rows))
		for n, r := range rows {
			list[n], after = wire.PairingRow{CustomerID: r.CustomerID, ZohoContactID: r.ZohoContactID}, r.SortID
		}
		if err := each(list); err != nil || len(rows) < page {
			return err
		}
	}
}

// Import ties every row or none. Contacts must have been loaded, so that a file of any length
// costs no call; rows without a contact change nothing.
func (c Customers) Import(ctx context.Context, rows []wire.PairingRow, by string) (wire.PairingImport, []wire.LineError, error) {
	var done wire.PairingImport
	if at, err := c.loadedAt(ctx); err != nil || at == nil {
		if err == nil {
			err = fault.New(fault.Conflict, "contacts_not_loaded", "The contacts of Zoho Books have not been read yet.").Do("Load them first; it reads 200 contacts a call.")
		}
		return done, nil, err
	}
	known, err := c.nothingKnown(ctx)
	if err != nil {
		return done, nil, err
	}
	var wrong []wire.LineError
	var list []store.Pairing
	for at, row := range rows {
		if at%chunk == 0 {
			if err := c.learn(ctx, known, rows[at:min(at+chunk, len(rows))]); err != nil {
				return done, nil, err
			}
		}
		problem := known.judge(row)
		switch {
		case problem != nil && len(wrong) == wire.MostWrongLines:
			wrong = append(wrong, wire.LineError{Line: row.Line, Message: fmt.Sprintf("and perhaps more: after %d wrong lines the last %d were not looked at", wire.MostWrongLines, len(rows)-at)})
			return wire.PairingImport{}, wrong, nil
		case problem != nil:
			wrong = append(wrong, *problem)
		case row.ZohoContactID == "" || known.docs[row.CustomerID].ZohoID == row.ZohoContactID:
			done.Unchanged++
		default:
			x := known.contacts[row.ZohoContactID]
			ref := store.Ref{Flow: flow.Customer, ID: row.CustomerID}
			if known.early != "" && x.Currency == known.early && !strings.Contains(row.CustomerID, ":") {
				ref = flow.ContactRef(row.CustomerID, known.early)
			}
			list = append(list, store.Pairing{Ref: ref, Zoho: store.Standing{ZohoID: x.ZohoID, Number: x.Name, Name: x.Name}, Space: "contact"})
		}
	}
	if len(wrong) > 0 {
		return wire.PairingImport{}, wrong, nil
	}
	for _, p := range list {
		if err := c.Store.Ensure(ctx, p.Ref); err != nil {
			return wire.PairingImport{}, nil, err
		}
	}
	if err := c.Store.Pair(ctx, c.sharing(zoho.Contacts), list, by); err != nil {
		return wire.PairingImport{}, nil, err
	}
	done.Paired = len(list)
	return done, nil, nil
}

// known is everything that the rows of a chunk are judged by, and what earlier rows of the file said.
type known struct {
	base      string
	early     string                    // "" = base
	docs      map[string]store.Document // by customer id
	contacts  map[string]contact
	holders   map[string]store.Ref // by contact id
	customers map[string]int       // line that named it, of the whole file
	taken     map[string]int
}

// chunk is how many rows are looked up at once.
const chunk = 500

func (c Customers) nothingKnown(ctx context.Context) (*known, error) {
	k := &known{customers: map[string]int{}, taken: map[string]int{}}
	var err error
	if k.base, err = c.Base(ctx); err != nil {
		return nil, err
	}
	k.early, err = c.Early(ctx)
	return k, err
}

// learn looks up what the rows of a chunk are judged by, and forgets those before them.
func (c Customers) learn(ctx context.Context, k *known, rows []wire.PairingRow) error {
	var customers []string
	ids := []string{""}
	for _, r := range rows {
		customers = append(customers, r.CustomerID)
		ids = append(ids, r.ZohoContactID)
	}
	var err error
	if k.docs, err = c.standing(ctx, customers); err != nil {
		return err
	}
	k.contacts, k.holders = map[string]contact{}, map[string]store.Ref{}
	var contacts []contact
	if err := c.db(ctx).Raw(contactColumns+"zoho_id IN ?", ids).Scan(&contacts).Error; err != nil {
		return fmt.Errorf("read contacts: %w", err)
	}
	for _, x := range contacts {
		k.contacts[x.ZohoID] = x
	}
	var held []struct{ SourceID, ZohoID string }
	if err := c.db(ctx).Raw("SELECT source_id, zoho_id FROM qlobooks_documents WHERE flow = ? AND zoho_id IN ? AND zoho_id <> ''", flow.Customer, ids).Scan(&held).Error; err != nil {
		return fmt.Errorf("read links of contacts: %w", err)
	}
	for _, h := range held {
		k.holders[h.ZohoID] = store.Ref{Flow: flow.Customer, ID: h.SourceID}
	}
	return nil
}

// judge says what is wrong with a row; nil when it can be done.
func (k *known) judge(row wire.PairingRow) *wire.LineError {
	bad := func(field, format string, args ...any) *wire.LineError {
		return &wire.LineError{Line: row.Line, Field: field, Message: fmt.Sprintf(format, args...)}
	}
	doc, there := k.docs[row.CustomerID]
	if !there {
		return bad("customer_id", "is no listed customer")
	}
	if line, twice := k.customers[row.CustomerID]; twice {
		return bad("customer_id", "is named a second time, after line %d", line)
	}
	k.customers[row.CustomerID] = row.Line
	if row.ZohoContactID == "" || row.ZohoContactID == doc.ZohoID {
		return nil
	}
	x, there := k.contacts[row.ZohoContactID]
	if !there {
		return bad("zoho_contact_id", "is none of the contacts that were loaded; load them again if it is new")
	}
	if line, twice := k.taken[row.ZohoContactID]; twice {
		return bad("zoho_contact_id", "is named a second time, after line %d", line)
	}
	k.taken[row.ZohoContactID] = row.Line
	want := k.base
	if _, iso, ok := strings.Cut(row.CustomerID, ":"); ok {
		want = iso
	}
	holder, isHeld := k.holders[row.ZohoContactID]
	switch {
	case isHeld:
		return bad("zoho_contact_id", "stands for %s already", holder.Key())
	case x.DocKey != "" && x.DocKey != doc.Ref.Key() && x.DocKey != doc.Ref.Key()+":"+k.early:
		return bad("zoho_contact_id", "carries the key of %s", x.DocKey)
	case doc.ZohoID != "":
		return bad("customer_id", "stands for %s already; unpair it first", doc.ZohoID)
	case x.Currency != "" && x.Currency != want && (x.Currency != k.early || want != k.base):
		return bad("zoho_contact_id", "is in %s, but %s is needed", x.Currency, want)
	}
	return nil
}
