package flow

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// TestHotelAsDimension gives new documents their hotel as the settings say, and leaves what stands as it was sent.
func TestHotelAsDimension(t *testing.T) {
	t.Parallel()

	known := links{"customer:3": {ID: "c", Status: engine.Synced}, "room_type:11": {ID: "i-11", Status: engine.Synced}, "service_product:21": {ID: "i-21", Status: engine.Synced}}
	sent := json.RawMessage(`{"customer_id":"c","date":"2026-05-04","line_items":[{"item_id":"i-11","tags":[{"tag_id":"t","tag_option_id":"old"}]}]}`)
	for name, c := range map[string]struct {
		target   string
		rows     map[rules.Kind]map[string]rules.Choice
		demanded []string
		stands   json.RawMessage
		want     string // what each line bears
		whole    string // what the invoice bears
		fault    string
	}{
		"an item alone":                             {target: "item"},
		"a tag on each line":                        {target: "tag", rows: map[rules.Kind]map[string]rules.Choice{rules.Tags: {"hotel:1": {ZohoID: "larkspur", Tag: "t"}}}, want: "t=larkspur"},
		"a tag of the document":                     {target: "tag", rows: map[rules.Kind]map[string]rules.Choice{rules.Tags: {"hotel:1": {ZohoID: "larkspur", Tag: "t", Whole: true}}}, whole: "t=larkspur"},
		"a location on both":                        {target: "location", rows: map[rules.Kind]map[string]rules.Choice{rules.Locations: {"hotel:1": {ZohoID: "city"}}}, want: "@city", whole: "@city"},
		"no option yet":                             {target: "tag", fault: "mapping_missing"},
		"no location yet":                           {target: "location", fault: "mapping_missing"},
		"a demanded tag":                            {target: "item", demanded: []string{"tag:u"}, rows: map[rules.Kind]map[string]rules.Choice{rules.Tags: {"tag:u": {ZohoID: "sales", Tag: "u"}}}, want: "u=sales"},
		"a demanded tag unchosen":                   {target: "item", demanded: []string{"tag:u"}, fault: "mapping_missing"},
		"the hotel's own tag is not demanded twice": {target: "tag", demanded: []string{"tag:t"}, rows: map[rules.Kind]map[string]rules.Choice{rules.Tags: {"hotel:1": {ZohoID: "larkspur", Tag: "t"}}}, want: "t=larkspur"},
		"what stands keeps what it was sent with":   {target: "location", stands: sent, want: "t=old"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			i, r := stay(), chosen()
			i.Order.HotelID = "1"
			r.Settings.Hotels.Target, r.Mappings.Demanded = c.target, c.demanded
			for kind, rows := range c.rows {
				r.Mappings.Rows[kind] = rows
			}
			self := engine.Link{}
			if c.stands != nil {
				self = engine.Link{ID: "z", Sent: c.stands, Status: engine.Synced, Total: m("232.10"), Done: []string{"sent"}, Steps: []string{"sent"}}
			}
			got, err := mapInvoice(i, self, known, r)
			if code := faultCode(err); code != c.fault {
				t.Fatalf("%v, want %q", err, c.fault)
			}
			if err != nil {
				return
			}
			whole := borne(got.Doc.Tags, got.Doc.LocationID)
			if whole != c.whole {
				t.Errorf("the invoice bears %q, want %q", whole, c.whole)
			}
			for _, l := range got.Doc.Lines {
				if have := borne(l.Tags, l.LocationID); have != c.want {
					t.Errorf("a line bears %q, want %q", have, c.want)
				}
			}
			if body, _ := json.Marshal(got.Doc); c.want+c.whole == "" && (strings.Contains(string(body), "tags") || strings.Contains(string(body), "location")) {
				t.Errorf("with the switch off something of it exists: %s", body)
			}
		})
	}
}

// borne is what a document or line is given, in short.
func borne(tags []zoho.Tag, location string) string {
	text := ""
	for _, tag := range tags {
		text += tag.ID + "=" + tag.Option
	}
	if location != "" {
		text += "@" + location
	}
	return text
}
