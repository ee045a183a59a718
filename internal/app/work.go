package app

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/flow"
	"github.com/qlobooks/qlobooks/internal/mapping"
	"github.com/qlobooks/qlobooks/internal/metrics"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/records"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/runs"
	"github.com/qlobooks/qlobooks/internal/settings"
	"github.com/qlobooks/qlobooks/internal/setup"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/version"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

var masterFlow = map[string]string{"hotels": flow.Hotel, "room-types": flow.RoomType, "service-products": flow.ServiceProduct, "customers": flow.Customer, "currencies": "currency"}

// flows are those of which records of a section have documents, as the settings are now.
func (a *App) flows(ctx context.Context, section string) ([]string, error) {
	wanted := []string{masterFlow[section]}
	if section == wire.Orders {
		all, err := a.Settings.Load(ctx)
		if err != nil {
			return nil, err
		}
		wanted = []string{flow.SalesOrder, flow.Invoice, flow.Payment, flow.CreditNote, flow.Refund, flow.Cancellation}
		if !all.Orders.CreateSalesOrders {
			wanted = wanted[1:]
		}
	}
	return slices.DeleteFunc(wanted, func(f string) bool { return a.Engine.Section(f) == "" }), nil
}

// documents names what listed records may become, as far as there are flows for it.
func (a *App) documents(ctx context.Context, section string) (func(qloapps.Listing) []store.Ref, error) {
	flows, err := a.flows(ctx, section)
	return func(l qloapps.Listing) []store.Ref {
		var refs []store.Ref
		for _, f := range flows {
			for _, id := range idsOf(f, l) {
				refs = append(refs, store.Ref{Flow: f, ID: id})
			}
		}
		return refs
	}, err
}

// idsOf are the ids of the documents that a listed record may have of a flow.
func idsOf(name string, l qloapps.Listing) []string {
	switch name {
	case flow.Invoice:
		return l.InvoiceIDs
	case flow.Payment:
		return l.PaymentIDs
	case flow.CreditNote:
		return l.SlipIDs
	case flow.Refund:
		return l.ReturnIDs
	case flow.Cancellation:
		return l.OverIDs
	default:
		return []string{l.ID}
	}
}

// setUp prepares the organization, then learns what stands there and lets go who waited for it.
func (a *App) setUp(ctx context.Context, run store.Run) (int, any, error) {
	var in wire.SetupRequest
	if err := json.Unmarshal(run.Request, &in); err != nil {
		return 0, nil, err
	}
	books, err := a.Connection.Client(ctx)
	if err != nil {
		return 0, nil, err
	}
	all, err := a.Settings.Load(ctx)
	if err != nil {
		return 0, nil, err
	}
	groups, err := a.Mapping.Groups(ctx)
	if err != nil {
		return 0, nil, err
	}
	known, err := a.Connection.Known(ctx)
	if err != nil {
		return 0, nil, err
	}
	plan := setup.Plan{SetupRequest: in, OwnNumbers: all.Orders.InvoiceNumbering != "zoho", Target: all.Hotels.Target, Groups: groups, Country: known.Country, KeyFields: known.KeyFields, Told: func(result wire.SetupResult, total int) {
		if err := a.Store.RunProgress(ctx, run.ID, total, len(result.Steps), result); err != nil {
			slog.WarnContext(ctx, "the progress of a set-up could not be shown", "error", err)
		}
	}}
	result, found, err := setup.Run(ctx, plan, books, a.Hotel)
	if err != nil {
		return 0, result, err
	}
	if err := a.Connection.LearnWith(ctx, found.KeyFields, found.Currencies); err != nil {
		return 0, result, err
	}
	fetched, err := a.Mapping.FetchAll(ctx, nil, a.Hotel, mapping.Read(books, found.Taxes).For(all.Hotels.Target))
	for _, words := range fetched.Unread {
		result.Steps = append(result.Steps, wire.SetupStep{Name: "lists", Status: "refused", Detail: words, Action: "Set up goes on without; refresh the mapping when it is there."})
	}
	if err != nil {
		return 0, result, err
	}
	if err := a.Mapping.Keep(ctx, found.Groups); err != nil {
		return 0, result, err
	}
	if known, err = a.Connection.Known(ctx); err != nil {
		return 0, result, err
	}
	if err := a.Mapping.Adopt(ctx, known.Country, run.StartedBy); err != nil {
		return 0, result, err
	}
	if err := a.Mapping.AdoptHotels(ctx, all.Hotels.Target, run.StartedBy); err != nil {
		return 0, result, err
	}
	_, err = a.Store.FreeIssue(ctx, []string{"setup_required", "mapping_missing"}, store.Live)
	return len(result.Steps), result, err
}

