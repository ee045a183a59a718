package rest

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// fileColumns are the fields of a section besides the name, in the order in which people look for them: the same whatever is
// selected.
var fileColumns = map[string][]string{
	wire.Orders: {"reference", "guest", "hotel", "room_types", "check_in", "check_out", "total", "paid", "currency", "source", "order_state",
		"zoho_customer_id", "zoho_sales_order_number", "zoho_invoice_number", "zoho_payment_number", "zoho_credit_note_number"},
	"customers":        {"company", "email"},
	"currencies":       {"iso"},
	"room-types":       {"hotel", "price"},
	"service-products": {"hotel", "price"},
}

// recordsFile streams what the filters of a list select, with the filters and the order of the list.
//
//	@ID				getRecordsFile
//	@Summary		What the filters of a section select, as a file
//	@Description	Takes the filters and the sort of the list, and holds all that they select: there are no pages. One line per record with every column of the section; 409 before Initialize.
//	@Tags			records
//	@Security		Bearer
//	@Produce		text/csv
//	@Param			section		path		string		true	"Section"						Enums(hotels,room-types,service-products,customers,currencies,orders)
//	@Param			sort		query		string		false	"Order; - in front is descending"	Enums(source_id,-source_id,name,-name,last_synced_at,-last_synced_at,updated_at,-updated_at)	default(-source_id)
//	@Param			q			query		string		false	"Beginning of a name, e-mail, reference or number, or an exact id"
//	@Param			status		query		[]string	false	"Any of these states"			collectionFormat(multi)	Enums(not_synced,pending,syncing,synced,blocked,held,failed,unknown,rejected,skipped,disabled)
//	@Param			phase		query		string		false	"Orders only"					Enums(order_sync,invoice_sync,payment_sync,synced,canceled)
//	@Param			hotel		query		string		false	"Orders only: id of a hotel"
//	@Param			currency	query		string		false	"Orders only: ISO code"
//	@Param			date_from	query		string		false	"Orders only: first day"		format(date)
//	@Param			date_to		query		string		false	"Orders only: last day"			format(date)
//	@Param			customer	query		string		false	"Orders only: id of a customer"
//	@Param			issue		query		string		false	"Code of the cause for which a document of the record waits"
//	@Param			draft		query		bool		false	"Orders only, as nothing else is left as a draft: true selects those of which an invoice is one"
//	@Success		200			{string}	string	"source_id,name,status,phase,…"
//	@Failure		default		{object}	wire.Problem
//	@Router			/api/v1/records/{section}.csv [get]
func (s *server) recordsFile(c echo.Context, section string) error {
	if !slices.Contains(wire.Sections, section) {
		return notFound("section", section)
	}
	q, err := recordFilters(c, section)
	if err != nil {
		return err
	}
	file := &recordFile{c: c, section: section}
	if err := s.Records.Each(c.Request().Context(), section, q, file.add); err != nil {
		if file.out == nil {
			return err
		}
		// The head of the answer has gone out: breaking off is the only way to say that lines are missing.
		panic(http.ErrAbortHandler)
	}
	return file.end()
}

// recordFile writes its head with the first record, or at the end when there is none.
type recordFile struct {
	c       echo.Context
	section string
	out     *csvFile
}

func (f *recordFile) begin() error {
	file := beginCSV(f.c, http.StatusOK, f.section+".csv")
	f.out = &file
	head := append([]string{"source_id", "name", "status", "phase"}, fileColumns[f.section]...)
	return f.out.write(append(head, "zoho_id", "zoho_number", "last_synced_at", "cause", "cause_title", "cause_detail"))
}

func (f *recordFile) add(r wire.Record) error {
	if f.out == nil {
		if err := f.begin(); err != nil {
			return err
		}
	}
	line := []string{r.SourceID, r.Name, r.Status, r.Phase}
	for _, name := range fileColumns[f.section] {
		line = append(line, fieldText(r.Fields[name]))
	}
	synced := ""
	if r.LastSyncedAt != nil {
		synced = r.LastSyncedAt.UTC().Format(time.RFC3339)
	}
	var cause wire.Issue
	if r.Issue != nil {
		cause = *r.Issue
	}
	line = append(line, text(r.ZohoID), text(r.ZohoNumber), synced, cause.Code, cause.Title, cause.Detail)
	return f.out.write(line)
}

func (f *recordFile) end() error {
	if f.out == nil {
		return f.begin()
	}
	return nil
}

func fieldText(field wire.Field) string {
	switch v := field.(type) {
	case wire.FieldText:
		return v.Text
	case []wire.FieldText:
		texts := make([]string, len(v))
		for i, one := range v {
			texts[i] = one.Text
		}
		return strings.Join(texts, ", ")
	default:
		return ""
	}
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
