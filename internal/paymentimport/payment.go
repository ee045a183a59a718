package paymentimport

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/store"
)

// payment is one payment of Zoho Books as it was last read, and what of it stands in QloApps.
type payment struct {
	ZohoID, Number, Day, Currency string
	Amount                        money.Decimal
	Mode, Reference               string
	ContactID, Contact            string
	Standing                      []share // rows of QloApps
	Status                        string
	Issue                         store.Issue
	Modified                      string
	AssignedBy                    string
	Accepted                      string // fingerprint of the state that a person left as it is
	version                       int
	at                            time.Time     // when it was kept last
	known                         bool          // it was kept before
	since                         time.Time     // when it came to wait for what it waits for
	asked                         string        // fingerprint of the state that waits since then
	question                      money.Decimal // how much of it is not certain, or not written yet
	kept
}

// kept is what is kept of a payment as JSON.
type kept struct {
	Applied   []share       `json:"applied,omitempty"`   // what it settles of QloApps' orders in Zoho Books
	Elsewhere money.Decimal `json:"elsewhere"`           // what it settles there that is none of QloApps'
	Unused    money.Decimal `json:"unused"`              // what settles nothing and was not given back
	Gone      bool          `json:"gone,omitempty"`      // it no longer stands in Zoho Books
	NotCome   string        `json:"not_come,omitempty"`  // it stands there and is no money: what it is called instead
	Assigned  []share       `json:"assigned,omitempty"`  // what a person gave to orders
	Open      []share       `json:"open,omitempty"`      // what of it is still to be applied in Zoho Books
	Sending   *sending      `json:"sending,omitempty"`   // a call that may have been made
	Refusal   string        `json:"refusal,omitempty"`   // why Zoho Books does not apply it
	Strange   []string      `json:"strange,omitempty"`   // invoices in Zoho Books that it settles and that are not linked
	TakenBack []share       `json:"taken,omitempty"`     // what the desk took back in QloApps, until both sides agree
	Again     bool          `json:"again,omitempty"`     // a run could not read or bring it; the next one looks at it
	Unread    bool          `json:"unread,omitempty"`    // nothing was ever read of it but a list's row
	Confirmed bool          `json:"confirmed,omitempty"` // a person knows that it is more than is due
	Overpaid  []share       `json:"overpaid,omitempty"`  // what orders received beyond what they cost
}

// share is the part of a payment that belongs to one order.
type share struct {
	OrderID   string        `json:"order_id"`
	InvoiceID string        `json:"invoice_id"`
	Amount    money.Decimal `json:"amount"`
	PaymentID string        `json:"payment_id,omitempty"` // of QloApps, once it is written
	Currency  string        `json:"currency,omitempty"`   // of what stands in QloApps
	Day       string        `json:"day,omitempty"`        // of what stands in QloApps
	ZohoID    string        `json:"zoho_invoice_id,omitempty"`
	Number    string        `json:"zoho_invoice_number,omitempty"`
	// Of what a person assigned: the most that was seen applied of it in Zoho Books. What somebody un-applies
	// there is not applied again.
	Used money.Decimal `json:"used,omitzero"`
	// Nothing is known of who un-applied it, so that a person applies it in Zoho Books.
	ByHand bool `json:"by_hand,omitempty"`
	// What the guest withheld as tax: it settles the invoice in Zoho Books, and is no money that came.
	Withheld money.Decimal `json:"withheld,omitzero"`
}

// sending is an application to an invoice that was sent, and perhaps not answered.
type sending struct {
	InvoiceID string    `json:"zoho_invoice_id"`
	At        time.Time `json:"at"` // by the database's clock
}

// wait keeps a payment waiting for a person, with how much of it is in question.
func (p *payment) wait(question money.Decimal, code, detail, action string) {
	p.question, p.Status, p.Issue = question, waiting, store.Issue{Code: code, Detail: detail, Action: action}
}

// waitToo waits for one more reason; the first one gives the cause its name.
func (p *payment) waitToo(question money.Decimal, code, detail, action string) {
	if p.Issue.Code != "" {
		question, code, detail, action = p.question.Add(question), p.Issue.Code, p.Issue.Detail+" "+detail, p.Issue.Action
	}
	p.wait(question, code, detail, action)
}

// lacks is how much of some parts does not stand in QloApps yet.
func (p payment) lacks(has []share) money.Decimal {
	total := money.Zero
	for _, x := range has {
		total = total.Add(positive(x.Amount.Sub(of(p.Standing, x.OrderID))))
	}
	return total
}

// missing is how much of a payment that is not read, or not judged to its end, does not stand in QloApps; all of
// it where nothing is missing, as then all of it may be otherwise.
func (p payment) missing() money.Decimal {
	if less := p.Amount.Sub(p.Elsewhere).Sub(sum(p.Standing)); less.GreaterThan(cent) {
		return less
	}
	return p.Amount
}

// use notes what of the assignments is applied in Zoho Books.
func (p *payment) use() {
	for i := range p.Assigned {
		if applied := of(p.Applied, p.Assigned[i].OrderID); applied.GreaterThan(p.Assigned[i].Used) {
			p.Assigned[i].Used = applied
		}
	}
}

// refunded is what was given back in Zoho Books.
func (p payment) refunded() money.Decimal {
	if p.Gone || p.NotCome != "" {
		return money.Zero
	}
	return p.Amount.Sub(p.Unused).Sub(p.Elsewhere).Sub(sum(p.Applied))
}

// fingerprint names a state as Zoho Books and QloApps have it, so that a person's word about it holds
// until something of it changes.
func (p payment) fingerprint() string {
	amounts := func(list []share) map[string]string {
		by := map[string]string{}
		for _, s := range together(list) {
			by[s.OrderID] = s.Amount.String()
		}
		return by
	}
	state := []any{p.Issue.Code, p.Gone, p.Amount.String(), p.Unused.String(), p.Currency, amounts(p.Applied), amounts(p.Standing)}
	for _, x := range p.otherDays(planOf(p)) { // of most there are none, and a word that was given before this was told still holds
		state = append(state, p.Day, x.OrderID, x.Day, x.Amount.String())
	}
	b, _ := json.Marshal(state)
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// waits notes since when a payment waits as it does: another cause, or another state of either side, is one that
// nobody has seen yet. What is tried again in between and comes out alike is not.
func (p *payment) waits(now time.Time) {
	if p.Issue.Code == "" {
		return
	}
	if asked := p.fingerprint(); asked != p.asked {
		p.since, p.asked = now, asked
	}
}

func sum(list []share) money.Decimal {
	total := money.Zero
	for _, s := range list {
		total = total.Add(s.Amount)
	}
	return total
}

// of adds up what one order has.
func of(list []share, orderID string) money.Decimal {
	total := money.Zero
	for _, s := range list {
		if s.OrderID == orderID {
			total = total.Add(s.Amount)
		}
	}
	return total
}

// together adds up what one order gets, as QloApps takes one payment for it.
func together(shares []share) []share {
	var out []share
	for _, s := range shares {
		at := slices.IndexFunc(out, func(o share) bool { return o.OrderID == s.OrderID })
		if at < 0 {
			out = append(out, s)
			continue
		}
		out[at].Amount = out[at].Amount.Add(s.Amount)
	}
	return out
}

func amount(d money.Decimal) string { return money.Text(d) }

// words shows an amount in the payment's currency as sentences do.
func (p payment) words(d money.Decimal) string { return money.Words(d, p.Currency) }