// country is where the organization is.
func (a *App) country(ctx context.Context) (string, error) {
	known, err := a.Connection.Known(ctx)
	return known.Country, err
}

// ownModes are the payment modes that the settings list.
func (a *App) ownModes(ctx context.Context) ([]string, error) {
	all, err := a.Settings.Load(ctx)
	return all.Payments.PaymentModes, err
}

// settingGone clears the rows of the mapping that chose something which Zoho Books does not have any
// more, and tells whether there were any.
func (a *App) settingGone(ctx context.Context, kind zoho.Setting, id string) bool {
	kinds := map[zoho.Setting][]rules.Kind{zoho.TaxSetting: {rules.Taxes}, zoho.AccountSetting: {rules.Accounts, rules.DepositAccounts}, zoho.ItemSetting: {rules.Items}}
	found := false
	for _, k := range kinds[kind] {
		words, err := a.Mapping.Gone(ctx, k, id)
		if err != nil {
			slog.WarnContext(ctx, "a mapping to what is gone could not be cleared", "kind", k, "error", err)
		}
		found = found || len(words) > 0
	}
	return found
}

// retable reads the taxes and currencies of Zoho Books anew, as an answer came out otherwise than they
// say.
func (a *App) retable(ctx context.Context) error {
	books, err := a.Connection.Client(ctx)
	if err != nil {
		return err
	}
	known, err := a.Connection.Known(ctx)
	if err != nil {
		return err
	}
	if err := a.Connection.LearnWith(ctx, known.KeyFields, nil); err != nil {
		return err
	}
	_, err = a.Mapping.FetchAll(ctx, []string{string(rules.Taxes)}, a.Hotel, mapping.Read(books, nil))
	return err
}

func (a *App) refreshMappings(ctx context.Context, run store.Run) (int, any, error) {
	var in wire.MappingRefresh
	if err := json.Unmarshal(run.Request, &in); err != nil {
		return 0, nil, err
	}
	books, err := a.Connection.Client(ctx)
	if err != nil {
		return 0, nil, err
	}
	// What the organization is was learned within the hour; only a set-up that was finished by hand is new.
	known, _, err := a.Connection.Organization(ctx)
	if err == nil && len(known.KeyFields) < len(zoho.Resources) {
		err = a.Connection.Learn(ctx)
	}
	if err != nil {
		return 0, nil, err
	}
	all, err := a.Settings.Load(ctx)
	if err != nil {
		return 0, nil, err
	}
	fetched, err := a.Mapping.FetchAll(ctx, in.Kinds, a.Hotel, mapping.Read(books, nil).For(all.Hotels.Target))
	if err != nil {
		return fetched.Tables, nil, err
	}
	// a tag that is not demanded any more, or a choice that is there again
	if _, err := a.Store.FreeIssue(ctx, []string{"mapping_missing"}, store.Live); err != nil {
		return fetched.Tables, nil, err
	}
	return fetched.Tables, wire.MappingRefreshed{Changed: fetched.Changed, Unread: fetched.Unread}, nil
}

