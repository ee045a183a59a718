package zoho

import "testing"

func TestACountIsFoundWhereverItStands(t *testing.T) {
	t.Parallel()

	for body, want := range map[string]int{
		`{"code":0,"page_context":{"total":12}}`:                                          12,
		`{"code":0,"page_context":[{"total":"12"}]}`:                                      12,
		`{"code":0,"page_context":{"page":1},"count":3}`:                                  3,
		`{"code":0,"page_context":{"total_count":0}}`:                                     0,
		`{"code":0,"invoices":[{"invoice_id":"1"}],"page_context":{"response_option":2}}`: -1,
		`{"code":0,"page_context":[]}`:                                                    -1,
		`{"code":0,"page_context":{"total":"many"}}`:                                      -1,
		`[]`: -1,
	} {
		n, known := counted([]byte(body))
		if known != (want >= 0) || known && n != want {
			t.Errorf("%s: %d, known %t", body, n, known)
		}
	}
}
