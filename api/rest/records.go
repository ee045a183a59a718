package rest

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// listRecords shows one page of a section.
//
//	@ID				listRecords
//	@Summary		One page of a section
//	@Description	Empty with initialized_at null before Initialize. counts covers the whole section, whatever the filters; matching follows them.
//	@Tags			records
//	@Security		Bearer
//	@Produce		json
//	@Param			section		path		string		true	"Section"						Enums(hotels,room-types,service-products,customers,currencies,orders)
//	@Param			limit		query		int			false	"Items per page"				minimum(1)	maximum(200)	default(50)
//	@Param			cursor		query		string		false	"next_cursor of the page before"
//	@Param			sort		query		string		false	"Order; - in front is descending"	Enums(source_id,-source_id,name,-name,last_synced_at,-last_synced_at,updated_at,-updated_at)	default(-source_id)
//	@Param			q			query		string		false	"Beginning of a name, e-mail, reference or number, or an exact id"
//	@Param			status		query		[]string	false	"Any of these states"			collectionFormat(multi)	Enums(not_synced,pending,syncing,synced,blocked,held,failed,unknown,rejected,skipped,disabled)
//	@Param			phase		query		string		false	"Orders only"					Enums(order_sync,invoice_sync,payment_sync,synced,canceled)
//	@Param			hotel		query		string		false	"Orders only: id of a hotel"
//	@Param			currency	query		string		false	"Orders only: ISO code"
//	@Param			date_from	query		string		false	"Orders only: first day"		format(date)
//	@Param			date_to		query		string		false	"Orders only: last day"			format(date)
//	@Param			customer	query		string		false	"Orders only: id of a customer"
//	@Param			draft		query		bool		false	"Orders only, as nothing else is left as a draft: true selects those of which an invoice is one"
//	@Param			issue		query		string		false	"Code of the cause for which a document of the record waits"
//	@Success		200			{object}	wire.RecordPage
//	@Failure		default		{object}	wire.Problem
//	@Router			/api/v1/records/{section} [get]
func (s *server) listRecords(c echo.Context) error {
	if section, file := strings.CutSuffix(c.Param("section"), ".csv"); file {
		return s.recordsFile(c, section)
	}
	section, err := sectionOf(c)
	if err != nil {
		return err
	}
	q, err := recordQuery(c, section)
	if err != nil {
		return err
	}
	page, err := s.Records.List(c.Request().Context(), section, q)
	if err != nil {
		return err
	}
	page.Items = list(page.Items)
	page.NextCursor = cursorOf(page.Next, sortOf(c))
	page.Counts = counted(page.Counts)
	return c.JSON(http.StatusOK, page)
}

// getRecord shows one record with its documents.
//
//	@ID			getRecord
//	@Summary	One record with its documents and history
//	@Description	The row of the list with every document of it, what each waits for, the links to both sides and what happened, newest first.
//	@Tags		records
//	@Security	Bearer
//	@Produce	json
//	@Param		section		path		string	true	"Section"	Enums(hotels,room-types,service-products,customers,currencies,orders)
//	@Param		source_id	path		string	true	"Id in QloApps"
//	@Success	200			{object}	wire.RecordDetail
//	@Failure	default		{object}	wire.Problem
//	@Router		/api/v1/records/{section}/{source_id} [get]
func (s *server) getRecord(c echo.Context) error {
	section, err := sectionOf(c)
	if err != nil {
		return err
	}
	record, err := s.Records.Get(c.Request().Context(), section, c.Param("source_id"))
	return answer(c, http.StatusOK, record, err)
}

// initializeSection lists the source records of a section.
//
//	@ID				initializeSection
//	@Summary		List the source records of a section
//	@Description	One row per source record, without a call to Zoho. Repeatable; resets nothing.
//	@Tags			records
//	@Security		Bearer
//	@Produce		json
//	@Param			section	path		string	true	"Section"	Enums(hotels,room-types,service-products,customers,currencies,orders)
//	@Success		202		{object}	wire.Run
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/records/{section}/initialize [post]
func (s *server) initializeSection(c echo.Context) error {
	section, err := sectionOf(c)
	if err != nil {
		return err
	}
	run, err := s.Records.Initialize(c.Request().Context(), section, caller(c).Name)
	return answer(c, http.StatusAccepted, run, err)
}