func (a *App) startRefresh(ctx context.Context, kinds []string, by string) (wire.Run, error) {
	return a.startRun(ctx, runs.MappingRefresh, "", wire.MappingRefresh{Kinds: kinds}, by)
}

// sendAgain has documents sent as they are now, as a run.
func (a *App) sendAgain(ctx context.Context, refs []store.Ref, of, by string) (wire.Run, error) {
	if err := a.Store.SendAnew(ctx, refs); err != nil {
		return wire.Run{}, err
	}
	run, err := a.Store.StartReleased(ctx, runs.Sync, "orders", runs.Request{Refs: refs, Lane: store.History}, by)
	if err == nil {
		err = a.Store.AddEvent(ctx, store.Event{Actor: by, Action: "send_again", Detail: fmt.Sprintf("Run %d, %s", run.ID, of)})
	}
	return records.ShowRun(run), err
}

// Start queues a set-up run.
func (a *App) Start(ctx context.Context, in wire.SetupRequest, by string) (wire.Run, error) {
	return a.startRun(ctx, runs.Setup, "", in, by)
}

func (a *App) connected(ctx context.Context) error {
	if _, err := a.paceNow(ctx); err != nil {
		return err
	}
	_, err := a.Store.FreeIssue(ctx, ofTheConnection, store.Live)
	return err
}

// ofTheConnection are causes that a grant or an organization had, and the next one need not have: it may have another
// mapping, other records, another base currency, or may be seen by another user.
var ofTheConnection = []string{"not_connected", "grant_revoked", "mapping_missing", "zoho_record_inactive", "no_rate", zoho.ModuleMissing, "refused_alike"}

// keyFieldsStand lets go what waited for a field to carry our key.
func (a *App) keyFieldsStand(ctx context.Context) error {
	_, err := a.Store.FreeIssue(ctx, []string{"setup_required"}, store.Live)
	return err
}

func (a *App) mappingSaved(ctx context.Context) (int, error) {
	return a.Store.FreeIssue(ctx, []string{"mapping_missing", "zoho_record_inactive"}, store.Live)
}

func (a *App) audit(ctx context.Context, by, detail string, changes []wire.Change) error {
	e := store.Event{Actor: by, Action: "mapping", Detail: detail}
	for _, c := range changes {
		e.Changes = append(e.Changes, store.Change(c))
	}
	return a.Store.AddEvent(ctx, e)
}

// defaultChosen keeps the payment settings equal to the default rows of the mapping.
func (a *App) defaultChosen(ctx context.Context, kind rules.Kind, zohoID *string, by string) error {
	return a.Settings.Change(ctx, "payments", func(all *settings.All) {
		if kind == rules.PaymentModes {
			all.Payments.DefaultPaymentMode = zohoID
		} else {
			all.Payments.DefaultDepositAccountID = zohoID
		}
	}, by)
}

// defaultsForgotten takes out of the payment settings what the default rows of the mapping said. Whatever somebody chose
// since these were forgotten stays.
func (a *App) defaultsForgotten(ctx context.Context, by string) error {
	return version.Alone(ctx, a.database, settings.Defaults, func(*gorm.DB) error {
		mode, err := a.Mapping.Default(ctx, rules.PaymentModes)
		if err != nil {
			return err
		}
		account, err := a.Mapping.Default(ctx, rules.DepositAccounts)
		if err != nil {
			return err
		}
		return a.Settings.Change(ctx, "payments", func(all *settings.All) {
			all.Payments.DefaultPaymentMode, all.Payments.DefaultDepositAccountID = mode, account
		}, by)
	})
}

