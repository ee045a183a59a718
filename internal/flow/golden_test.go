package flow

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/sample"
)

// sent is what a golden file keeps of one mapped record.
type sent struct {
	Nothing  bool            `json:"nothing,omitempty"`
	Held     string          `json:"held,omitempty"`
	Document any             `json:"document,omitempty"`
	Steps    []engine.Step   `json:"steps,omitempty"`
	Total    string          `json:"total,omitempty"`
	Tax      string          `json:"tax,omitempty"`
	Notices  []engine.Notice `json:"notices,omitempty"`
}

// TestTheSampleHotelFieldByField maps every record of the sample hotel and holds every field of
// every document, its steps and its notices to a golden file of each flow.
func TestTheSampleHotelFieldByField(t *testing.T) {
	dsn := privatetest.Database(t)
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := sample.Load(t.Context(), db, "qlo_", noon); err != nil {
		t.Fatal(err)
	}
	r := reader(t, dsn)
	ru := mapped(t, r)
	ru.Today = "2026-05-05"
	links := done{}
	item, note := destination.Items(nil), destination.CreditNotes(nil)
	ids := func(query string) []string {
		rows, err := db.QueryContext(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var list []string
		for rows.Next() {
			var id string
			if err := rows.Scan(&id); err != nil {
				t.Fatal(err)
			}
			list = append(list, id)
		}
		return list
	}
	keep(t, "currency", currencies(r.Currencies, nil), ids("SELECT id_currency FROM qlo_currency"), links, ru)
	keep(t, "hotel", hotels(r.Hotels, item), ids("SELECT id FROM qlo_htl_branch_info"), links, ru)
	keep(t, "room_type", roomTypes(r.RoomTypes, item), ids("SELECT id_product FROM qlo_htl_room_type"), links, ru)
	keep(t, "service_product", serviceProducts(r.ServiceProducts, item), ids("SELECT id_product FROM qlo_product WHERE booking_product = 0"), links, ru)
	keep(t, "customer", customers(r.Customers, destination.Contacts(nil)), ids("SELECT id_customer FROM qlo_customer"), links, ru)
	keep(t, "sales_order", salesOrders(r.Orders, destination.SalesOrders(nil)), ids("SELECT id_order FROM qlo_orders"), links, ru)
	keep(t, "invoice", invoices(r.Invoices, destination.Invoices(nil)), ids("SELECT id_order_invoice FROM qlo_order_invoice"), links, ru)
	keep(t, "payment", payments(r.Payments, destination.Payments(nil)), ids("SELECT id_order_payment FROM qlo_order_payment ORDER BY id_order_payment"), links, ru)
	keep(t, "credit_note", creditNotes(r.Slips, note), ids("SELECT id_order_slip FROM qlo_order_slip"), links, ru)
	keep(t, "refund", refunds(r.Refunds, note), ids("SELECT id_order_return FROM qlo_order_return"), links, ru)
}

// keep maps the records of a flow, adds their totals to the links, and compares all with the golden file.
func keep[S, D any](t *testing.T, name string, f engine.Flow[S, D], ids []string, links done, ru *rules.Rules) {
	t.Helper()
	records, err := f.Load(t.Context(), ids)
	if err != nil {
		t.Fatal(err)
	}
	if len(records) == 0 {
		t.Errorf("the sample hotel has no %s", name)
	}
	all, prints, formers := map[string]sent{}, map[string]string{}, map[string][]string{}
	for _, id := range ids { // in one order, as each knows what was mapped before it
		record, there := records[id]
		if !there {
			continue
		}
		m, err := f.Map(record, engine.Link{}, links, ru)
		if err != nil {
			all[id] = sent{Held: fault.Of(err).Code + ": " + fault.Of(err).Detail}
			continue
		}
		if !m.Nothing && !m.Keep { // what is left as it stands is not compared
			print, err := f.Fingerprint(m, first(m.Names))
			if err != nil {
				t.Fatal(err)
			}
			prints[f.Name+":"+id] = print
			for _, former := range m.Formerly {
				m.Compare = former
				if print, err = f.Fingerprint(m, first(m.Names)); err != nil {
					t.Fatal(err)
				}
				formers[f.Name+":"+id] = append(formers[f.Name+":"+id], print)
			}
		}
		s := sent{Nothing: m.Nothing, Steps: m.Steps, Notices: m.Notices}
		if !m.Nothing {
			s.Document = m.Doc
		}
		if m.Facts.Currency != "" {
			s.Total, s.Tax = m.Facts.Total.String()+" "+m.Facts.Currency, m.Facts.Tax.String()
		}
		all[id] = s
		links[engine.Ref{Flow: f.Name, ID: id}] = m.Facts.Total
	}
	golden(t, "sample_"+name+".json", all)
	sameForm(t, f.Name, f.Version, prints, formers)
}

func first(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return names[0]
}

// sameForm holds what is compared of a kind to its version: fingerprints of a version once kept stay what
// they are, or are known as those of a former form, as every document that stands has one. Else the version is raised, and the
// prints of the new one are kept beside the old ones (-update).
func sameForm(t *testing.T, flow string, version int, prints map[string]string, formers map[string][]string) {
	t.Helper()
	path := filepath.Join("testdata", "fingerprints", fmt.Sprintf("%s_%d.json", flow, version))
	kept := map[string]string{}
	b, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(b, &kept)
	}
	switch {
	case err == nil:
	case !*update || !os.IsNotExist(err):
		t.Fatalf("fingerprints of %s, version %d: %v", flow, version, err)
	default:
		b, err := json.MarshalIndent(prints, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, append(b, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	for id, print := range kept {
		if now, there := prints[id]; there && now != print && !slices.Contains(formers[id], print) {
			t.Errorf("what is compared of %s changed: raise the version of its kind, or name the former form among Formerly", id)
		}
	}
}
