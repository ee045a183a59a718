package qloapps

import (
	"context"
	"regexp"
	"strings"

	"github.com/qlobooks/qlobooks/internal/money"
)

// ImportMark begins the transaction id of a payment that was brought to QloApps from Zoho Books; what
// follows are the digits of Zoho's id.
const ImportMark = "zoho:"

// importedText is what importID finds, for the database.
const importedText = "^" + ImportMark + "[0-9]{1,30} *$"

var importID = regexp.MustCompile(`(?i)^zoho:([0-9]{1,30})$`)

// ImportedID is the Zoho id that a transaction id names, "" when it names none. It is read as MySQL
// compares it: case and trailing blanks do not matter, every digit does.
func ImportedID(transactionID string) string {
	found := importID.FindStringSubmatch(strings.TrimRight(transactionID, " "))
	if found == nil {
		return ""
	}
	return found[1]
}

// ImportedShare is a part of a payment of Zoho Books that stands in QloApps.
type ImportedShare struct {
	ZohoID, PaymentID  string
	OrderID, InvoiceID string // OrderID "" when QloApps divided it among no order
	Currency, Day      string
	Amount             money.Decimal
}

// ImportedShares finds what stands of payments of Zoho Books, over all orders, by their Zoho ids.
func (r *Reader) ImportedShares(ctx context.Context, zohoIDs []string) (map[string][]ImportedShare, error) {
	return r.imported(ctx, "p.transaction_id IN ?", zohoIDs, func(id string) string { return ImportMark + id })
}

// ImportedPayments finds among payments those that came from Zoho Books, by their own ids.
func (r *Reader) ImportedPayments(ctx context.Context, ids []string) (map[string][]ImportedShare, error) {
	return r.imported(ctx, "p.id_order_payment IN ?", ids, func(id string) string { return id })
}

func (r *Reader) imported(ctx context.Context, where string, ids []string, as func(string) string) (map[string][]ImportedShare, error) {
	out := map[string][]ImportedShare{}
	err := chunk(ids, func(ids []string) error {
		wanted := make([]string, len(ids))
		for i, id := range ids {
			wanted[i] = as(id)
		}
		var rows []struct {
			TransactionID, PaymentID     string
			OrderID, InvoiceID, Currency *string
			Day                          *string
			Amount                       money.Decimal
		}
		err := r.query(ctx, &rows, "SELECT p.transaction_id, p.id_order_payment payment_id, d.id_order order_id, COALESCE(d.amount, p.amount) amount, DATE_FORMAT(p.date_add, '%Y-%m-%d') day, (SELECT UPPER(c.iso_code) FROM {p}currency c WHERE c.id_currency = p.id_currency) currency, "+
			"(SELECT MIN(ip.id_order_invoice) FROM {p}order_invoice_payment ip WHERE ip.id_order_payment = p.id_order_payment AND ip.id_order = d.id_order) invoice_id "+
			"FROM {p}order_payment p LEFT JOIN {p}order_payment_detail d ON d.id_order_payment = p.id_order_payment WHERE "+where+" ORDER BY p.id_order_payment, d.id_order_payment_detail", wanted)
		if err != nil {
			return err
		}
		for _, x := range rows {
			if id := ImportedID(x.TransactionID); id != "" {
				out[id] = append(out[id], ImportedShare{ZohoID: id, PaymentID: x.PaymentID, OrderID: deref(x.OrderID), InvoiceID: deref(x.InvoiceID), Currency: deref(x.Currency), Day: deref(x.Day), Amount: x.Amount})
			}
		}
		return nil
	})
	return out, err
}