// settingsChanged passes a section on to whatever depends on it.
func (a *App) settingsChanged(ctx context.Context, section string, changes []settings.Change, by string) error {
	all, err := a.Settings.Load(ctx)
	if err != nil {
		return err
	}
	e := store.Event{Actor: by, Action: "settings", Detail: "Saved the settings of " + section + " as they were."}
	for _, c := range changes {
		e.Detail, e.Changes = "Changed the settings of "+section+".", append(e.Changes, store.Change{Field: c.Field, Before: shortened(c.Before), After: shortened(c.After)})
	}
	if err := a.Store.AddEvent(ctx, e); err != nil {
		return err
	}
	var free []string
	switch section {
	case "payments":
		if err := a.Mapping.SetDefault(ctx, rules.PaymentModes, all.Payments.DefaultPaymentMode, by); err != nil {
			return err
		}
		if err := a.Mapping.SetDefault(ctx, rules.DepositAccounts, all.Payments.DefaultDepositAccountID, by); err != nil {
			return err
		}
		free = []string{"mapping_missing", "zoho_record_inactive"}
	case "hotels": // what a tag or a location was missing for may need neither by now
		free = []string{"mapping_missing"}
	case "currencies":
		free = []string{"currency_off", "no_rate"}
	case "orders":
		if err := a.ordersChanged(ctx, all.Orders.CreateSalesOrders); err != nil {
			return err
		}
		free = []string{"totals_differ", "period_locked"}
		if slices.ContainsFunc(changes, func(c settings.Change) bool { return c.Field == "cancel_policy" }) {
			free = append(free, "paid_document")
		}
	case "revenue": // what waits for another account of deferred revenue
		free = []string{"mapping_missing", "zoho_record_inactive"}
	case "limits":
		_, err := a.paceNow(ctx)
		return err
	}
	if len(free) > 0 {
		if _, err = a.Store.FreeIssue(ctx, free, store.Live); err != nil {
			return err
		}
	}
	return a.refilter(ctx, section, changes)
}

// shortened is a value as the audit keeps it, which tells what was changed and is no copy of it.
func shortened(value string) string {
	const most = 2000
	if runes := []rune(value); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return value
}

