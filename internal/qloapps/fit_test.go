package qloapps

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/qlobooks/qlobooks/internal/money"
)

// TestAShareOfNothingTakesNothing lets shares lie apart from what was paid, by cents or by more: one of 0.00 gets nothing of
// it wherever it stands, neither a cent of rounding nor what no share names.
func TestAShareOfNothingTakesNothing(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		p, some := &paid{}, false
		for range rapid.IntRange(1, 6).Draw(t, "shares") {
			amount := money.Whole(rapid.SampledFrom([]int{0, 1, 250, 10000, -4000}).Draw(t, "cents")).Mul(money.Unit(2))
			p.shares, p.written, some = append(p.shares, Share{Amount: amount, Written: amount}), p.written.Add(amount), some || !amount.IsZero()
		}
		p.Amount = p.written.Add(money.Whole(rapid.IntRange(-9, 9).Draw(t, "apart")).Mul(money.Unit(2)))
		apart := p.differ()
		p.fit()
		sum, beyond := money.Zero, money.Zero
		given := false
		for _, s := range p.shares {
			sum, beyond, given = sum.Add(s.Amount), beyond.Add(s.Beyond), given || !s.Amount.IsZero()
		}
		for n, s := range p.shares {
			if some && s.Written.IsZero() && !s.Amount.IsZero() || given && s.Amount.IsZero() && !s.Beyond.IsZero() {
				t.Fatalf("share %d of %s has %s and %s beyond: %+v", n, s.Written, s.Amount, s.Beyond, p.shares)
			}
		}
		if !apart && !sum.Equal(p.Amount) || apart && !sum.Add(beyond).Equal(p.Amount) {
			t.Fatalf("%s and %s beyond of %s: %+v", sum, beyond, p.Amount, p.shares)
		}
	})
}
