package destination

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
)

// TestAJournalWhoseTotalIsNotToldMovesItsLines is entered as it was sent, unless the answer says otherwise.
func TestAJournalWhoseTotalIsNotToldMovesItsLines(t *testing.T) {
	t.Parallel()

	const sent = `{"journal_date":"2026-03-01","reference_number":"r","line_items":[{"account_id":"1","amount":50,"debit_or_credit":"debit"},{"account_id":"2","amount":50,"debit_or_credit":"credit"}]}`
	for name, tt := range map[string]struct {
		told    string
		differs int
	}{
		"told":      {`,"total":50`, 0},
		"not told":  {``, 0},
		"otherwise": {`,"total":5`, 1},
		"nothing":   {`,"total":0`, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			z := &zohoSays{answers: map[string][]said{"": {{201, `{"code":0,"journal":{"journal_id":"4"` + tt.told + `}}`}}}}
			answer, err := Journals(z.books).Send(t.Context(), engine.Call{Method: http.MethodPost, Path: "/journals", Body: json.RawMessage(sent), Once: true})
			if err != nil || len(answer.Differs) != tt.differs || tt.differs == 0 && !answer.Total.Equal(money.MustParse("50")) {
				t.Errorf("%+v, %v", answer, err)
			}
		})
	}
}

// TestAJournalCountsOnceItIsPublished proves it by its status alone, whatever else that says.
func TestAJournalCountsOnceItIsPublished(t *testing.T) {
	t.Parallel()

	step := engine.Step{Name: "published", Method: http.MethodGet, Path: "/journals/{id}", Proof: &engine.Proof{Path: "/journals/{id}", Envelope: "journal", Field: "status", Any: []string{"published"}, Alone: true}}
	for name, tt := range map[string]struct {
		answer said
		kind   fault.Kind
		code   string
	}{
		"published":           {said{200, `{"code":0,"journal":{"journal_id":"4","status":"published"}}`}, "", ""},
		"a draft":             {said{200, `{"code":0,"journal":{"journal_id":"4","status":"draft"}}`}, fault.Held, "awaits_approval"},
		"approved":            {said{200, `{"code":0,"journal":{"journal_id":"4","status":"approved"}}`}, fault.Held, "awaits_approval"},
		"a word nobody knows": {said{200, `{"code":0,"journal":{"journal_id":"4","status":"parked"}}`}, fault.Held, "awaits_approval"},
		"nothing told":        {said{200, `{"code":0,"journal":{"journal_id":"4"}}`}, fault.Unavailable, "zoho_unavailable"},
		"another one":         {said{200, `{"code":0,"journal":{"journal_id":"5","status":"published"}}`}, fault.Unavailable, "zoho_unavailable"},
		"gone":                {said{404, `{"code":1002}`}, fault.NotFound, "zoho_record_gone"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			z := &zohoSays{answers: map[string][]said{"GET /journals/4": {tt.answer}}}
			err := Journals(z.books).Step(t.Context(), step, []string{"4"})
			if f := fault.Of(err); fault.KindOf(err) != tt.kind || f != nil && (f.Code != tt.code || f.Action == "") {
				t.Error(err)
			}
		})
	}
}
