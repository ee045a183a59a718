package rehearsal_test

import (
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// TestSettingsNameOnlyWhatExists saves choices of what QloApps or Zoho Books does not have. Each is refused with its field
// and its name; what exists is taken, also what vanished after it was saved, and what nobody can look up yet.
func TestSettingsNameOnlyWhatExists(t *testing.T) {
	atOnce(t)
	d := opened(t, "chosen_")
	deposits := d.Books.AddAccount("Guest deposits", "other_current_liability")
	former := d.Books.AddAccount("Former deposits", "long_term_liability")
	income := d.Books.AddAccount("Room sales", "income")
	c := d.clerk
	c.book("80", "CHOOSEONE", "2", "100")
	c.pay("80", "80", "80", "1", "1", "10.00", "10.00")
	c.do("UPDATE {p}order_payment SET payment_method = 'Cowrie shells' WHERE id_order_payment = 80", "UPDATE {p}orders SET payment = 'Giro at the desk' WHERE id_order = 80",
		"INSERT INTO {p}htl_branch_info (id, email, active, date_add, date_upd) SELECT 77, email, active, date_add, date_upd FROM {p}htl_branch_info WHERE id = 1")

	for _, x := range []struct {
		section, field string
		taken, refused any
		at, id         string // the field and the unknown id as they are named
	}{
		{"hotels", "ignored_hotels", []string{"1", "77"}, []string{"1", "99999"}, "ignored_hotels[1]", "99999"},
		{"payments", "default_payment_mode", nil, "Cowries", "default_payment_mode", "Cowries"},
		{"payments", "default_deposit_account_id", nil, income, "default_deposit_account_id", income},
		{"orders", "rounding_item_id", nil, "1234567", "rounding_item_id", "1234567"},
		{"revenue", "deferred_account_id", former, "999999999", "deferred_account_id", "999999999"},
		{"revenue", "deferred_account_id", deposits, income, "deferred_account_id", "Room sales"},
		{"access", "profile_roles", map[string]string{"2": "operator"}, map[string]string{"2": "operator", "9": "viewer"}, "profile_roles.9", "9"},
	} {
		var all map[string]any
		d.must(d.Call(d.ctx, http.MethodGet, "/settings/"+x.section, nil, &all))
		all[x.field] = x.refused
		refused(d.ctx, t, d.Stage, http.MethodPut, "/settings/"+x.section, all, "422", `"validation"`, `"`+x.at+`"`, x.id)
		if x.taken != nil {
			d.must(d.Set(d.ctx, x.section, x.field, x.taken))
		}
	}

	var profiles wire.ProfileList
	d.must(d.Call(d.ctx, http.MethodGet, "/profiles", nil, &profiles))
	if want := []wire.Profile{{ID: "1", Name: "SuperAdmin"}, {ID: "2", Name: "Front desk"}, {ID: "3", Name: "Bookkeeping"}}; !slices.Equal(profiles.Items, want) {
		t.Errorf("the profiles are %v", profiles.Items)
	}

	// What vanished since is no reason to refuse another change of the section.
	c.do("DELETE FROM {p}htl_branch_info WHERE id = 77", "DELETE FROM {p}profile WHERE id_profile = 2", "DELETE FROM {p}order_payment WHERE id_order_payment = 80")
	d.must(d.Books.DeleteSettingByHand(deposits))
	d.must(d.Set(d.ctx, "hotels", "auto_update", true))
	d.must(d.Set(d.ctx, "hotels", "ignored_hotels", []string{"77"}))
	d.must(d.Set(d.ctx, "payments", "import_method_label", "Books"))
	d.must(d.Set(d.ctx, "payments", "allowed_methods", []string{"A method that nobody paid by yet"}))
	d.must(d.Set(d.ctx, "revenue", "post_after", 5))
	d.must(d.Set(d.ctx, "access", "profile_roles", map[string]string{"2": "viewer", "3": "accountant"}))
	d.must(d.Set(d.ctx, "hotels", "ignored_hotels", []string{}))
	refused(d.ctx, t, d.Stage, http.MethodPut, "/settings/hotels", map[string]any{"auto_sync_new": false, "auto_update": true, "auto_delete": false, "target": "item", "ignored_hotels": []string{"77"}}, "422", `"ignored_hotels[0]"`)
}

// TestADeletedHotelCanStillBeIgnored leaves out a hotel of which QloApps keeps only the address, and the orders.
func TestADeletedHotelCanStillBeIgnored(t *testing.T) {
	atOnce(t)
	s := stage(t, hotel(t, "gonehotel_"))
	c := newClerk(t, s.App.Config.MySQLDSN.Reveal(), "gonehotel_")
	c.do("DELETE FROM {p}htl_branch_info WHERE id = 2")
	if err := s.Set(t.Context(), "hotels", "ignored_hotels", []string{"2"}); err != nil {
		t.Error(err)
	}
}

// TestChoicesAreTakenWhileNobodyCanLookThemUp saves before anything is connected or read, and where the database user may
// not see QloApps' profiles, as before they were looked at.
func TestChoicesAreTakenWhileNobodyCanLookThemUp(t *testing.T) {
	atOnce(t)
	dsn := hotel(t, "early_")
	newClerk(t, dsn, "early_").do("DROP TABLE {p}profile", "DELETE FROM {p}order_payment", "DELETE FROM {p}order_return", "UPDATE {p}orders SET payment = ''")
	s := stage(t, dsn)
	var profiles wire.ProfileList
	if err := s.Call(t.Context(), http.MethodGet, "/profiles", nil, &profiles); err != nil || len(profiles.Items) != 0 {
		t.Errorf("the profiles are %v, %v", profiles.Items, err)
	}
	for section, fields := range map[string]map[string]any{
		"payments": {"default_payment_mode": "Cowries", "default_deposit_account_id": "4711", "allowed_methods": []string{"Cowrie shells"}},
		"orders":   {"rounding_item_id": "4711"},
		"revenue":  {"deferred_account_id": "4711"},
		"access":   {"profile_roles": map[string]string{"9": "viewer"}},
	} {
		for _, field := range slices.Sorted(maps.Keys(fields)) {
			if err := s.Set(t.Context(), section, field, fields[field]); err != nil {
				t.Errorf("%s.%s: %v", section, field, err)
			}
		}
	}
}
