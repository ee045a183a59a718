package flow

import (
	"cmp"
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
		hotel    string // of the order, "1" where nothing is said; "-" for none
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
		"a demanded tag is never everything else's": {target: "item", demanded: []string{"tag:u"}, rows: map[rules.Kind]map[string]rules.Choice{rules.Tags: {rules.Default: {ZohoID: "other", Tag: "t"}}}, fault: "mapping_missing"},
		"sold without a hotel, by tag":              {target: "tag", hotel: "-", rows: map[rules.Kind]map[string]rules.Choice{rules.Tags: {rules.Default: {ZohoID: "other", Tag: "t"}}}, want: "t=other"},
		"sold without a hotel, by location":         {target: "location", hotel: "-", rows: map[rules.Kind]map[string]rules.Choice{rules.Locations: {rules.Default: {ZohoID: "head"}}}, want: "@head", whole: "@head"},
		"the hotel's own tag is not demanded twice": {target: "tag", demanded: []string{"tag:t"}, rows: map[rules.Kind]map[string]rules.Choice{rules.Tags: {"hotel:1": {ZohoID: "larkspur", Tag: "t"}}}, want: "t=larkspur"},
		"what stands keeps what it was sent with":   {target: "location", stands: sent, want: "t=old"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			i, r := stay(), chosen()
			i.Order.HotelID = strings.TrimPrefix(cmp.Or(c.hotel, "1"), "-")
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

// TestACancellationTakesBackFromWhereItWasPosted holds its dimension to what the invoice was sent with, even to
// none, whatever the mapping says today; what every document must have by now is added.
func TestACancellationTakesBackFromWhereItWasPosted(t *testing.T) {
	t.Parallel()

	for name, c := range map[string]struct {
		line     string // what the invoice's line was sent with
		target   string
		rows     map[rules.Kind]map[string]rules.Choice
		demanded []string
		want     string
		fault    string
	}{
		"none, while a hotel is a tag by now":        {target: "tag", rows: map[rules.Kind]map[string]rules.Choice{rules.Tags: {"hotel:1": {ZohoID: "larkspur", Tag: "t"}}}},
		"none, while a tag is not chosen yet":        {target: "tag"},
		"the former option":                          {line: `,"tags":[{"tag_id":"t","tag_option_id":"old"}]`, target: "tag", rows: map[rules.Kind]map[string]rules.Choice{rules.Tags: {"hotel:1": {ZohoID: "larkspur", Tag: "t"}}}, want: "t=old"},
		"none, with a tag that is demanded by now":   {target: "item", demanded: []string{"tag:u"}, rows: map[rules.Kind]map[string]rules.Choice{rules.Tags: {"tag:u": {ZohoID: "sales", Tag: "u"}}}, want: "u=sales"},
		"a demanded tag that it bears":               {line: `,"tags":[{"tag_id":"u","tag_option_id":"old"}]`, target: "item", demanded: []string{"tag:u"}, want: "u=old"},
		"a demanded tag for which nothing is chosen": {target: "item", demanded: []string{"tag:u"}, fault: "mapping_missing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			i, r := stay(), chosen()
			i.Order.HotelID, i.Order.Canceled, i.Order.CanceledAt = "1", true, noon.AddDate(0, 0, 5)
			r.Settings.Orders.CancelPolicy, r.Settings.Hotels.Target, r.Mappings.Demanded = "credit_note", c.target, c.demanded
			for kind, rows := range c.rows {
				r.Mappings.Rows[kind] = rows
			}
			sent := json.RawMessage(`{"customer_id":"c","date":"2026-05-04","is_inclusive_tax":true,"line_items":[{"item_id":"i-11","rate":232.10,"quantity":1` + c.line + `}]}`)
			posted := engine.Link{ID: "z-9", Number: "#IN000004", Day: "2026-05-04", Status: engine.Synced, Total: m("232.10"), Currency: "USD", Sent: sent, Done: []string{"sent"}}
			known := links{"invoice:9": posted, "customer:3": {ID: "c", Status: engine.Synced}}
			got, err := mapCancellation(i, engine.Link{}, known, r)
			if code := faultCode(err); code != c.fault {
				t.Fatalf("%v, want %q", err, c.fault)
			}
			for _, l := range got.Doc.Lines {
				if have := borne(l.Tags, l.LocationID); have != c.want {
					t.Errorf("a line bears %q, want %q", have, c.want)
				}
			}
			if c.fault == "" && len(got.Doc.Lines) == 0 {
				t.Error("nothing is taken back")
			}
		})
	}
}
