package bill

import (
	"fmt"
	"strings"

	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/oracle"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// Line is a line of an order on its way to a Zoho line.
type Line struct {
	qloapps.Line
	Set    qloapps.RateSet
	tax    rules.Choice
	taxes  []oracle.Tax
	amount money.Decimal // tax included, rounded cumulatively to the currency
}

// zohoLine is the line as it is sent: by quantity where that is exact, else once the amount.
func zohoLine(l Line, amount money.Decimal, precision int32, items Items, accounts bool, r *rules.Rules) (zoho.Line, error) {
	line := zoho.Line{Rate: money.N(amount), Quantity: money.N(money.One), Description: zoho.Clip(Describe(l.Line), 2000)}
	taxed(&line, l.tax)
	if q := l.Quantity; q.GreaterThan(money.One) && q.IsInteger() {
		rate := amount.DivRound(q, precision)
		if rate.Mul(q).Equal(amount) {
			line.Rate, line.Quantity = money.N(rate), money.N(q)
		}
	}
	return line, nameLine(&line, l.Line, items, accounts, r)
}

// Items gives the item in Zoho Books of what a line sold; "" where QloApps has no product for it.
type Items func(l qloapps.Line) (id string, err error)

// nameLine says what was sold: the item of the room type or service, the mapped item of a
// facility or of a deleted product, else a name and, where the document takes one, an income account.
func nameLine(line *zoho.Line, l qloapps.Line, items Items, accounts bool, r *rules.Rules) error {
	item, err := items(l)
	if err != nil {
		return err
	}
	if item != "" {
		line.ItemID = item
		return nil
	}
	source := "line:other"
	if l.Kind == qloapps.FacilityLine && l.FacilityID != "" {
		source = "facility:" + l.FacilityID
	}
	if choice, err := r.Mappings.Find(rules.Items, source); err == nil {
		line.ItemID = choice.ZohoID
		return nil
	}
	line.Name = zoho.Name(called(l), 100)
	if !accounts {
		return nil
	}
	account, err := r.Mappings.Find(rules.Accounts, source)
	line.AccountID = account.ZohoID
	return err
}

// Describe tells a reader of the invoice what the line is: room, guests, stay.
func Describe(l qloapps.Line) string {
	parts := []string{called(l)}
	if l.Kind == qloapps.RoomLine || l.Kind == qloapps.FacilityLine {
		if l.RoomNumber != "" {
			parts = append(parts, "room "+l.RoomNumber)
		}
		if l.Adults+l.Children > 0 {
			parts = append(parts, guests(l.Adults, l.Children))
		}
		if from, to := qloapps.Day(l.From), qloapps.Day(l.To); from != "" && to != "" {
			parts = append(parts, from+" to "+to)
		}
		if l.HotelName != "" {
			parts = append(parts, l.HotelName)
		}
	}
	return strings.Join(parts, ", ")
}

// called is the name of what was sold; where QloApps keeps none, as of a facility without one in the language of the order,
// what it is, as a line without either says nothing to who reads the bill.
func called(l qloapps.Line) string {
	if strings.TrimSpace(l.Name) != "" {
		return l.Name
	}
	switch l.Kind {
	case qloapps.RoomLine:
		return "Room"
	case qloapps.ServiceLine:
		return "Service"
	case qloapps.FacilityLine:
		return "Facility"
	default:
		return "Other"
	}
}

func guests(adults, children int) string {
	words := fmt.Sprintf("%d adults", adults)
	if adults == 1 {
		words = "1 adult"
	}
	switch children {
	case 0:
	case 1:
		words += " and 1 child"
	default:
		words += fmt.Sprintf(" and %d children", children)
	}
	return words
}
