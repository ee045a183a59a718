package destination

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/qlobooks/qlobooks/internal/engine"
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
