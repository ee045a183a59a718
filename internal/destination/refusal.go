package destination

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// explained looks at the document when its change was refused: a person may have voided it in
// Zoho Books, and that is never overwritten; or money may stand on it, for which Zoho's code is not
// known.
func (d dest[D]) explained(ctx context.Context, client *zoho.Client, c engine.Call, refusal error) error {
	f := fault.Of(refusal)
	id, byID := strings.CutPrefix(c.Path, d.Path+"/")
	switch gone := f.Kind == fault.NotFound && f.Code == "zoho_record_gone"; {
	case gone && c.Key != "": // never the document itself
		return missing(ctx, client, c.Body, refusal)
	case gone && byID:
		return absent(ctx, client, d.Resource, id, c.Body, refusal)
	case gone:
		return refusal
	}
	if f.Code == "zoho_refused" && zoho.Says(refusal, client.KeyFieldOf(d.Resource), zoho.KeyLabel, zoho.KeyHeader) {
		return d.keyless(ctx, client, refusal)
	}
	if c.Key != "" && f.Kind == fault.Rejected && f.Code == "zoho_refused" {
		return behind(ctx, client, c.Body, refusal, refusal)
	}
	if c.Key != "" || !byID || f.Kind != fault.Rejected || f.Code == "number_taken" || f.Code == "name_taken" {
		return refusal
	}
	rec, err := client.Get(ctx, d.Resource, id)
	switch {
	case err != nil:
		return unsure(refusal, err)
	case rec.Status == "void":
		return voidedByHand().By(refusal)
	case f.Code != "zoho_refused":
		return refusal
	case needsSomebody(d.Resource, rec.Status):
		return fault.Of(engine.Awaits(rec.Status)).By(refusal)
	}
	said := refusal
	if d.Path == zoho.Invoices.Path && rec.HasBalance && rec.Balance.LessThan(rec.Total.Decimal) {
		said = fault.New(fault.Rejected, "paid_document", "Money stands on the invoice in Zoho Books. %s", f.Detail).
			Do("Read Zoho's reason. If the money is in the way, correct the invoice with a credit note or keep it as it stands; otherwise correct the cause, then try again.").By(refusal)
	}
	return behind(ctx, client, c.Body, refusal, said)
}

// absent finds out what Zoho says does not exist of a call for a document that stands: that, or
// something that the call names.
func absent(ctx context.Context, client *zoho.Client, r zoho.Resource, id string, body json.RawMessage, refusal error) error {
	if _, err := client.Get(ctx, r, id); fault.Is(err, fault.NotFound) {
		return refusal // the document itself
	} else if err != nil {
		return unsure(somethingMissing(refusal), err)
	}
	return missing(ctx, client, body, refusal)
}

// missing names what a call names that does not exist.
func missing(ctx context.Context, client *zoho.Client, body json.RawMessage, refusal error) error {
	return behind(ctx, client, body, refusal, somethingMissing(refusal))
}

func somethingMissing(refusal error) error {
	return fault.New(fault.Rejected, "zoho_refused", "Zoho Books refused the call, as something that the document names does not exist there: %s", fault.Of(refusal).Detail).
		Do("Read Zoho's reason, correct the cause in QloApps, Zoho Books or the mapping, then try again.").By(refusal)
}

// behind is what is found behind a refusal, or otherwise what is to be said of it.
func behind(ctx context.Context, client *zoho.Client, body json.RawMessage, refusal, otherwise error) error {
	found, failed := named(ctx, client, body, refusal)
	switch {
	case found != nil:
		return found
	case failed != nil:
		return unsure(otherwise, failed)
	}
	return otherwise
}

// unsure is a refusal behind which not everything could be looked at: that is told beside Zoho's words and nothing is
// concluded. Where the look may succeed later it is tried again by itself.
func unsure(refusal, look error) error {
	if errors.Is(look, context.Canceled) {
		return look
	}
	of, f := fault.Of(refusal), fault.Of(look)
	told := fault.New(of.Kind, of.Code, "%s What may be the reason could not be looked at: %s", of.Detail, f.Detail).Do(of.Action).After(of.RetryAfter).By(refusal)
	switch f.Kind {
	case fault.Unavailable, fault.Limited, fault.Auth, fault.Internal:
		return told.After(asleepAgain)
	}
	return told
}

// keyless looks at the field that carries our key when Zoho's refusal names it: somebody may have made
// it inactive, deleted it, or made another of its name.
func (d dest[D]) keyless(ctx context.Context, client *zoho.Client, refusal error) error {
	field, err := client.KeyFieldNow(ctx, d.Resource)
	words, cure := "does not exist in Zoho Books any more", "Run Set up on the Configuration page; what waits then goes on by itself."
	switch {
	case err != nil && !zoho.NotThere(err):
		return unsure(refusal, err)
	case err != nil:
		words = "cannot be read, and is refused"
	case field == nil:
	case !field.InUse():
		words = "was made inactive in Zoho Books"
	case !field.HoldsText():
		words = "holds a " + string(field.Type) + " in Zoho Books instead of a single line of text"
		cure = "Rename or delete that field in Zoho Books, Settings, then run Set up on the Configuration page; what waits then goes on by itself."
	case !bool(field.Unique):
		words = "allows doubles in Zoho Books"
	default:
		return refusal // the field is as it should be: the value is refused
	}
	return fault.New(fault.Held, "setup_required", "The field «%s», which carries QloBooks' key, %s. %s", zoho.KeyLabel, words, fault.Of(refusal).Detail).
		Do(cure).After(keyAgain).By(refusal)
}

