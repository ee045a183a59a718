package rehearsal_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestHotelsAreTold posts a hotel as an option of a tag that the set-up makes, and waits for a tag that the
// organization demands.
func TestHotelsAreTold(t *testing.T) {
	atOnce(t)
	d := opened(t, "dim_")
	ctx, s, c := d.ctx, d.Stage, d.clerk
	book := func(order, invoice, room string) {
		c.book(order, "DIMENSI"+order, "2", room)
		c.invoice(invoice, order)
		d.sync(order)
	}
	type line struct {
		Rate, Quantity decimal.Decimal
		Tags           []struct {
			Option string `json:"tag_option_id"`
		}
	}
	lines := func(key string) []line {
		t.Helper()
		var body struct {
			Lines []line `json:"line_items"`
		}
		d.must(json.Unmarshal(d.find(key).Body, &body))
		if len(body.Lines) == 0 {
			t.Fatalf("%s has no lines", key)
		}
		return body.Lines
	}
	book("52", "62", "910")
	until(ctx, t, s, "invoice:62", "synced", "")
	if tags := lines("invoice:62")[0].Tags; len(tags) > 0 {
		t.Errorf("with the switch off: %v", tags)
	}

	d.must(s.Set(ctx, "hotels", "target", "tag"))
	d.must(s.SetUp(ctx, "Operating account"))
	var page struct {
		Items []struct {
			SourceID   string  `json:"source_id"`
			SourceName string  `json:"source_name"`
			ZohoID     *string `json:"zoho_id"`
		}
	}
	d.must(s.Call(ctx, http.MethodGet, "/mappings/tags", nil, &page))
	option := ""
	for _, item := range page.Items {
		if item.SourceID == "default" { // what is sold without a hotel: nobody else can know
			continue
		}
		if item.ZohoID == nil {
			t.Errorf("%s was not chosen by the set-up", item.SourceName)
		} else if item.SourceID == "hotel:1" {
			option = *item.ZohoID
		}
	}
	book("53", "63", "911")
	until(ctx, t, s, "invoice:63", "synced", "")
	sum := decimal.Zero
	for _, key := range []string{"invoice:62", "invoice:63"} {
		for _, l := range lines(key) {
			if len(l.Tags) == 1 && l.Tags[0].Option == option {
				sum = sum.Add(l.Rate.Mul(l.Quantity))
			}
		}
	}
	if sum.String() != "124.8" {
		t.Errorf("the hotel's option bears %s, its tagged orders come to 124.8", sum)
	}

	segment := s.Books.AddTag("Segment", true, false, "Leisure", "Business")
	run, err := s.Start(ctx, "/mappings/refresh", map[string]any{"kinds": []string{"tags"}})
	d.must(err)
	_, err = s.Wait(ctx, run.ID)
	d.must(err)
	book("54", "64", "912")
	until(ctx, t, s, "invoice:64", "blocked", "mapping_missing")
	d.must(s.Call(ctx, http.MethodGet, "/mappings/tags", nil, &page))
	demanded := page.Items[len(page.Items)-1].SourceID
	d.must(s.Call(ctx, http.MethodPut, "/mappings/tags", map[string]any{"items": []map[string]string{{"source_id": demanded, "zoho_id": segment["Leisure"]}}}, nil))
	until(ctx, t, s, "invoice:64", "synced", "")
	if tags := lines("invoice:64")[0].Tags; len(tags) != 2 {
		t.Errorf("a demanded tag and the hotel's: %v", tags)
	}
	// a list that is not read for once takes nothing back that it demanded
	d.must(s.Books.SetFaults(books.Rule{Method: "GET", Path: "/reportingtags", Times: 99, Fault: books.FaultRefuse}))
	run, err = s.Start(ctx, "/mappings/refresh", map[string]any{"kinds": []string{"tags"}})
	d.must(err)
	_, err = s.Wait(ctx, run.ID)
	d.must(err)
	d.must(s.Books.SetFaults())
	book("55", "65", "913")
	until(ctx, t, s, "invoice:65", "synced", "")
	if tags := lines("invoice:65")[0].Tags; len(tags) != 2 {
		t.Errorf("a demanded tag while the list of tags cannot be read, and the hotel's: %v", tags)
	}
	d.must(s.Set(ctx, "hotels", "target", "item"))
	d.sync("53")
	settled(ctx, t, s)
	if tags := lines("invoice:63")[0].Tags; len(tags) != 1 || tags[0].Option != option {
		t.Errorf("what stands was touched: %v", tags)
	}
}

