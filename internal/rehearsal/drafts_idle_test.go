package rehearsal_test

import (
	"strconv"
	"testing"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestDraftsOfWhichNothingIsNewAreLookedAtTogether syncs the whole sample hotel again while its invoices are drafts: the books' list
// tells of all whether somebody sent them, one call for each batch. One that was sent meanwhile is a draft no more.
func TestDraftsOfWhichNothingIsNewAreLookedAtTogether(t *testing.T) {
	atOnce(t)
	d := opened(t, "draftidle_")
	d.must(d.Set(d.ctx, "orders", "post_as", "draft"))
	again := func() []books.Call {
		t.Helper()
		before := len(d.Books.Calls())
		_, err := d.SyncAll(d.ctx)
		d.must(err)
		settled(d.ctx, t, d.Stage)
		return d.Books.Calls()[before:]
	}
	again()
	var drafts []books.Record
	for _, r := range d.Books.Snapshot() {
		if r.Module == "invoices" && r.Status == "draft" {
			drafts = append(drafts, r)
		}
	}
	calls := again()
	if len(drafts) < 20 || len(calls) > len(drafts)/2 { // in how many batches they come is the machine's affair
		t.Errorf("%d drafts of which nothing is new took %d calls: %+v", len(drafts), len(calls), calls)
	}
	sent := drafts[len(drafts)/2]
	d.must(d.Books.SetStatusByHand(sent.ID, "sent"))
	again()
	if n := one(t, d.Stage, "SELECT COUNT(*) FROM qlobooks_documents WHERE draft <> 0"); n != strconv.Itoa(len(drafts)-1) {
		t.Errorf("%s are shown as drafts after one of %d was sent in the books", n, len(drafts))
	}
}