// syncRecords queues records of a section.
//
//	@ID				syncRecords
//	@Summary		Queue records of a section
//	@Description	Exactly one of ids, all and filter. A second identical request while one runs answers the running one.
//	@Tags			records
//	@Security		Bearer
//	@Accept			json
//	@Produce		json
//	@Param			section	path		string				true	"Section"	Enums(hotels,room-types,service-products,customers,currencies,orders)
//	@Param			body	body		wire.SyncRequest	true	"Which records"
//	@Success		202		{object}	wire.Run
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/records/{section}/sync [post]
func (s *server) syncRecords(c echo.Context) error {
	section, err := sectionOf(c)
	if err != nil {
		return err
	}
	sel, err := readSelection(c, section)
	if err != nil {
		return err
	}
	run, err := s.Records.Sync(c.Request().Context(), section, sel, caller(c).Name)
	return answer(c, http.StatusAccepted, run, err)
}

// syncRecord queues one record.
//
//	@ID			syncRecord
//	@Summary	Queue one record, an order with all its documents
//	@Description	Sends what is new or changed and nothing else; one that is as it was sent costs no call. It goes before automatic work.
//	@Tags		records
//	@Security	Bearer
//	@Accept		json
//	@Produce	json
//	@Param		section		path		string			true	"Section"	Enums(hotels,room-types,service-products,customers,currencies,orders)
//	@Param		source_id	path		string			true	"Id in QloApps"
//	@Param		body		body		wire.Confirm	false	"Pass the brakes"
//	@Success	202			{object}	wire.Run
//	@Failure	default		{object}	wire.Problem
//	@Router		/api/v1/records/{section}/{source_id}/sync [post]
func (s *server) syncRecord(c echo.Context) error {
	return verb(c, http.StatusAccepted, sectionOf, readConfirm, s.Records.SyncOne)
}

// markRecordsSent sends the drafts of chosen orders.
//
//	@ID				markRecordsSent
//	@Summary		Mark the drafts of orders as sent
//	@Description	Only invoices that stand in Zoho Books as drafts, because orders.post_as says so; what waits for them follows by itself. Nobody is mailed. Exactly one of ids, all and filter. As with a synchronization the run waits at a brake that it exceeds, unless confirm is sent.
//	@Tags			records
//	@Security		Bearer
//	@Accept			json
//	@Produce		json
//	@Param			section	path		string				true	"Section"	Enums(orders)
//	@Param			body	body		wire.SyncRequest	true	"Which records; documents is ignored"
//	@Success		202		{object}	wire.Run
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/records/{section}/mark-sent [post]
func (s *server) markRecordsSent(c echo.Context) error {
	section, err := orderSection(c)
	if err != nil {
		return err
	}
	sel, err := readSelection(c, section)
	if err != nil {
		return err
	}
	run, err := s.Records.MarkSent(c.Request().Context(), sel, caller(c).Name)
	return answer(c, http.StatusAccepted, run, err)
}

// countDrafts tells how many drafts would be marked as sent.
//
//	@ID				countDrafts
//	@Summary		Count the drafts of orders
//	@Description	What mark-sent would send, counted and not touched: to be shown before confirm is sent. Exactly one of ids, all and filter.
//	@Tags			records
//	@Security		Bearer
//	@Accept			json
//	@Produce		json
//	@Param			section	path		string				true	"Section"	Enums(orders)
//	@Param			body	body		wire.SyncRequest	true	"Which records; documents is ignored"
//	@Success		200		{object}	wire.DraftCount
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/records/{section}/mark-sent/preview [post]
func (s *server) countDrafts(c echo.Context) error {
	section, err := orderSection(c)
	if err != nil {
		return err
	}
	sel, err := readSelection(c, section)
	if err != nil {
		return err
	}
	count, err := s.Records.Drafts(c.Request().Context(), sel)
	return answer(c, http.StatusOK, count, err)
}

