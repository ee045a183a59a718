package records

import (
	"encoding/json"
	"testing"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/runs"
	"github.com/qlobooks/qlobooks/internal/store"
)

// TestWhatARunIsCalled names runs of guests in any script, and says of those that failed or were canceled that they did.
func TestWhatARunIsCalled(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"李 Kisaragi", "Élodie Roux", "ödön Szabó"} {
		title := titleOf(store.Run{Kind: runs.Sync, Section: "customers", Request: json.RawMessage(`{"ids":["4"]}`)}, map[string]string{"customers 4": name})
		if want := map[string]string{"ödön Szabó": "Ödön Szabó"}[name]; title != name && title != want {
			t.Errorf("the run of %s is called %q", name, title)
		}
	}
	for _, kind := range []string{runs.Initialize, runs.Sync, runs.Preview, runs.Setup, runs.Import, runs.Pairing, runs.MappingRefresh, runs.Reconcile, runs.Tick, runs.Daily, runs.Undo} {
		for status, want := range map[store.RunStatus]string{store.RunFailed: "Could not work", store.RunCanceled: "Canceled before anything was done"} {
			if got := sentenceOf(store.Run{Kind: kind, Status: status, Result: json.RawMessage(`{}`)}); got != want {
				t.Errorf("%s %s: %q, want %q", status, kind, got, want)
			}
		}
	}
	if got := sentenceOf(store.Run{Kind: runs.Sync, Status: store.RunFailed, Done: 3}); got != "3 sent" {
		t.Errorf("a run that failed in the middle: %q", got)
	}
	if got := sentenceOf(store.Run{Kind: runs.Import, Status: store.RunDone, CallsUsed: 6, Result: json.RawMessage(`{"looked":1,"imported":0,"waiting":1}`)}); got != "1 for you · 6 calls" {
		t.Errorf("an import whose payment waits for a person: %q", got)
	}
}

// TestABrakeNamesWhatItsAmountsAre in the one currency that brakes are reckoned in.
func TestABrakeNamesWhatItsAmountsAre(t *testing.T) {
	t.Parallel()
	if got, want := brakeSentence(wire.Brake{Limit: "brake_max_amount", Wanted: "12500.00", Allowed: "10000.00"}, store.Itself), "A scheduled run wants to send 12500.00 in QloApps' default currency, 10000.00 is allowed"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
