package rehearsal_test

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestALockThatBeginsInTheMiddleOfAnUndo has Zoho Books lock a period while invoices are being made void: what lies in it is
// left for that reason and reads as before, everything else is taken back. Unlocked and undone again nothing stands, and
// sent again everything does, as before.
func TestALockThatBeginsInTheMiddleOfAnUndo(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := synced(ctx, t)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	before := allStand(t, s)
	lock := median(ctx, t, s.App.Config.MySQLDSN.Reveal(), "qlo_")
	source := one(t, s, "SELECT MAX(id) FROM qlobooks_runs WHERE kind = 'sync' AND section = 'orders'")
	again := map[string]any{"reason": "A wrong tax", "confirm": organization(ctx, t, s)}

	must(s.Books.SetFaults(books.Rule{Method: "POST", Path: "/invoices/[0-9]+/status/void$", Fault: books.FaultLate}))
	var run rehearsal.Run
	must(s.Call(ctx, http.MethodPost, "/runs/"+source+"/undo", again, &run))
	eventually(ctx, t, s, "invoices are being made void", func() bool { return s.Books.Late() > 0 })
	must(s.Books.SetLock("sales", lock))
	must(s.Books.SetFaults())
	s.Books.GoOn()
	atRest(ctx, t, s)

	left, gone := 0, 0
	after := allStand(t, s)
	for key := range before {
		flow, id, _ := strings.Cut(key, ":")
		if !slices.Contains([]string{"sales_order", "invoice", "payment", "credit_note", "refund", "cancellation"}, flow) {
			continue
		}
		ended := one(t, s, "SELECT CONCAT_WS(' ', u.state, IF(u.code = 'undo_refused' AND u.detail LIKE '%is locked%', 'locked', u.code), IF(u.state = 'refused', d.status = u.was_status, d.status = 'not_synced'), d.undo_run) FROM qlobooks_undo u JOIN qlobooks_documents d ON d.id = u.document_id WHERE u.run_id = ? AND d.flow = ? AND d.source_id = ?", run.ID, flow, id)
		is, stands := after[key]
		stands = stands && !strings.Contains(is, " void ")
		switch ended {
		case "taken_back  1 0":
			gone++
			if stands {
				t.Errorf("%s is taken back, and stands: %s", key, is)
			}
		case "refused locked 1 0", "refused period_locked 1 0", "refused stands_on_it 1 0": // by its words, as it was not known before
			left++
			if !stands {
				t.Errorf("%s is left, and does not stand: %s", key, is)
			}
		default:
			t.Errorf("%s: %s", key, ended)
		}
	}
	if left < 5 || gone < 5 {
		t.Errorf("%d are left and %d taken back", left, gone)
	}

	must(s.Books.SetLock("sales", ""))
	must(s.Call(ctx, http.MethodPost, "/connection/test", nil, nil))
	_, err := s.Start(ctx, "/runs/"+source+"/undo", again)
	must(err)
	atRest(ctx, t, s)
	if n := one(t, s, "SELECT COUNT(*) FROM qlobooks_documents WHERE undo_run <> 0 OR zoho_id <> '' AND flow IN ('sales_order', 'invoice', 'payment', 'credit_note', 'refund', 'cancellation')"); n != "0" {
		t.Errorf("%s documents stand after they were undone without a lock", n)
	}
	_, err = s.Start(ctx, "/records/orders/sync", map[string]any{"all": true, "confirm": true})
	must(err)
	atRest(ctx, t, s)
	after = allStand(t, s)
	for _, key := range slices.Sorted(maps.Keys(before)) {
		if before[key] != after[key] {
			t.Errorf("%s\n  was %s\n  is  %s", key, before[key], after[key])
		}
	}
}
