package rehearsal_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// TestNamesStandOnOneLine has guests, addresses, hotels and rooms of QloApps bear ends of lines and tabs, as what was pasted
// or imported does: names in Zoho Books stand on one line with their words apart, and a second pass sends nothing.
func TestNamesStandOnOneLine(t *testing.T) {
	atOnce(t)
	d := opened(t, "broken_")
	d.do("UPDATE {p}customer SET firstname = CONCAT('Mary\\tAnn ', firstname), lastname = CONCAT(lastname, '\\r\\n', 'Berg'), company = 'Inn\\nLtd'",
		"UPDATE {p}address SET firstname = CONCAT(firstname, '\\t', 'B'), address1 = 'Main\\r\\nStreet 1', city = 'Old\\tTown', postcode = '10\\n01'",
		"UPDATE {p}htl_branch_info_lang SET hotel_name = CONCAT(hotel_name, '\\r', 'Spa')", "UPDATE {p}product_lang SET name = CONCAT(name, '\\t', 'Sea')")
	_, err := d.SyncAll(d.ctx)
	d.must(err)
	settled(d.ctx, t, d.Stage)
	looked := 0
	for _, r := range d.Books.Snapshot() {
		if r.Module != "contacts" && r.Module != "items" {
			continue
		}
		var body any
		d.must(json.Unmarshal(r.Body, &body))
		for name, value := range texts("", body) {
			if looked++; strings.ContainsFunc(value, unicode.IsControl) || slices.ContainsFunc([]string{"MaryAnn", "InnLtd", "MainStreet", "OldTown", "1001", "Sea)Sea"}, func(glued string) bool { return strings.Contains(value, glued) }) {
				t.Errorf("%s bears %s %q", r.Key, name, value)
			}
		}
	}
	if looked < 50 {
		t.Errorf("only %d texts were looked at", looked)
	}
	d.restsAsItIs()
}

// texts are all texts of a body by where they stand.
func texts(at string, body any) map[string]string {
	found := map[string]string{}
	add := func(name string, inner any) {
		for where, text := range texts(at+"/"+name, inner) {
			found[where] = text
		}
	}
	switch v := body.(type) {
	case string:
		found[at] = v
	case map[string]any:
		for name, inner := range v {
			add(name, inner)
		}
	case []any:
		for _, inner := range v {
			add("", inner)
		}
	}
	return found
}
