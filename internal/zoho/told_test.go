package zoho_test

import (
	"testing"

	"github.com/qlobooks/qlobooks/internal/zoho"
)

// TestThousandsMayBeSetOff in amounts that are told as texts. A comma elsewhere is no amount.
func TestThousandsMayBeSetOff(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"1,234.50": "1234.5", "-12,345": "-12345", "1,234,567.8": "1234567.8", "1234.5": "1234.5", "1,23": "", "1234,567": "", "1.234,50": "", ",123": "", "1,234.": "", "12,34,567.00": ""} {
		d, err := zoho.Figure(text)
		if (err != nil) != (want == "") || err == nil && d.String() != want {
			t.Errorf("%s is read as %s, %v, want %q", text, d, err, want)
		}
	}
}

// TestAnAmountThatIsNotToldIsNotZero reads balances, journals, settlements and taxes whose amounts are null, or texts that are no
// number.
func TestAnAmountThatIsNotToldIsNotZero(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"code":0,"chart_of_account":{"closing_balance":"","current_balance":7}}`: "7",
		`{"code":0,"chart_of_account":{"closing_balance":0}}`:                      "0",
		`{"code":0,"chart_of_account":{"closing_balance":""}}`:                     "",
		`{"code":0,"chart_of_account":{"closing_balance":null}}`:                   "",
		`{"code":0,"chart_of_account":{}}`:                                         "",
	} {
		c, _ := client(t, says(map[string]string{"GET /chartofaccounts/5": body}))
		balance, err := c.Balance(t.Context(), "5")
		if got := balance.String(); (err != nil) != (want == "") || err == nil && got != want {
			t.Errorf("%s: %s, %v, want %q", body, got, err, want)
		}
	}
	for _, amount := range []string{`""`, `null`, `"-"`} {
		c, _ := client(t, says(map[string]string{"GET /journals/5": `{"code":0,"journal":{"line_items":[{"account_id":"1","debit_or_credit":"debit","amount":` + amount + `}]}}`}))
		if lines, err := c.JournalLines(t.Context(), "5"); err == nil {
			t.Errorf("a journal whose line tells %s moves %+v", amount, lines)
		}
		rec, err := zoho.Invoices.Row([]byte(`{"invoice_id":"9","taxes":[{"tax_id":"1","tax_amount":`+amount+`}],"total":5}`), "")
		if err != nil || rec.Taxes != nil {
			t.Errorf("a tax of %s is %v, %v", amount, rec.Taxes, err)
		}
		rec, err = zoho.CustomerPayments.Row([]byte(`{"payment_id":"9","amount":5,"unused_amount":1,"invoices":[{"invoice_id":"1","amount_applied":`+amount+`}]}`), "")
		if err != nil || rec.ListsSettled {
			t.Errorf("what is applied is %s, and it tells what it settles: %+v, %v", amount, rec.Settles, err)
		}
	}
}
