package setup

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/limit"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/secret"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// taxes take what is made and give it an id; of groups they note what they hold.
type taxes struct{ made, groups []string }

func (m *taxes) RoundTrip(r *http.Request) (*http.Response, error) {
	var body struct {
		Name  string `json:"tax_name"`
		Taxes string `json:"taxes"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return nil, err
	}
	answer := `{"code":0,"tax_group":{"tax_group_id":"g"}}`
	if m.groups = append(m.groups, body.Taxes); body.Name != "" {
		m.groups, m.made = m.groups[:len(m.groups)-1], append(m.made, body.Name)
		answer = fmt.Sprintf(`{"code":0,"tax":{"tax_id":"new %d"}}`, len(m.made))
	}
	return &http.Response{StatusCode: 201, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader([]byte(answer))), Request: r}, nil
}

// unlimited gives every call a token and its turn at once.
type unlimited struct{}

func (unlimited) Token(context.Context) (secret.String, error)                { return "t", nil }
func (unlimited) Renew(context.Context, secret.String) (secret.String, error) { return "t2", nil }
func (unlimited) Acquire(context.Context, limit.Lane) (func(*limit.Quota), error) {
	return func(*limit.Quota) {}, nil
}
func (unlimited) GiveBack(context.Context)             {}
func (unlimited) Crowded(context.Context)              {}
func (unlimited) Pause(context.Context, time.Duration) {}
func (unlimited) Slow(context.Context)                 {}

// TestAGroupOfEqualRatesHoldsTwoTaxes makes a second tax where one of the rate stands, never names one twice, and finds
// the group again.
func TestAGroupOfEqualRatesHoldsTwoTaxes(t *testing.T) {
	t.Parallel()

	tax := func(id, name, rate string) zoho.Tax {
		return zoho.Tax{ID: zoho.Text(id), Name: zoho.Text(name), Type: "tax", Percent: &zoho.Amount{Decimal: money.MustParse(rate)}}
	}
	for name, tt := range map[string]struct {
		stand       []zoho.Tax
		made, group string
	}{
		"none stands":                   {nil, "Tax 5%, Tax 5% (2)", "new 1,new 2"},
		"one stands":                    {[]zoho.Tax{tax("a", "VAT", "5")}, "Tax 5%", "a,new 1"},
		"one stands under our name":     {[]zoho.Tax{tax("a", "Tax 5%", "5")}, "Tax 5% (2)", "a,new 1"},
		"both stand":                    {[]zoho.Tax{tax("a", "City", "5"), tax("b", "State", "5")}, "", "a,b"},
		"the name stands for something": {[]zoho.Tax{tax("a", "tax 5%", "6")}, "Tax 5% (2), Tax 5% (3)", "new 1,new 2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			made := &taxes{}
			c := zoho.NewHTTPClient()
			c.Transport = made
			s := &steps{ctx: t.Context(), plan: Plan{SetupRequest: wire.SetupRequest{CreateTaxes: true}}, found: Found{Taxes: slices.Clone(tt.stand)},
				books: zoho.New(zoho.Config{APIDomain: "http://books.test", Organization: "1", Tokens: unlimited{}, Limiter: unlimited{}, HTTP: c})}
			set := qloapps.NewRateSet([]money.Decimal{money.MustParse("5"), money.MustParse("5")}, false)
			if err := s.tax(set); err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(made.made, ", "); got != tt.made || !slices.Equal(made.groups, []string{tt.group}) {
				t.Errorf("made %q and groups %q, want %q and %q", got, made.groups, tt.made, tt.group)
			}
			if found := find(s.found.Taxes, set, false); found == nil || !found.Group() {
				t.Errorf("it is not found again: %+v", s.found.Taxes)
			}
		})
	}
}