// refilter lets a changed filter act at once, in both directions: what it left out is mapped again, and
// what stands still and may be left out now is too. It goes on when the caller hangs up.
func (a *App) refilter(ctx context.Context, section string, changes []settings.Change) error {
	ctx = context.WithoutCancel(ctx)
	for _, c := range changes {
		var reach []store.Reach
		switch section + "." + c.Field {
		case "hotels.ignored_hotels":
			reach = []store.Reach{{Codes: []string{"skipped_hotel"}}, {Hotels: added(c)}}
		case "customers.ignore_inactive":
			reach = []store.Reach{{Codes: []string{"skipped_inactive"}}, {Standing: true, Refused: is(c, "true"), Flows: []string{flow.Customer}}}
		case "payments.export_enabled":
			reach = []store.Reach{{Codes: []string{"skipped_export_off"}, Standing: true, Refused: is(c, "false"), Flows: []string{flow.Payment}}}
		case "payments.allowed_methods":
			reach = []store.Reach{{Codes: []string{"skipped_method"}, Standing: true, Refused: !is(c, "[]"), Flows: []string{flow.Payment}}}
		case "orders.export_from_date":
			reach = []store.Reach{{Codes: []string{"skipped_before_date", "before_export_invoice"}, Standing: true, Refused: !is(c, "null"), Before: day(c), Flows: []string{flow.SalesOrder, flow.Invoice, flow.Payment, flow.CreditNote, flow.Refund, flow.Cancellation}}}
		}
		for _, r := range reach {
			if _, err := a.Store.Refilter(ctx, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// is reports what a change made of a setting, as JSON.
func is(c settings.Change, value string) bool { return strings.TrimSpace(string(c.After)) == value }

// day is the day that a change chose, "" when none.
func day(c settings.Change) string {
	var chosen *string
	if json.Unmarshal([]byte(c.After), &chosen) != nil || chosen == nil {
		return ""
	}
	return *chosen
}

// added are the texts of a list that it did not have before.
func added(c settings.Change) []string {
	var was, is []string
	_, _ = json.Unmarshal([]byte(c.Before), &was), json.Unmarshal([]byte(c.After), &is)
	return slices.DeleteFunc(is, func(x string) bool { return slices.Contains(was, x) })
}

// noSalesOrders is why an order's sales order is left out.
var noSalesOrders = store.Issue{Code: "skipped_export_off", Detail: "Sales orders are not sent to Zoho Books.", Action: "Switch «Create sales orders» on in Configuration, Orders."}

// leftOut shows orders of which nothing but a sales order would be sent as left out while these are off.
func (a *App) leftOut(ctx context.Context, section string, ids []string) error {
	if section != wire.Orders || len(ids) == 0 {
		return nil
	}
	all, err := a.Settings.Load(ctx)
	if err != nil || all.Orders.CreateSalesOrders {
		return err
	}
	return a.Store.LeaveOutEmpty(ctx, section, ids, flow.SalesOrder, noSalesOrders)
}

// ordersChanged keeps what lists show in step with the switch for sales orders. It goes on when the
// caller hangs up, as half of the orders changed would mislead.
func (a *App) ordersChanged(ctx context.Context, wanted bool) error {
	ctx = context.WithoutCancel(ctx)
	if !wanted {
		return a.Store.LeaveOut(ctx, flow.SalesOrder, noSalesOrders)
	}
	at, err := a.Store.Initialized(ctx, "orders")
	if err != nil || at == nil {
		return err
	}
	return a.Store.TakeIn(ctx, "orders", flow.SalesOrder, "skipped_export_off")
}

// backOffice are the pages of QloApps' back office that show a record. They ask an employee once
// whether to go on, as only QloApps knows the employee's own key to them.
var backOffice = map[string]string{
	"orders": "AdminOrders&vieworder&id_order=", "customers": "AdminCustomers&viewcustomer&id_customer=", "hotels": "AdminAddHotel&updatehtl_branch_info&id=",
	"room-types": "AdminProducts&updateproduct&id_product=", "service-products": "AdminNormalProducts&updateproduct&id_product=", "currencies": "AdminCurrencies&updatecurrency&id_currency=",
}

// Links builds addresses into both systems.
func (a *App) Links(ctx context.Context) (records.Links, error) {
	books, err := a.Connection.Links(ctx)
	if err != nil {
		return records.Links{}, err
	}
	admin := strings.TrimRight(a.Config.AdminURL, "/")
	return records.Links{
		Zoho: func(name, id string) string {
			r, ok := flow.Resource(name)
			if !ok {
				return ""
			}
			return books.To(r, id)
		},
		QloApps: func(section, id string) string {
			page := backOffice[section]
			if admin == "" || page == "" {
				return ""
			}
			return admin + "/index.php?controller=" + page + id
		},
	}, nil
}

// recorder counts calls and writes them to the log table; trouble with that never fails a call.
type recorder struct {
	store   *store.Store
	metrics *metrics.Set
	app     *App
}

func (r recorder) Record(ctx context.Context, e zoho.Exchange) {
	r.metrics.Call(e.Method, e.Status, e.Fault != "", e.Duration)
	line := store.CallLine{At: r.store.Now(), Ref: e.Ref, Also: e.Also, Method: e.Method, Path: e.Path, Query: e.Query, Status: e.Status, Code: e.Code, Duration: e.Duration,
		Request: string(e.Request), Response: string(e.Response), Error: e.Fault}
	if e.Day != nil && e.Day.Limit > 0 {
		left := max(0, e.Day.Remaining)
		line.DayLimit, line.DayLeft = &e.Day.Limit, &left
	}
	if err := r.store.AddCall(line); err != nil {
		slog.WarnContext(ctx, "a call could not be logged", "path", e.Path, "error", err)
	}
	if e.Fault == zoho.ExclusiveOnly {
		if err := r.app.Connection.ExclusiveMet(ctx); err != nil {
			slog.WarnContext(ctx, "an invoice will be refused once more before its lines are sent without tax", "error", err)
		}
	}
}
