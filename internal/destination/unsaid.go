package destination

import (
	"context"
	"encoding/json"
	"fmt"
	"path"
	"strings"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// Says is what QloApps says went back, by the key of the record that says so; nil = that is not known. What was posted
// from here for a record beyond that is said no more: its row was deleted, or lowered, since.
type Says map[string]money.Decimal

// unsaid is a refund that was posted from here, and over more than QloApps says now.
type unsaid struct {
	refunded
	record engine.Ref
	amount money.Decimal
	says   money.Decimal // zero where QloApps no longer has the record
	gone   bool
}

// refundsOf reads the refunds of a payment or credit note, to the last: address is that of the list, name what it is called
// there. Where Zoho Books answers and tells no such list, a person is asked.
func refundsOf(ctx context.Context, client *zoho.Client, address, name string) (rows []refunded, err error) {
	list, err := client.Beside(ctx, address, name)
	if err == nil {
		rows = make([]refunded, len(list))
	}
	for n := range rows {
		if json.Unmarshal(list[n], &rows[n]) != nil {
			err = untoldRefunds(address)
		}
	}
	if zoho.Unlisted(err) {
		err = untoldRefunds(address)
	}
	return rows, err
}

func untoldRefunds(address string) error {
	of := zoho.CustomerPayments
	if strings.HasPrefix(address, zoho.CreditNotes.Path) {
		of = zoho.CreditNotes
	}
	return untold(of, zoho.Record{ID: path.Base(path.Dir(address))}, "what of it went back")
}

// beyond are those of a payment's refunds of which QloApps says less than was posted.
func (s Says) beyond(rows []refunded) (list []unsaid) {
	for _, r := range rows {
		record := engine.ParseKey(strings.TrimSpace(string(r.Reference)))
		amount, told := r.over(false)
		if says, has := s[record.Key()]; s != nil && record.ID != "" && told && amount.GreaterThan(says) {
			list = append(list, unsaid{refunded: r, record: record, amount: amount, says: says, gone: !has})
		}
	}
	return list
}

// named is what went back by the record of QloApps that it was posted for. What somebody entered in Zoho Books has none.
// Records of which nothing stands are named too: it is known of them.
func (s Says) named(rows []refunded) map[string]money.Decimal {
	back := map[string]money.Decimal{}
	for key := range s {
		back[key] = money.Zero
	}
	for _, r := range rows {
		amount, told := r.over(false)
		if !told {
			return nil
		}
		name := Unnamed
		if record := engine.ParseKey(strings.TrimSpace(string(r.Reference))); record.ID != "" {
			name = record.Key()
		}
		back[name] = back[name].Add(amount)
	}
	return back
}

// read names what went back of a payment, where that is known, and tells what of it QloApps says no more.
func (s Says) read(ctx context.Context, client *zoho.Client, payment string, m *Money) ([]unsaid, error) {
	rows, err := refundsOf(ctx, client, zoho.CustomerPayments.Path+"/"+payment+"/refunds", "payment_refunds")
	if err != nil {
		return nil, err
	}
	if back := s.named(rows); (Money{Back: back}).back().Equal(m.back()) {
		m.Back = back
	}
	return s.beyond(rows), nil
}

// saidNoMore is the fault of money that was given back from here and that QloApps no longer says was. Nothing of it is
// taken back by itself: the guest may have it. Once the refund is deleted or corrected, the rest follows.
func saidNoMore(list []unsaid, payment zoho.Record, want, stands string) error {
	words := make([]string, len(list))
	for n, u := range list {
		words[n] = u.words(payment)
	}
	return fault.New(fault.Rejected, "changed_after_posting", "%s By QloApps %s. In Zoho Books it stands otherwise: %s.", strings.Join(words, " "), want, stands).
		Do("If that money did not go back, delete the refund in Zoho Books, or correct it there to what QloApps says, then use Sync here: the rest follows by itself. If it did, correct QloApps and use Sync, or use Skip to leave it as it stands.")
}

func (u unsaid) words(payment zoho.Record) string {
	of := fmt.Sprintf("posted as the refund «%s» of payment %s on %s", u.Reference, word(payment.Number, payment.ID), u.Date)
	if u.gone {
		return fmt.Sprintf("QloApps no longer has the cash back of %s %s (%s) that was %s.", money.Words(u.amount, payment.Currency), payment.Currency, called(u.record), of)
	}
	return fmt.Sprintf("QloApps says %s %s for the cash back (%s) of which %s %s were %s.", money.Words(u.says, payment.Currency), payment.Currency, called(u.record), money.Words(u.amount, payment.Currency), payment.Currency, of)
}

// called is a record of QloApps in words.
func called(record engine.Ref) string {
	return map[string]string{"payment": "payment ", "credit_note": "credit slip ", "refund": "refund request "}[record.Flow] + record.ID
}
