package rehearsal_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
)

// dashboards are where each data center shows its books.
var dashboards = map[string]string{
	"us": "https://books.zoho.com", "eu": "https://books.zoho.eu", "in": "https://books.zoho.in", "au": "https://books.zoho.com.au", "jp": "https://books.zoho.jp",
	"ca": "https://books.zohocloud.ca", "cn": "https://books.zoho.com.cn", "sa": "https://books.zoho.sa", "uk": "https://books.zoho.uk", "ae": "https://books.zoho.ae",
}

// TestLinksLeadToTheChosenDataCenter chooses every data center for a hotel whose records stand, and
// reads every kind of link.
func TestLinksLeadToTheChosenDataCenter(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	th := openTheatre(t, hotel(t, "inn_"), "inn_")
	th.open()
	th.sync("orders", "21")
	var chosen struct {
		Organization string `json:"organization_id"`
	}
	th.ok(th.stage.Call(ctx, http.MethodGet, "/connection", nil, &chosen))
	for center, dashboard := range dashboards {
		th.ok(th.stage.Call(ctx, http.MethodPut, "/connection", map[string]any{"data_center": center, "token_domain": "", "api_domain": "", "dashboard_domain": "",
			"use_own_application": true, "client_id": "sandbox-client", "organization_id": chosen.Organization}, nil))
		var links []string
		for path, least := range map[string]int{"/records/orders/21": 9, "/records/customers/1": 2, "/records/room-types/1": 2, "/records/orders?q=LARKWIRED": 5, "/documents/credit_note/1": 1, "/pairing/customers?q=1": 1} {
			var answer any
			th.ok(th.stage.Call(ctx, http.MethodGet, path, nil, &answer))
			found := addresses(answer)
			if len(found) < least {
				t.Errorf("%s, %s has the links %v", center, path, found)
			}
			links = append(links, found...)
		}
		for _, link := range links {
			if !strings.HasPrefix(link, dashboard+"/app/"+chosen.Organization+"#/") {
				t.Errorf("a link of %s is %s", center, link)
			}
		}
	}
}

// addresses are all addresses in an answer.
func addresses(answer any) (list []string) {
	switch x := answer.(type) {
	case map[string]any:
		for _, v := range x {
			list = append(list, addresses(v)...)
		}
	case []any:
		for _, v := range x {
			list = append(list, addresses(v)...)
		}
	case string:
		if strings.HasPrefix(x, "http") {
			list = append(list, x)
		}
	}
	return list
}
