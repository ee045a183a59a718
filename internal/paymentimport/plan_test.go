package paymentimport

import (
	"fmt"
	"testing"

	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
)

// TestPlanOf states what QloApps is to have of a payment: base case, change, expectation.
func TestPlanOf(t *testing.T) {
	t.Parallel()
	x := func(order, amount string) share { return share{OrderID: order, Amount: money.MustParse(amount)} }
	d := money.MustParse
	tests := []struct {
		name string
		p    payment
		want string
	}{
		{"what is applied first comes", payment{kept: kept{Applied: []share{x("1", "40")}, Unused: d("30")}}, "has 1:40"},
		{"two invoices of one order come as one", payment{kept: kept{Applied: []share{x("1", "40"), x("1", "30")}}}, "has 1:70"},
		{"what is applied later to the same order is added", payment{kept: kept{Applied: []share{x("1", "70")}}, Standing: []share{x("1", "40")}}, "has 1:70"},
		{"what is applied later to another order is added", payment{kept: kept{Applied: []share{x("1", "40"), x("2", "30")}}, Standing: []share{x("1", "40")}}, "has 2:30"},
		{"what stands is left", payment{kept: kept{Applied: []share{x("1", "40")}}, Standing: []share{x("1", "25"), x("1", "15")}}, ""},
		{"a smaller one is a person's", payment{kept: kept{Applied: []share{x("1", "24")}}, Standing: []share{x("1", "44")}}, "over 1:44>24"},
		{"one that is gone is a person's", payment{kept: kept{Gone: true, Applied: []share{x("1", "45")}, Unused: d("9")}, Standing: []share{x("1", "45")}}, "over 1:45>0"},
		{"one that was moved is both", payment{kept: kept{Applied: []share{x("2", "60")}}, Standing: []share{x("1", "60")}}, "has 2:60 over 1:60>0"},
		{"what a person took back by hand counts", payment{kept: kept{Applied: []share{x("1", "24")}}, Standing: []share{x("1", "44"), x("1", "-20")}}, ""},
		{"an assigned advance comes and is to be applied", payment{kept: kept{Assigned: []share{x("1", "60")}, Unused: d("60")}}, "has 1:60 open 1:60"},
		{"once applied nothing is open", payment{kept: kept{Assigned: []share{x("1", "60")}, Applied: []share{x("1", "60")}}, Standing: []share{x("1", "60")}}, ""},
		{"what was un-applied by hand is a person's", payment{kept: kept{Assigned: []share{{OrderID: "1", Amount: d("60"), Used: d("60")}}, Unused: d("60")}, Standing: []share{x("1", "60")}}, "over 1:60>0"},
		{"only what was never applied is still to be", payment{kept: kept{Assigned: []share{{OrderID: "1", Amount: d("100"), Used: d("40")}}, Unused: d("100")}, Standing: []share{x("1", "100")}}, "over 1:100>60 open 1:60"},
		{"an advance that was used elsewhere is a person's", payment{kept: kept{Assigned: []share{x("1", "60")}, Unused: d("10"), Elsewhere: d("50")}, Standing: []share{x("1", "60")}}, "over 1:60>10 open 1:10"},
		{"two orders share what is unused", payment{kept: kept{Assigned: []share{x("1", "40"), x("2", "40")}, Unused: d("60")}, Standing: []share{x("1", "40")}}, "has 2:20 open 1:40 2:20"},
		{"what the desk took back does not come again", payment{kept: kept{Applied: []share{x("1", "60")}, TakenBack: []share{x("1", "60")}}}, "back 1:60"},
		{"what was added since the desk took back waits with it", payment{kept: kept{Applied: []share{x("1", "80")}, TakenBack: []share{x("1", "60")}}, Standing: []share{x("1", "60"), x("1", "-60")}}, "back 1:60"},
		{"taken back and agreed is over", payment{kept: kept{Applied: []share{x("1", "24")}, TakenBack: []share{x("1", "20")}}, Standing: []share{x("1", "44"), x("1", "-20")}}, ""},
		{"half a cent is nothing", payment{kept: kept{Applied: []share{x("1", "12.345")}}, Standing: []share{x("1", "12.35")}}, ""},
	}
	for _, tt := range tests {
		plan, got := planOf(tt.p), ""
		add := func(word, text string) {
			if got != "" {
				got += " "
			}
			got += word + text
		}
		for i, s := range plan.Has {
			add(map[bool]string{true: "has "}[i == 0], s.OrderID+":"+s.Amount.String())
		}
		for i, o := range plan.Over {
			add(map[bool]string{true: "over "}[i == 0], fmt.Sprintf("%s:%s>%s", o.OrderID, o.Has, o.Want))
		}
		for i, s := range plan.Back {
			add(map[bool]string{true: "back "}[i == 0], s.OrderID+":"+s.Amount.String())
		}
		for i, s := range plan.Open {
			add(map[bool]string{true: "open "}[i == 0], s.OrderID+":"+s.Amount.String())
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestDueIsInWholeUnits: no payment in Zoho Books can be of less than a currency's smallest unit there.
func TestDueIsInWholeUnits(t *testing.T) {
	t.Parallel()
	digits := func(iso string) int32 { return map[string]int32{"JPY": 0, "BHD": 3}[iso] }
	for _, x := range [][4]string{{"JPY", "69653.91", "0", "69654"}, {"JPY", "69653.91", "69654", "0"}, {"BHD", "12.3456", "0", "12.346"}} {
		o := &qloapps.Order{Currency: x[0], TotalIncl: money.MustParse(x[1]), TotalPaid: money.MustParse(x[2])}
		if got := due(o, digits); !got.Equal(money.MustParse(x[3])) {
			t.Errorf("%s less %s are %s %s due, want %s", x[1], x[2], got, x[0], x[3])
		}
	}
}
