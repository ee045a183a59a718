package flow

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/settlement"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// paymentTitle names what was paid where the document itself shows it converted.
func paymentTitle(p qloapps.Payment, o *qloapps.Order) string {
	amount := ""
	if p.Currency != o.Currency {
		amount = "of " + money.Words(p.Amount, p.Currency) + " " + p.Currency + " "
	}
	return "Payment " + amount + "by " + p.Method + " for order " + o.Reference
}

// received is the payment without its allocations.
func received(p qloapps.Payment, self engine.Link, parts []settlement.Part, leftOut []string, total money.Decimal, links engine.Links, r *rules.Rules) (zoho.CustomerPayment, []engine.Notice, error) {
	none := zoho.CustomerPayment{}
	o := parts[0].Order
	account, err := r.Mappings.Find(rules.DepositAccounts, p.Method)
	if err != nil {
		return none, nil, err
	}
	mode, err := paymentMode(p.Method, self, r)
	if err != nil {
		return none, nil, err
	}
	contact, err := contactOf(o, self, links, r)
	if err != nil {
		return none, nil, err
	}
	place, err := placeOf(o.HotelID, self, r)
	if err != nil {
		return none, nil, err
	}
	rate, replaced, err := rateOf(p, o, self, r)
	bears := qloapps.Day(p.Added)
	if movable(account) {
		bears = dated(bears, r.Locks.Money(), self, r)
	}
	about := strings.Join(nonEmpty(paymentWords(p, parts, leftOut), trueDay(qloapps.Day(p.Added), bears)), "; ")
	return zoho.CustomerPayment{
		CustomerID: contact, Mode: mode, AccountID: account.ZohoID, Amount: money.N(total), Date: bears, ExchangeRate: rate,
		ReferenceNumber: zoho.Clip(cmp.Or(p.TransactionID, o.Reference), 100), Description: zoho.Clip(about, 2000), LocationID: place, CustomFields: keyField(r, ref(Payment, p.ID)),
	}, replaced, err
}

// rateOf is the exchange rate of a payment: its own where it is in the order's currency.
func rateOf(p qloapps.Payment, o *qloapps.Order, self engine.Link, r *rules.Rules) (*money.Number, []engine.Notice, error) {
	own, of := p.Rate, "payment "+p.ID
	if p.Currency != o.Currency {
		own, of = o.Rate, "order "+o.Reference
	} else if !own.IsPositive() && postedRate(self) == nil && o.Currency != r.Org.BaseCurrency {
		return nil, nil, fault.New(fault.Held, "no_rate", "The payment of %s %s has no exchange rate: QloApps keeps %s with it.", money.Words(p.Amount, p.Currency), p.Currency, plain(own)).
			Do("Correct the rate of the payment in QloApps' database, then use Retry; or record the payment in Zoho Books by hand and use Skip here.")
	}
	return rateFor(self, o, own, of, r)
}

// amounts fills in what each order's share comes to; back tells that one of them is money
// given back.
func amounts(p qloapps.Payment, parts []settlement.Part, precision int32, self engine.Link) (total money.Decimal, back bool, err error) {
	for i := range parts {
		if err := parts[i].Convert(precision, self.Exists()); err != nil {
			return total, false, err
		}
		if x := &parts[i]; self.Exists() && len(parts) == 1 && x.Share.Posted == nil && x.Amount.Sign() == self.Total.Sign() {
			converted := x.Share.Currency != x.Order.Currency && len(counting(p.Shares)) == 1 && x.Share.Beyond.IsZero() // all that stands is this share
			if converted || settlement.Drifts(x.Share, x.Order, x.Amount, self.Total, precision) {
				x.Become(self.Total, precision)
			}
		}
		total = total.Add(parts[i].Amount)
		back = back || parts[i].Amount.IsNegative()
	}
	return total, back, nil
}

// written is a payment as QloApps wrote it. Only this decides whether it was changed after
// posting: mappings, contacts and the order's rate, which QloApps overwrites, may move on.
type written struct {
	Customer                                    string `json:",omitempty"` // in former versions
	Currency, Amount, Date, Transaction, Method string
	Shares                                      []string
}

// Called is what people call the parts of a payment.
func (written) Called() map[string]string {
	return map[string]string{"Transaction": "the transaction id", "Method": "the payment method", "Shares": "the share of an order", "Amount": "the amount", "Currency": "the currency", "Date": "the day"}
}

func asWritten(p qloapps.Payment) written {
	w := written{Currency: p.Currency, Amount: p.Amount.String(), Date: qloapps.Day(p.Added), Transaction: p.TransactionID, Method: p.Method}
	for _, s := range p.Shares {
		w.Shares = append(w.Shares, s.OrderID+": "+s.AsWritten().String())
	}
	return w
}

// formerlyWritten is asWritten as it was before an order's customer stopped to count: QloApps moves
// orders to other customers, and the payment stays where it is.
func formerlyWritten(p qloapps.Payment) []any {
	var list []any
	for _, o := range p.Orders {
		for _, customer := range append([]string{o.CustomerID}, o.Customers...) {
			w := asWritten(p)
			w.Customer = customer
			list = append(list, w)
		}
	}
	return list
}

// paymentMode is what was chosen for a method of payment. Without a choice what is new waits for one;
// what stands keeps what it was posted with.
func paymentMode(method string, self engine.Link, r *rules.Rules) (string, error) {
	choice, err := r.Mappings.Find(rules.PaymentModes, method)
	if err == nil {
		return zoho.Clip(cmp.Or(choice.ZohoName, choice.ZohoID), 100), nil
	}
	if self.Exists() {
		return zoho.Clip(method, 100), nil
	}
	return "", err
}

func paymentWords(p qloapps.Payment, parts []settlement.Part, leftOut []string) string {
	words := "QloApps payment " + p.ID + " by " + p.Method
	if p.Currency != parts[0].Order.Currency {
		words += fmt.Sprintf("; paid as %s %s at a rate of %s", p.Amount, p.Currency, p.Rate)
	}
	for _, left := range leftOut {
		words += "; not included: " + left
	}
	return words
}
