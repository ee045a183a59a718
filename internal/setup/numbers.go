package setup

import (
	"maps"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/qloapps"
)

// numbers checks that the numbers QloApps prints can tell documents apart for ever: Zoho takes each
// number once.
func (s *steps) numbers(hotel *qloapps.Reader, own bool) error {
	if !own {
		return nil
	}
	shop, err := hotel.Shop(s.ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(shop.Numberings(), func(n qloapps.Numbering) bool { return n.InvoiceReset && !n.InvoiceUseYear }) {
		s.add("invoice_numbers", needed, "QloApps begins its invoice numbers again every year, but prints no year: next year's numbers would be taken already.",
			"In QloApps, Orders, Invoices, add the year as a suffix or prefix of the number; or let Zoho Books number invoices (Configuration, Orders).")
	} else {
		s.add("invoice_numbers", existed, "No invoice number comes twice.", "")
	}
	languages, err := hotel.Languages(s.ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(shop.Numberings(), func(n qloapps.Numbering) bool { return withoutPrefix(n, languages) }) {
		s.add("slip_numbers", needed, "QloApps prints credit slips without a prefix, such as 000001: in Zoho Books such a number may belong to another document, and says nothing.",
			"In QloApps, Orders, Credit slips, enter a prefix for every language.")
	} else {
		s.add("slip_numbers", existed, "Credit slips have a prefix.", "")
	}
	return nil
}

// withoutPrefix reports that slips of some language have no prefix: its row is empty, or there is none.
func withoutPrefix(shop qloapps.Numbering, languages []string) bool {
	bare := func(prefix string) bool { return strings.TrimSpace(prefix) == "" }
	for _, lang := range languages {
		if bare(shop.SlipPrefix[lang]) {
			return true
		}
	}
	return len(shop.SlipPrefix) == 0 || slices.ContainsFunc(slices.Collect(maps.Values(shop.SlipPrefix)), bare)
}
