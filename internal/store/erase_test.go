package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/store/storetest"
)

// logged is the log of calls for two guests, one of whom is to be erased: in each line either stands under
// another spelling.
func logged(t *testing.T) *store.Store {
	t.Helper()
	anna, bob := store.Ref{Flow: "customer", ID: "7"}, store.Ref{Flow: "customer", ID: "8"}
	s, exec, _ := settling(t, anna, bob, store.Ref{Flow: "customer", ID: "7:EUR"}, store.Ref{Flow: "invoice", ID: "70"}, store.Ref{Flow: "invoice", ID: "80"})
	exec(`UPDATE qlobooks_documents SET zoho_name = 'Anna Müller & Co', sent = '{"contact_name":"Anna Müller & Co","contact_persons":[{"first_name":"Anna","last_name":"Müller","email":"Anna.M@guest.test"}]}' WHERE flow = 'customer' AND source_id = '7'`)
	exec(`UPDATE qlobooks_documents SET zoho_name = 'Anna Müllerson', sent = '{"contact_name":"Anna Müllerson","contact_persons":[{"first_name":"Anna","last_name":"Müllerson","email":"bob@guest.test"}]}' WHERE flow = 'customer' AND source_id = '8'`)
	if err := s.Adopt(t.Context(), "orders", []store.Seen{{Print: "a:1", Listed: store.Listed{ID: "70", Name: "ORDER70", CustomerID: "7", Documents: []store.Ref{{Flow: "invoice", ID: "70"}}}}}); err != nil {
		t.Fatal(err)
	}
	for _, line := range []store.CallLine{
		{Ref: "customer:7", Request: `{"contact_name":"x"}`, Response: `{"contact":{}}`, Query: "a=1"},
		{Ref: "customer:7:EUR", Request: `{"contact_name":"x"}`},
		{Ref: "invoice:70", Request: `{"notes":"room for Frau M."}`, Response: `{"invoice":{}}`},
		{Ref: "invoice:80", Also: []string{"invoice:70"}, Request: `{"about":"both"}`},
		{Ref: "run:3", Response: `{"contacts":[{"email":"anna.m@guest.test"}]}`},
		{Ref: "run:3", Response: `{"contacts":[{"contact_name":"Anna M\u00fcller \u0026 Co"}]}`},
		{Ref: "run:4", Query: "contact_name=Anna+M%C3%BCller+%26+Co", Response: `{"contacts":[]}`},
		{Ref: "run:4", Query: "email=Anna.M%40guest.test", Response: `{"contacts":[]}`},
		{Ref: "run:5", Response: `{"contacts":[{"contact_name":"Anna Müllerson","email":"bob@guest.test"}]}`},
		{Ref: "customer:8", Request: `{"contact_name":"Anna Müllerson"}`, Query: "b=2"},
	} {
		line.At, line.Method, line.Path = s.Now(), "GET", "/books/v3/contacts"
		if err := s.AddCall(line); err != nil {
			t.Fatal(err)
		}
	}
	for ref, detail := range map[store.Ref]string{anna: "Paired with Anna Müller & Co in Zoho Books (12).", bob: "Paired with Anna Müllerson in Zoho Books (13)."} {
		if err := s.AddEvent(t.Context(), store.Event{Actor: "a person", Action: "pair", Ref: ref, Detail: detail}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.AddAlert(t.Context(), "records_held", "7", map[string]any{"cause": "Anna Müller & Co has no e-mail address", "sample": []string{"Anna.M@guest.test", "bob@guest.test"}}); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestNothingOfAnErasedGuestIsLogged looks through everything that was logged, and through the search, once
// a guest was anonymized; the lines stay, and so does everything of others.
func TestNothingOfAnErasedGuestIsLogged(t *testing.T) {
	t.Parallel()
	s := logged(t)
	for range 2 { // it may be repeated
		if _, err := s.Erase(t.Context(), "7"); err != nil {
			t.Fatal(err)
		}
	}
	var rows []string
	if err := s.Gorm().Raw("SELECT CONCAT_WS(' ', ref, query, request, response) FROM qlobooks_calls ORDER BY id").Scan(&rows).Error; err != nil {
		t.Fatal(err)
	}
	want := []string{"customer:7", "customer:7:EUR", "invoice:70", "invoice:80", "run:3", "run:3", "run:4", "run:4",
		`run:5 {"contacts":[{"contact_name":"Anna Müllerson","email":"bob@guest.test"}]}`, `customer:8 b=2 {"contact_name":"Anna Müllerson"}`}
	if !slices.Equal(rows, want) {
		t.Errorf("the log holds\n%s", strings.Join(rows, "\n"))
	}
	var told []string
	if err := s.Gorm().Raw("SELECT detail FROM qlobooks_events WHERE action = 'pair' UNION ALL SELECT data FROM qlobooks_alerts").Scan(&told).Error; err != nil {
		t.Fatal(err)
	}
	slices.Sort(told)
	want = []string{"Paired with (erased) in Zoho Books (12).", "Paired with Anna Müllerson in Zoho Books (13).", `{"cause":"(erased) has no e-mail address","sample":["(erased)","bob@guest.test"]}`}
	if !slices.Equal(told, want) {
		t.Errorf("people are told\n%s", strings.Join(told, "\n"))
	}
	for q, n := range map[string]int{"Anna Müller &": 0, "guest.test": 1, "nna.": 0, "Müllerson": 2} {
		if list, err := s.Calls(t.Context(), store.CallQuery{Q: q, Bodies: true, Limit: 20}); err != nil || len(list) != n {
			t.Errorf("%d calls are found by %q, want %d: %v", len(list), q, n, err)
		}
	}
	if done, err := s.Erased(t.Context(), []string{"7", "8"}); err != nil || !done["7"] || done["8"] {
		t.Errorf("erased are %v %v", done, err)
	}
}

// impersonal are the columns of texts in which no guest is named, or may stay named.
var impersonal = map[string]string{
	"qlobooks_alerts":               "about", // an id
	"qlobooks_calls":                "path ref",
	"qlobooks_call_refs":            "ref",
	"qlobooks_connection":           "*", // the organization
	"qlobooks_counts":               "*",
	"qlobooks_count_changes":        "*",
	"qlobooks_documents":            "fingerprint former intent wakes lease_owner counted", // what may have been called is found by what was said
	"qlobooks_facts":                "*",
	"qlobooks_former_links":         "fingerprint former wakes",
	"qlobooks_former_organizations": "*", // mappings and settings
	"qlobooks_handled":              "handled_by",
	"qlobooks_heartbeats":           "*",
	"qlobooks_imported_payments":    "number payment_mode reference shares payment_ids accepted assigned_by", // compared with Zoho Books, which has them so
	"qlobooks_ledger_entries":       "*",
	"qlobooks_ledger_lines":         "*", // amounts by day
	"qlobooks_ledger_orders":        "*", // rates
	"qlobooks_mapping_choices":      "*", // Zoho Books' taxes, accounts and modes
	"qlobooks_mapping_former":       "*",
	"qlobooks_mapping_refreshes":    "*",
	"qlobooks_mapping_sources":      "*", // QloApps' taxes, methods and classes
	"qlobooks_mapping_unread":       "*",
	"qlobooks_mappings":             "*",
	"qlobooks_marks":                "*",
	"qlobooks_names":                "owner",
	"qlobooks_oauth_states":         "*",
	"qlobooks_periods":              "sums closed_by",
	"qlobooks_period_documents":     "number",
	"qlobooks_period_drifts":        "number",
	"qlobooks_records":              "source_print causes",
	"qlobooks_run_documents":        "record_id",
	"qlobooks_runs":                 "request_sum active_sum cursor_at started_by",
	"qlobooks_events":               "actor",
	"qlobooks_sessions":             "*", // employees
	"qlobooks_settings":             "*",
	"qlobooks_sign_ins":             "*", // employees
	"qlobooks_source_documents":     "*", // hotel, taxes and mode
	"qlobooks_tokens":               "*",
	"qlobooks_unlisted":             "*",
	"qlobooks_versions":             "*",
	"qlobooks_version_changes":      "name who",
	"qlobooks_zoho_contacts":        "doc_key",
	"qlobooks_zoho_documents":       "*", // compared with Zoho Books, which has them so
}

// TestNoColumnNamesAnErasedGuest puts a guest into every column of every table that has room for a name, in a
// row that concerns the guest, and looks for the guest in all of them afterwards. A column that is added later
// must be erased as well, or stand above.
func TestNoColumnNamesAnErasedGuest(t *testing.T) {
	t.Parallel()
	s := store.New(storetest.New(t), time.Now)
	const name, mail, phone = "Anna Müller", "anna.m@guest.test", "555 0142"
	ids := map[string]any{"flow": "customer", "source_id": "7", "section": "customers", "record_id": "7", "zoho_id": "z7", "contact_id": "z7", "customer_id": "7", "owner": "customer:7",
		"module": "contact", "document_id": 1, "id": 1, "organization_id": "9", "action": "pair", "status": "synced", "ref": "run:1", "doc_key": "customer:7", "intent": nil}
	plain := strings.Join([]string{name, mail, phone}, ", ")
	whole := map[string]string{"qlobooks_documents.sent": `{"contact_name":"` + name + `","currency_id":"1","contact_persons":[{"first_name":"Anna","last_name":"Müller","email":"` + mail + `","phone":"` + phone + `"}]}`,
		"qlobooks_documents.zoho_name": name, "qlobooks_names.folded": "anna müller", "qlobooks_records.fields": `{"name":"` + name + `","email":"` + mail + `"}`,
		"qlobooks_zoho_contacts.name": name, "qlobooks_zoho_contacts.phone": phone, "qlobooks_search.term": "anna müller"}
	var columns []struct {
		TableName, ColumnName, DataType string
		Length                          int
		Wants                           bool
	}
	if err := s.Gorm().Raw("SELECT table_name, column_name, data_type, COALESCE(character_maximum_length, 0) length, is_nullable = 'NO' AND column_default IS NULL wants FROM information_schema.columns " +
		"WHERE table_schema = DATABASE() AND table_name LIKE 'qlobooks\\_%' AND table_name <> 'qlobooks_schema_versions' ORDER BY table_name, ordinal_position").Scan(&columns).Error; err != nil {
		t.Fatal(err)
	}
	type row struct {
		names  []string
		values []any
	}
	rows, looked := map[string]*row{}, map[string][]string{}
	for _, c := range columns {
		r := rows[c.TableName]
		if r == nil {
			r = &row{}
			rows[c.TableName] = r
		}
		full := c.TableName + "." + c.ColumnName
		value, known := ids[c.ColumnName]
		text := c.Length > 0 && !known
		roomy := text && c.Length >= 60 && c.ColumnName != "code" && c.ColumnName != "issue_code"
		left := impersonal[c.TableName]
		switch {
		case whole[full] != "":
			value = whole[full]
		case known && (c.Length > 0 || c.ColumnName != "status"):
		case roomy && left != "*" && !slices.Contains(strings.Fields(left), c.ColumnName):
			value = plain
		case text && c.Wants:
			value = "a"
		case !text && c.Wants && (c.DataType == "datetime" || c.DataType == "date" || c.DataType == "timestamp"):
			value = "2026-02-10"
		case !text && c.Wants:
			value = 1
		default:
			continue
		}
		if text && (whole[full] != "" || value == plain) {
			looked[c.TableName] = append(looked[c.TableName], c.ColumnName)
		}
		r.names, r.values = append(r.names, c.ColumnName), append(r.values, value)
	}
	for table, r := range rows {
		if table == "qlobooks_erased" {
			continue
		}
		if err := s.Gorm().Exec("INSERT INTO "+table+" ("+strings.Join(r.names, ", ")+") VALUES ?", r.values).Error; err != nil {
			t.Errorf("%s: %v", table, err)
		}
	}
	if len(looked) < 15 {
		t.Fatalf("only %v have room", looked)
	}
	for table, names := range looked {
		for _, column := range names {
			if !bears(t, s, table, column, name, mail, phone) {
				t.Errorf("nothing was put into %s.%s", table, column)
			}
		}
	}
	if _, err := s.Erase(t.Context(), "7"); err != nil {
		t.Fatal(err)
	}
	for table, names := range looked {
		for _, column := range names {
			if bears(t, s, table, column, name, mail, phone) {
				t.Errorf("%s.%s still names the guest", table, column)
			}
		}
	}
	if done, err := s.Erased(t.Context(), []string{"7"}); err != nil || !done["7"] {
		t.Errorf("erased are %v %v", done, err)
	}
}

// bears tells whether a column holds any of some texts, in whatever case.
func bears(t *testing.T, s *store.Store, table, column string, texts ...string) bool {
	t.Helper()
	for _, text := range texts {
		var n int
		if err := s.Gorm().Raw("SELECT COUNT(*) FROM "+table+" WHERE CONVERT("+column+" USING utf8mb4) COLLATE utf8mb4_unicode_ci LIKE ?", "%"+text+"%").Scan(&n).Error; err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			return true
		}
	}
	return false
}

// TestAGuestIsNotErasedWhileACallIsOpen: what a call that may have been made said is needed to find what it
// made. The guest is looked at again.
func TestAGuestIsNotErasedWhileACallIsOpen(t *testing.T) {
	t.Parallel()
	s, exec, read := settling(t, store.Ref{Flow: "customer", ID: "7"})
	exec(`UPDATE qlobooks_documents SET intent = '{"body":{"contact_name":"Anna Müller"}}', title = 'Anna Müller'`)
	for _, open := range []bool{true, false} {
		if _, err := s.Erase(t.Context(), "7"); err != nil {
			t.Fatal(err)
		}
		if done, err := s.Erased(t.Context(), []string{"7"}); err != nil || done["7"] == open {
			t.Errorf("with an open call %v: erased are %v %v", open, done, err)
		}
		exec("UPDATE qlobooks_documents SET intent = NULL")
	}
	if d := read(store.Ref{Flow: "customer", ID: "7"}); d.Title != "Customer 7" {
		t.Errorf("it is titled %q", d.Title)
	}
}

// TestACallForManyIsFoundFromEachOfThem: by the whole reference, by how it begins, and by the run in which the
// document was queued.
func TestACallForManyIsFoundFromEachOfThem(t *testing.T) {
	t.Parallel()
	s := setup(t)
	ids := orders(t, s, 3)
	var runs []uint64
	for _, id := range ids {
		runs = append(runs, begin(t, s, "run "+id, []string{id}, []string{"invoice"}))
	}
	for range 3 { // others were logged beside it, in one statement
		if err := s.AddCall(store.CallLine{At: s.Now(), Ref: "customer:1", Method: "PUT", Path: "/books/v3/contacts"}); err != nil {
			t.Fatal(err)
		}
	}
	line := store.CallLine{At: s.Now().Add(time.Second), Ref: "invoice:1", Also: []string{"invoice:2", "invoice:3"}, Method: "POST", Path: "/books/v3/invoices/status/sent"}
	if err := s.AddCall(line); err != nil {
		t.Fatal(err)
	}
	for i := range ids {
		ref := fmt.Sprintf("invoice:%d", i+1)
		for name, q := range map[string]store.CallQuery{"reference": {Ref: ref}, "search": {Q: ref}, "run": {Run: runs[i]}} {
			q.Limit = 10
			list, err := s.Calls(t.Context(), q)
			if err != nil || len(list) != 1 || list[0].CallLine.Ref != "invoice:1" || !slices.Equal(list[0].Also, line.Also) {
				t.Errorf("by the %s of %s: %+v %v", name, ref, list, err)
				continue
			}
			if one, err := s.Call(t.Context(), list[0].ID); err != nil || !slices.Equal(one.Also, line.Also) {
				t.Errorf("the call itself: %+v %v", one, err)
			}
		}
	}
	past := store.New(s.Gorm(), func() time.Time { return line.At.Add(time.Second) })
	if _, lines, err := past.CleanLogs(t.Context(), 0, 0); err != nil || lines != 4 {
		t.Fatalf("%d lines were deleted, want 4: %v", lines, err)
	}
	for _, table := range []string{"qlobooks_calls", "qlobooks_call_refs"} {
		var left int
		if err := s.Gorm().Raw("SELECT COUNT(*) FROM " + table).Scan(&left).Error; err != nil || left != 0 {
			t.Errorf("%d rows are left in %s: %v", left, table, err)
		}
	}
}