// markRecordSent sends the drafts of one order.
//
//	@ID			markRecordSent
//	@Summary	Mark the drafts of one order as sent
//	@Description	Every invoice of the order that stands as a draft is posted in Zoho Books and nobody is mailed; what waited for it follows by itself. Conflict/no_draft when the order has none.
//	@Tags		records
//	@Security	Bearer
//	@Produce	json
//	@Param		section		path		string	true	"Section"	Enums(orders)
//	@Param		source_id	path		string	true	"Id in QloApps"
//	@Success	202			{object}	wire.Run
//	@Failure	default		{object}	wire.Problem
//	@Router		/api/v1/records/{section}/{source_id}/mark-sent [post]
func (s *server) markRecordSent(c echo.Context) error {
	if _, err := orderSection(c); err != nil {
		return err
	}
	run, err := s.Records.MarkSent(c.Request().Context(), wire.SyncRequest{IDs: []string{c.Param("source_id")}, Confirm: true}, caller(c).Name)
	return answer(c, http.StatusAccepted, run, err)
}

// orderSection is the section in the path where only orders have such documents.
func orderSection(c echo.Context) (string, error) {
	section, err := sectionOf(c)
	if err == nil && section != wire.Orders {
		err = notFound("section with drafts", section)
	}
	return section, err
}

// retryRecord queues what did not get through.
//
//	@ID			retryRecord
//	@Summary	Try again what did not get through
//	@Description	Queues the record's documents that failed, are held or were refused, after their cause was cured; those that are done are left alone.
//	@Tags		records
//	@Security	Bearer
//	@Accept		json
//	@Produce	json
//	@Param		section		path		string			true	"Section"	Enums(hotels,room-types,service-products,customers,currencies,orders)
//	@Param		source_id	path		string			true	"Id in QloApps"
//	@Param		body		body		wire.Confirm	false	"Pass the brakes"
//	@Success	202			{object}	wire.Run
//	@Failure	default		{object}	wire.Problem
//	@Router		/api/v1/records/{section}/{source_id}/retry [post]
func (s *server) retryRecord(c echo.Context) error {
	return verb(c, http.StatusAccepted, sectionOf, readConfirm, s.Records.Retry)
}

// skipRecord takes a record out of scope.
//
//	@ID			skipRecord
//	@Summary	Leave a record out until it is taken back
//	@Description	Its main document is left out, and with it what needs it, until it is taken back; what stands in Zoho Books stays. The reason is kept in the audit.
//	@Tags		records
//	@Security	Bearer
//	@Accept		json
//	@Produce	json
//	@Param		section		path		string		true	"Section"	Enums(hotels,room-types,service-products,customers,currencies,orders)
//	@Param		source_id	path		string		true	"Id in QloApps"
//	@Param		body		body		wire.Reason	true	"Why"
//	@Success	200			{object}	wire.RecordDetail
//	@Failure	default		{object}	wire.Problem
//	@Router		/api/v1/records/{section}/{source_id}/skip [post]
func (s *server) skipRecord(c echo.Context) error {
	return verb(c, http.StatusOK, sectionOf, readReason, s.Records.Skip)
}

// unskipRecord takes a record back into scope.
//
//	@ID			unskipRecord
//	@Summary	Take a record back that was left out
//	@Description	It counts again and is sent by the next sync, unless a filter of the settings leaves it out, which is then named.
//	@Tags		records
//	@Security	Bearer
//	@Produce	json
//	@Param		section		path		string	true	"Section"	Enums(hotels,room-types,service-products,customers,currencies,orders)
//	@Param		source_id	path		string	true	"Id in QloApps"
//	@Success	200			{object}	wire.RecordDetail
//	@Failure	default		{object}	wire.Problem
//	@Router		/api/v1/records/{section}/{source_id}/unskip [post]
func (s *server) unskipRecord(c echo.Context) error {
	section, err := sectionOf(c)
	if err != nil {
		return err
	}
	record, err := s.Records.Unskip(c.Request().Context(), section, c.Param("source_id"), caller(c).Name)
	return answer(c, http.StatusOK, record, err)
}
