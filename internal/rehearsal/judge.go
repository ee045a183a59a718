package rehearsal

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/qlobooks/qlobooks/internal/sample"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// Verdict is how what stands compares with what should.
type Verdict struct {
	Lines        []string // one for each case
	Wrong        []string
	Synced, Held int
}

// document is what the API says of one.
type document struct {
	Status   string
	Title    string
	ZohoID   *string `json:"zoho_id"`
	Total    *string
	Currency *string
	Issue    *struct{ Code, Detail string }
	Notices  []struct{ Code string }
}

// Judge compares the API's documents and the rehearsal books with what every case should come to.
func (s *Stage) Judge(ctx context.Context, cases []sample.Case) (Verdict, error) {
	var v Verdict
	b := readBooks(s.Books.Snapshot())
	for key, n := range b.doubles {
		if n > 1 {
			v.Wrong = append(v.Wrong, fmt.Sprintf("%s stands %d times in the books", key, n))
		}
	}
	for _, c := range cases {
		var d document
		if err := s.Call(ctx, http.MethodGet, "/documents/"+c.Flow+"/"+c.ID, nil, &d); err != nil {
			return v, err
		}
		code := ""
		if d.Issue != nil {
			code = d.Issue.Code
		}
		switch d.Status {
		case "synced":
			v.Synced++
		case "held":
			v.Held++
		}
		r, stands := b.standing[c.Key()]
		v.Lines = append(v.Lines, fmt.Sprintf("%-14s %-45s %-8s %-18s %s %s, open %s, given back %s", c.Key(), c.Name, d.Status, code, r.Total, c.Currency, r.Balance, b.refunded[c.Key()]))
		if wrong := differs(c, d, code, r, stands, b.refunded[c.Key()]); wrong != "" {
			v.Wrong = append(v.Wrong, c.Key()+" ("+c.Name+"): "+wrong)
		}
	}
	return v, nil
}

// standing is what the rehearsal books hold, by our keys.
type standing struct {
	standing map[string]books.Record
	doubles  map[string]int
	refunded map[string]decimal.Decimal // by the key in whose name money was given back
}

func readBooks(records []books.Record) standing {
	b := standing{standing: map[string]books.Record{}, doubles: map[string]int{}, refunded: map[string]decimal.Decimal{}}
	for _, r := range records {
		if r.Key != "" {
			b.standing[r.Key] = r
			b.doubles[r.Key]++
		}
		for _, f := range r.Refunds {
			b.refunded[f.Reference] = b.refunded[f.Reference].Add(f.Amount)
		}
	}
	return b
}

func differs(c sample.Case, d document, code string, r books.Record, stands bool, refunded decimal.Decimal) string {
	total := r.Total
	amount := func(text string) decimal.Decimal {
		if text == "" {
			return decimal.Zero
		}
		return decimal.RequireFromString(text)
	}
	switch {
	case !refunded.Equal(amount(c.Refunded)):
		return fmt.Sprintf("%s was given back, should be %s", refunded, c.Refunded)
	case c.Open != "" && !r.Balance.Equal(amount(c.Open)):
		return fmt.Sprintf("%s is open, should be %s", r.Balance, c.Open)
	case d.Status != c.Status || code != c.Code:
		detail := ""
		if d.Issue != nil {
			detail = d.Issue.Detail
		}
		return fmt.Sprintf("is %s %s, should be %s %s. %s", d.Status, code, c.Status, c.Code, detail)
	case c.Total == "" && stands:
		return "stands in the books, and should not"
	case c.Total != "" && (!stands || !total.Equal(decimal.RequireFromString(c.Total))):
		return fmt.Sprintf("the books say %s, should be %s", total, c.Total)
	case c.Notice != "" && (len(d.Notices) == 0 || d.Notices[0].Code != c.Notice):
		return fmt.Sprintf("has the notices %v, should have %s", d.Notices, c.Notice)
	default:
		return ""
	}
}

// cashBack is what was given back in the name of a record that has no document of its own.
func (b standing) cashBack(key string) decimal.Decimal {
	if _, stands := b.standing[key]; stands {
		return decimal.Zero
	}
	return b.refunded[key]
}

func (d document) code() string {
	if d.Issue == nil {
		return ""
	}
	return d.Issue.Code
}

func (d document) amount() string {
	if d.Total == nil || d.Currency == nil {
		return ""
	}
	return *d.Total + " " + *d.Currency
}

// Compare holds every order's documents against the rehearsal books. strange names what is
// held for a cause that is not allowed, or failed; table has a line with the verdict on each.
func (s *Stage) Compare(ctx context.Context, allowed map[string]bool) (synced, held, different int, strange, table []string, err error) {
	b := readBooks(s.Books.Snapshot())
	cursor := ""
	for {
		var page struct {
			Items []struct {
				ID string `json:"source_id"`
			}
			Next *string `json:"next_cursor"`
		}
		if err := s.Call(ctx, http.MethodGet, "/records/orders?limit=200&cursor="+cursor, nil, &page); err != nil {
			return synced, held, different, strange, table, err
		}
		for _, item := range page.Items {
			var order struct {
				Documents []struct {
					Key string
					document
				}
			}
			if err := s.Call(ctx, http.MethodGet, "/records/orders/"+item.ID, nil, &order); err != nil {
				return synced, held, different, strange, table, err
			}
			for _, d := range order.Documents {
				table = append(table, fmt.Sprintf("order %-4s %-18s %-10s %-20s %s", item.ID, d.Key, d.Status, d.code(), d.amount()))
				switch {
				case d.Status == "synced":
					synced++
					have := b.standing[d.Key].Total.Sub(b.cashBack(d.Key))
					if have.IsNegative() && !strings.HasPrefix(d.Key, "payment:") { // money given back of an order without an invoice
						have = have.Neg()
					}
					if d.ZohoID != nil && d.Total != nil && !have.Equal(decimal.RequireFromString(*d.Total)) {
						different++
						strange = append(strange, fmt.Sprintf("%s: the books say %s, should be %s", d.Key, have, *d.Total))
					}
				case d.Status == "held" && d.Issue != nil && allowed[d.Issue.Code]:
					held++
				default:
					strange = append(strange, fmt.Sprintf("%s is %s: %+v", d.Key, d.Status, d.Issue))
				}
			}
		}
		if page.Next == nil {
			return synced, held, different, strange, table, nil
		}
		cursor = *page.Next
	}
}