// keyAgain is when what the key field stopped is tried again by itself, as somebody may have cured it
// in Zoho Books.
const keyAgain = time.Hour

// refers is what a body names.
type refers struct {
	Customer string `json:"customer_id"`
	Tax      string `json:"tax_id"` // of an item
	Account  string `json:"account_id"`
	From     string `json:"from_account_id"`
	Lines    []struct {
		Item      string `json:"item_id"`
		Tax       string `json:"tax_id"`
		Exemption string `json:"tax_exemption_id"`
		Account   string `json:"account_id"`
	} `json:"line_items"`
	Invoices []struct {
		ID string `json:"invoice_id"`
	} `json:"invoices"`
}

// named looks at each thing that a refused document names: its contact and items may have been made
// inactive, deleted or merged, and what the mapping chose may be gone or inactive. Zoho's codes for that are
// not known for certain. failed is the first look that told nothing; the others are taken all the same.
func named(ctx context.Context, client *zoho.Client, body json.RawMessage, refusal error) (found, failed error) {
	var doc refers
	if json.Unmarshal(body, &doc) != nil {
		return nil, nil
	}
	look := func(r zoho.Resource, id, what string) bool {
		var err error
		found, err = lookAt(ctx, client, r, id, what, refusal)
		failed = cmp.Or(failed, err)
		return found != nil
	}
	if look(zoho.Contacts, doc.Customer, "The contact") {
		return found, nil
	}
	for _, id := range doc.items() {
		if look(zoho.Items, id, "The item") {
			return found, nil
		}
	}
	if fault.Is(refusal, fault.NotFound) {
		for _, i := range doc.Invoices {
			if look(zoho.Invoices, i.ID, "The invoice") {
				return found, nil
			}
		}
	}
	found, err := chosen(ctx, client, doc, refusal)
	return found, cmp.Or(failed, err)
}

// items are those of the lines, each once.
func (doc refers) items() (ids []string) {
	for _, l := range doc.Lines {
		if l.Item != "" && !slices.Contains(ids, l.Item) {
			ids = append(ids, l.Item)
		}
	}
	return ids
}

// choice is what a mapping chose of one kind for a document.
type choice struct {
	kind zoho.Setting
	ids  []string
	word string
}

func (doc refers) choices() []choice {
	taxes, accounts := []string{doc.Tax}, []string{doc.Account, doc.From}
	for _, l := range doc.Lines {
		taxes, accounts = append(taxes, l.Tax, l.Exemption), append(accounts, l.Account)
	}
	return []choice{{zoho.TaxSetting, taxes, "tax"}, {zoho.AccountSetting, accounts, "account"}}
}

// settingOf are the kinds of records that documents name.
var settingOf = map[string]zoho.Setting{zoho.Contacts.Path: zoho.ContactSetting, zoho.Items.Path: zoho.ItemSetting}

// lookAt is the fault of one record that is gone or inactive; nil when it is fine, or when the look failed.
func lookAt(ctx context.Context, client *zoho.Client, r zoho.Resource, id, what string, refusal error) (found, failed error) {
	if id == "" {
		return nil, nil
	}
	rec, err := client.Glance(ctx, r, id, tried(ctx, refusal))
	if fault.Is(err, fault.NotFound) {
		if r.Path == zoho.Items.Path && client.TellGone(ctx, zoho.ItemSetting, id) {
			return unchosen("item", id, refusal), nil
		}
		return vanished(what, id, refusal), nil
	}
	if err != nil {
		return nil, err
	}
	kind := settingOf[r.Path]
	if rec.Status != "inactive" {
		client.Woke(kind, id)
		return nil, nil
	}
	client.Slept(kind, id, rec.Name, because(refusal))
	was, _, _ := client.Sleeps(kind, id)
	return idleRecord(what, was, refusal), nil
}

// idleRecord is the fault of a record that is inactive.
func idleRecord(what string, was zoho.Asleep, refusal error) error {
	return fault.New(fault.Rejected, "zoho_record_inactive", "%s «%s» is inactive in Zoho Books.%s", what, was.Name, was.Words).
		Do("Make it active again in Zoho Books; what waits for it then goes on by itself, or at once with Retry.").After(asleepAgain).By(refusal)
}

// tried is when a document that was not sent yet came to be tried: whoever had it tried may have cured a moment
// before what was read before. After a refusal any look of that moment serves.
func tried(ctx context.Context, refusal error) time.Time {
	if errand, known := engine.ErrandOf(ctx); known && refusal == nil {
		return errand.Since
	}
	return time.Time{}
}

