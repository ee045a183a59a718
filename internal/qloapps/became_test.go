package qloapps_test

import (
	"fmt"
	"testing"

	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
)

// TestWhatBecameOfGivenBackMoney goes through every combination of the fields that say it. Three
// things hold for all of them: money that left is never nothing, what QloApps' pages do not write is
// held, and a mark of QloApps' own is no money.
func TestWhatBecameOfGivenBackMoney(t *testing.T) {
	t.Parallel()
	states := map[string]qloapps.Return{"pending": {}, "denied": {Denied: true}, "completed": {Refunded: true}, "completed and denied": {Refunded: true, Denied: true}}
	// One row for each combination that has a name; everything else must contradict itself.
	want := func(state string, kind int, left, amount bool, slip string) (qloapps.Became, qloapps.Contrary) {
		switch {
		case state != "completed" && left:
			return qloapps.Contradicts, qloapps.NotFinished
		case state != "completed":
			return qloapps.BecameNothing, ""
		case kind == 3 && amount:
			return qloapps.Contradicts, qloapps.UnknownKind
		case !left:
			return qloapps.BecameNothing, ""
		}
		return map[string]qloapps.Became{
				"0 none": qloapps.BecameMoney, "0 beside": qloapps.Contradicts,
				"1 none": qloapps.Contradicts, "1 beside": qloapps.Contradicts,
				"2 certain": qloapps.BecameSlip, "2 turned": qloapps.Contradicts, "2 none": qloapps.Contradicts, "2 several": qloapps.Contradicts,
			}[fmt.Sprint(kind, " ", slip)], map[string]qloapps.Contrary{
				"0 beside": qloapps.SlipBeside, "1 none": qloapps.BothMoneyAndVoucher, "1 beside": qloapps.BothMoneyAndVoucher,
				"2 turned": qloapps.SlipTurnedVoucher, "2 none": qloapps.NoSlip, "2 several": qloapps.SeveralSlips,
			}[fmt.Sprint(kind, " ", slip)]
	}
	slips := map[int][]string{0: {"none", "beside"}, 1: {"none"}, 2: {"certain", "turned", "none", "several"}, 3: {"none"}}
	tried := 0
	for state, ret := range states {
		for kind, kinds := range slips {
			for _, slip := range kinds {
				for _, mode := range []string{"", " ", "Bank wire", "voucher", qloapps.MarkVoucher, qloapps.MarkUnpaid} {
					for _, amount := range []string{"0", "93.60", "-5"} {
						ret := ret
						ret.Kind, ret.PaymentMode, ret.Amount = kind, mode, money.MustParse(amount)
						switch slip {
						case "certain", "turned":
							ret.SlipID, ret.SlipTurned = "21", slip == "turned"
						case "none":
							if kind == qloapps.ReturnSlip {
								ret.Doubt = qloapps.NoSlip
							}
						case "several":
							ret.Doubt = qloapps.SeveralSlips
						case "beside":
							ret.Doubt = qloapps.SlipBeside
						}
						left := amount == "93.60" && (mode == "Bank wire" || mode == "voucher")
						became, why := want(state, kind, left, amount == "93.60", slip)
						if amount == "-5" && state == "completed" && (mode == "Bank wire" || mode == "voucher") {
							became, why = qloapps.Contradicts, qloapps.UnknownKind
						}
						tried++
						if got, because := ret.Becomes(); got != became || because != why {
							t.Errorf("%s, kind %d, slip %s, %q, %s: %s %s, want %s %s", state, kind, slip, mode, amount, got, because, became, why)
						}
						if got, _ := ret.Becomes(); left && got == qloapps.BecameNothing {
							t.Errorf("%s, kind %d, slip %s, %q, %s: money left, and it is nothing", state, kind, slip, mode, amount)
						}
					}
				}
			}
		}
	}
	if tried != 4*8*6*3 {
		t.Errorf("%d combinations were tried", tried)
	}
}
