package records

import (
	"context"
	"fmt"
	"net/url"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/settings"
)

// opens is a cure that is a page.
func opens(label, link string) wire.Cure { return wire.Cure{Label: label, Link: &link} }

// asks is a cure that is a request.
func asks(label, path string, body any, reason bool) wire.Cure {
	method := "POST"
	return wire.Cure{Label: label, Method: &method, Path: &path, Body: body, AsksReason: reason}
}

// pages where a cause is cured, with what one does there.
var cureLinks = map[string][2]string{
	"not_connected":          {"Connect", "/start?step=connect"},
	"grant_revoked":          {"Reconnect", "/start?step=connect"},
	"client_missing":         {"Enter the application", "/start?step=connect"},
	"period_locked":          {"Choose what happens in locked periods", "/configuration/orders"},
	"totals_differ":          {"Allow a larger rounding", "/configuration/orders"},
	"number_taken":           {"Let Zoho Books number", "/configuration/orders"},
	"before_export_invoice":  {"Change Export from", "/configuration/orders"},
	"module_missing":         {"Choose what is sent", "/configuration/orders"},
	"daily_limit":            {"Look at the limit", "/configuration/limits"},
	"name_taken":             {"Pair the customers", "/pairing"},
	"not_found_again":        {"Show the orders", "/synchronization/orders?status=not_synced"},
	"invoices_do_not_add_up": {"Show the orders", "/synchronization/orders?issue=invoices_do_not_add_up"},
}

// notRetried are the causes that a cure elsewhere ends: what waits for them then goes on by itself.
var notRetried = map[string]bool{"not_connected": true, "grant_revoked": true, "setup_required": true, "mapping_missing": true, "currency_off": true, "not_found_again": true}

// cures names what can be done about a cause, best first.
func (i Issues) cures(ctx context.Context, code string) ([]wire.Cure, error) {
	list := []wire.Cure{}
	switch code {
	case "setup_required":
		list = append(list, asks("Run the set-up", "/api/v1/setup", map[string]bool{"create_taxes": true}, false))
	case "mapping_missing":
		found, err := i.mappingCures(ctx)
		if err != nil {
			return nil, err
		}
		list = append(list, found...)
	case "currency_off":
		all, err := i.Settings(ctx)
		if err != nil {
			return nil, err
		}
		on := all.Currencies
		on.MultiCurrency = true
		cure := asks("Post documents in foreign currencies", "/api/v1/settings/currencies", on, false)
		*cure.Method = "PUT"
		if tag, ok := settings.Version(all, "currencies"); ok { // the body is the whole section
			cure.IfMatch = &tag
		}
		list = append(list, cure)
	}
	if link, ok := cureLinks[code]; ok {
		list = append(list, opens(link[0], link[1]))
	}
	if !notRetried[code] {
		list = append(list, asks("Try all again", "/api/v1/issues/"+code+"/retry", nil, false))
	}
	return list, nil
}

// paymentCures names what helps about payments from Zoho Books that wait for one cause; link shows them.
func paymentCures(code, link string) []wire.Cure {
	switch code {
	case "unassigned", "already_paid":
		return []wire.Cure{opens("Assign the payments", link)}
	case "payment_changed", "payment_gone", "taken_back", "stands_elsewhere":
		return []wire.Cure{opens("Look at both versions", link)}
	case "import_left", "import_broken_off", "no_right_to_write", "qloapps_refuses":
		return []wire.Cure{asks("Import again", "/api/v1/payments/import", map[string]string{"scope": "new"}, false), opens("Look at the payments", link)}
	default:
		return []wire.Cure{opens("Look at the payments", link)}
	}
}

// mappingOne says what one row of a kind wants.
var mappingOne = map[string]string{"taxes": "Choose the tax for %s", "deposit-accounts": "Choose the account for %s", "payment-modes": "Choose the payment mode for %s", "accounts": "Choose the income account for %s", "tags": "Choose the option of the tag for %s", "locations": "Choose the location of %s"}

// mappingCures leads to the rows that lack a choice, each by its name while they are few.
func (i Issues) mappingCures(ctx context.Context) ([]wire.Cure, error) {
	const few = 3
	list := []wire.Cure{}
	for _, kind := range mustBeMapped {
		page, err := i.Mapping(ctx, kind)
		if err != nil {
			return nil, err
		}
		open := Open(page)
		if len(open) > few {
			return []wire.Cure{opens("Map what is missing", "/start?step=map")}, nil
		}
		for _, row := range open {
			list = append(list, opens(fmt.Sprintf(mappingOne[kind], row.SourceName), "/mapping/"+kind+"?row="+url.QueryEscape(row.SourceID)))
		}
	}
	for _, kind := range []string{"tags", "locations"} { // asked for only where documents wait
		page, err := i.Mapping(ctx, kind)
		if err != nil {
			return nil, err
		}
		for _, row := range page.Items {
			if row.Waiting > 0 {
				list = append(list, opens(fmt.Sprintf(mappingOne[kind], row.SourceName), "/mapping/"+kind+"?row="+url.QueryEscape(row.SourceID)))
			}
		}
	}
	if len(list) == 0 {
		list = append(list, opens("Open the mapping", "/mapping"))
	}
	return list, nil
}
