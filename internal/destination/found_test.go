package destination

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// TestWhatWasChosenIsNoDifference finds an invoice that stands with other choices of the mapping, and one that stands
// otherwise in its money or its words. What was called without an answer is held against all that was sent.
func TestWhatWasChosenIsNoDifference(t *testing.T) {
	t.Parallel()

	const wants = `{"customer_id":"7","invoice_number":"IN1","reference_number":"R","date":"2026-03-01","due_date":"2026-03-05","tags":[{"tag_id":"1","tag_option_id":"2"}],` +
		`"line_items":[{"item_id":"3","description":"Room 1","rate":104,"quantity":1,"tax_id":"4","location_id":"9"},{"name":"Fee","account_id":"5","rate":10,"quantity":2}]}`
	stands := func(head, first, second string) string {
		return `{"invoice_id":"6","total":124,"status":"sent","cf_qloapps_key":"invoice:1","customer_id":"7","date":"2026-03-01"` + head + `,"line_items":[{"line_item_id":"11","item_id":"3","rate":104,"quantity":1,"account_id":"88"` + first + `},{"line_item_id":"12","rate":10,"quantity":2` + second + `}]}`
	}
	plain := stands("", "", "")
	for name, tt := range map[string]struct {
		stands string
		other  bool
		sent   string
	}{
		"nothing is shown": {plain, false, wants},
		"other choices": {stands(`,"invoice_number":"2026-1","reference_number":"S","due_date":"2026-03-05","tags":[{"tag_id":"1","tag_option_id":"22","tag_name":"Hotel"}],"location_id":"99"`, `,"name":"Suite","tax_id":"44","tags":[],"location_id":""`, `,"item_id":"","name":"Fees","account_id":"55","tax_id":""`), false,
			`{"customer_id":"7","invoice_number":"2026-1","reference_number":"S","date":"2026-03-01","due_date":"2026-03-05","tags":[{"tag_id":"1","tag_option_id":"22"}],"location_id":"99",` +
				`"line_items":[{"item_id":"3","description":"Room 1","rate":104,"quantity":1,"tax_id":"44"},{"name":"Fees","account_id":"55","rate":10,"quantity":2}]}`},
		"no tag":               {stands(`,"tags":[]`, "", ""), false, ``},
		"an item for a fee":    {stands("", "", `,"item_id":"33","name":"Fee","account_id":"5"`), false, ``},
		"another room":         {stands("", `,"description":"Room 2"`, ""), true, ``},
		"another due day":      {stands(`,"due_date":"2026-03-06"`, "", ""), true, ``},
		"another price":        {`{"invoice_id":"6","total":124,"line_items":[{"rate":100,"quantity":1},{"rate":12,"quantity":2}]}`, true, ``},
		"a line less":          {`{"invoice_id":"6","total":124,"line_items":[{"rate":124,"quantity":1}]}`, true, ``},
		"something taken off":  {stands(`,"discount":"5","discount_type":"entity_level"`, "", ""), true, ``},
		"shipping added there": {stands(`,"shipping_charge":5`, "", ""), true, ``},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			z := &zohoSays{answers: map[string][]said{"GET /invoices": {{200, `{"code":0,"invoices":[{"invoice_id":"6","cf_qloapps_key":"invoice:1"}]}`}}, "GET /invoices/6": {{200, `{"code":0,"invoice":` + tt.stands + `}`}}}}
			d := dest[zoho.Invoice]{Resource: zoho.Invoices, books: z.books}
			call := engine.Call{Method: http.MethodPut, Path: "/invoices", Key: "invoice:1", Body: json.RawMessage(wants)}
			lost, there, err := d.Find(t.Context(), "invoice:1", call)
			if err != nil || !there || len(lost.Sent) > 0 || lost.Other {
				t.Fatalf("a lost answer: %+v %t %v", lost, there, err)
			}
			if name == "other choices" && len(lost.Differs) == 0 {
				t.Error("what a lost call came to is not held against what was sent")
			}
			call.Found = true
			found, _, err := d.Find(t.Context(), "invoice:1", call)
			if err != nil || len(found.Differs) > 0 || found.Other != tt.other {
				t.Errorf("differs %q, other %t, want %t; %v", found.Differs, found.Other, tt.other, err)
			}
			if tt.sent == "" {
				return
			}
			var is, want any
			if json.Unmarshal(found.Sent, &is) != nil || json.Unmarshal([]byte(tt.sent), &want) != nil {
				t.Fatalf("%s", found.Sent)
			}
			as, _ := json.Marshal(is)
			to, _ := json.Marshal(want)
			if string(as) != string(to) {
				t.Errorf("counts as sent\n%s, want\n%s", as, to)
			}
		})
	}
}