// because are the words of a refusal, "" where a document was not even sent.
func because(refusal error) string {
	if refusal == nil {
		return ""
	}
	return " " + fault.Of(refusal).Detail
}

// asleepAgain is when what names something inactive is tried again first, by itself. Before it is sent, one call
// looks whether that is active again.
const asleepAgain = 10 * time.Minute

// asleep is the fault of a document that names what was inactive when it was last looked at, and still is. Nothing
// is sent then, and it is looked at again from time to time, or when a person has it tried; what is active again is
// forgotten.
func asleep(ctx context.Context, client *zoho.Client, body json.RawMessage) error {
	var doc refers
	if json.Unmarshal(body, &doc) != nil {
		return nil
	}
	record := func(r zoho.Resource, id, what string) error {
		was, ago, sleeps := client.Sleeps(settingOf[r.Path], id)
		if !sleeps {
			return nil
		}
		if rests(ctx, ago) {
			return idleRecord(what, was, nil)
		}
		found, _ := lookAt(ctx, client, r, id, what, nil)
		return found
	}
	if err := record(zoho.Contacts, doc.Customer, "The contact"); fault.Is(err, fault.Rejected) {
		return err
	}
	for _, id := range doc.items() {
		if err := record(zoho.Items, id, "The item"); fault.Is(err, fault.Rejected) {
			return err
		}
	}
	for _, of := range doc.choices() {
		for _, id := range of.ids {
			was, ago, sleeps := client.Sleeps(of.kind, id)
			if id == "" || !sleeps {
				continue
			}
			if rests(ctx, ago) {
				return of.idle(id, was, nil)
			}
			stands, err := client.GlanceSetting(ctx, of.kind, id, tried(ctx, nil))
			if err != nil {
				continue
			}
			if !stands.Inactive {
				client.Woke(of.kind, id)
				continue
			}
			return of.sleeps(client, id, stands, nil)
		}
	}
	return nil
}

// rests tells that what was looked at so long ago is not looked at again yet. Whoever has a document tried may have
// cured it.
func rests(ctx context.Context, ago time.Duration) bool {
	errand, known := engine.ErrandOf(ctx)
	return ago < asleepAgain && known && errand.Lane != store.Person && !errand.Again
}

// sleeps notes a choice that is inactive, and is its fault.
func (of choice) sleeps(client *zoho.Client, id string, stands zoho.Stands, refusal error) error {
	client.Slept(of.kind, id, word(stands.Name, id), because(refusal))
	was, _, _ := client.Sleeps(of.kind, id)
	return of.idle(id, was, refusal)
}

// idle is the fault of a choice that is inactive.
func (of choice) idle(id string, was zoho.Asleep, refusal error) error {
	return fault.New(fault.Held, "zoho_record_inactive", "The %s «%s», which is chosen for it, is inactive in Zoho Books.%s", of.word, word(was.Name, id), was.Words).
		Do("Make it active again in Zoho Books, or choose another one on the Mapping page; what waits for it then goes on by itself.").After(asleepAgain).By(refusal)
}

// chosen looks for taxes and accounts that a document names and that the lists of Zoho Books do not show any more,
// or show as inactive. Rows of the mapping that chose what is gone are cleared. failed is the first look that told
// nothing.
func chosen(ctx context.Context, client *zoho.Client, doc refers, refusal error) (found, failed error) {
	for _, of := range doc.choices() {
		ids, err := client.Idle(ctx, of.kind, of.ids, fault.Is(refusal, fault.NotFound))
		if err != nil { // what cannot be read is not known to be gone
			failed = cmp.Or(failed, err)
			continue
		}
		slices.Sort(ids)
		for _, id := range slices.Compact(ids) {
			stands, err := client.GlanceSetting(ctx, of.kind, id, time.Time{})
			switch {
			case err != nil:
				failed = cmp.Or(failed, err)
			case stands.Gone:
				client.TellGone(ctx, of.kind, id)
				return unchosen(of.word, id, refusal), nil
			case stands.Inactive:
				return of.sleeps(client, id, stands, refusal), nil
			}
		}
	}
	return nil, failed
}

// unchosen says that what the mapping chose is no more.
func unchosen(word, id string, refusal error) error {
	return fault.New(fault.Blocked, "mapping_missing", "The %s that was chosen for it (%s) does not exist in Zoho Books any more.", word, id).
		Do("Choose another one on the Mapping page; this record then continues by itself.").By(&engine.OfOne{Cause: refusal})
}

// vanished says that a document was refused because what it names is no more.
func vanished(what, id string, refusal error) *fault.Error {
	return fault.New(fault.Rejected, "zoho_record_gone", "%s that it names does not exist in Zoho Books any more.", what).
		Do("If it was deleted or merged there on purpose, pair it with another one or create it again; this document then follows by itself.").By(&engine.Vanished{ID: id, Cause: refusal})
}

func voidedByHand() *fault.Error {
	return fault.New(fault.Rejected, "invoice_voided_by_hand", "Somebody made it void in Zoho Books, so it was not changed.").
		Do("Use Skip to leave it void, or Recreate to have it made again.")
}