// TestHotelsOfOneNameAreToldApart lets two hotels have one name, and a person make the tag or an option of it inactive: each
// hotel has an option of its own, and the set-up says what must be made active.
func TestHotelsOfOneNameAreToldApart(t *testing.T) {
	atOnce(t)
	d := opened(t, "twin_")
	name := "Larkspur House"
	d.do("UPDATE {p}htl_branch_info_lang SET hotel_name = '" + name + "' WHERE id = 2")
	d.must(d.Set(d.ctx, "hotels", "target", "tag"))
	step := func() (is struct{ Status, Detail, Action string }) {
		t.Helper()
		run, err := d.Start(d.ctx, "/setup", map[string]any{})
		d.must(err)
		var result struct {
			Steps []struct{ Name, Status, Detail, Action string }
		}
		d.must(json.Unmarshal(run.Result, &result))
		for _, s := range result.Steps {
			if s.Name == "tag_hotel" {
				is.Status, is.Detail, is.Action = s.Status, s.Detail, s.Action
			}
		}
		return is
	}
	chosen := func() map[string]string {
		t.Helper()
		var page struct {
			Items []struct {
				SourceID string  `json:"source_id"`
				ZohoName *string `json:"zoho_name"`
			}
		}
		d.must(d.Call(d.ctx, http.MethodGet, "/mappings/tags", nil, &page))
		names := map[string]string{}
		for _, item := range page.Items {
			names[item.SourceID] = text(item.ZohoName)
		}
		return names
	}
	d.Books.AddTag("Hotel", false, false, name)
	d.Books.RestTag("Hotel", "", true)
	if is := step(); is.Status != "needed" || !strings.Contains(is.Action, "«Hotel» active") {
		t.Errorf("while the tag is inactive: %+v", is)
	}
	d.Books.RestTag("Hotel", "", false)
	d.Books.RestTag("Hotel", name, true)
	if is := step(); is.Status != "needed" || !strings.Contains(is.Detail, name) {
		t.Errorf("while an option is inactive: %+v", is)
	}
	if got := chosen(); got["hotel:1"] != "-" || got["hotel:2"] != name+" (QLO-2)" {
		t.Errorf("while an option is inactive: %v", got)
	}
	d.Books.RestTag("Hotel", name, false)
	if got := d.Books.DefaultOption("Hotel"); got != name {
		t.Errorf("an option was added, and the tag's default is %q", got)
	}
	if is := step(); is.Status != "existed" {
		t.Errorf("%+v", is)
	}
	if got := chosen(); got["hotel:1"] != name || got["hotel:2"] != name+" (QLO-2)" {
		t.Errorf("two hotels of one name have %v", got)
	}
}

// TestHotelsStandUnderRegions lets the tag's options be a tree, in which one hotel has its option: the set-up adds the other
// and leaves the tree as it stands, and a document bears the option within.
func TestHotelsStandUnderRegions(t *testing.T) {
	atOnce(t)
	d := opened(t, "tree_")
	d.do("UPDATE {p}htl_branch_info_lang SET hotel_name = 'Larkspur House' WHERE id = 1")
	d.do("UPDATE {p}htl_branch_info_lang SET hotel_name = 'Rookery Inn' WHERE id = 2")
	d.must(d.Set(d.ctx, "hotels", "target", "tag"))
	regions := d.Books.AddTag("Hotel", false, false, "Europe", "Asia")
	d.Books.NestOption("Hotel", "Asia", "Bali")
	within := d.Books.NestOption("Hotel", "Europe", "Larkspur House")
	d.must(d.SetUp(d.ctx, "Operating account"))
	d.clerk.book("53", "DIMTREE53", "2", "911")
	d.clerk.invoice("63", "53")
	d.sync("53")
	until(d.ctx, t, d.Stage, "invoice:63", "synced", "")
	var body struct {
		Lines []struct {
			Tags []struct {
				Option string `json:"tag_option_id"`
			}
		} `json:"line_items"`
	}
	d.must(json.Unmarshal(d.find("invoice:63").Body, &body))
	if len(body.Lines) == 0 || len(body.Lines[0].Tags) != 1 || body.Lines[0].Tags[0].Option != within {
		t.Errorf("the lines bear %+v, the hotel's option within %v is %s", body.Lines, regions, within)
	}
	if got := d.Books.OptionsOf("Hotel"); got != "Europe (Larkspur House), Asia (Bali), Rookery Inn, Larkspur Old Mill" {
		t.Errorf("the tree is %s", got)
	}
}
