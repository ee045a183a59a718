package rest

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// getDocument shows one document.
//
//	@ID			getDocument
//	@Summary	What became of one record of one flow
//	@Description	One document of one flow (invoice 12 of QloApps, say): its state and cause, what stands in Zoho Books, the steps that are done and those that are left, what was sent last and its history.
//	@Tags		documents
//	@Security	Bearer
//	@Produce	json
//	@Param		flow		path		string	true	"Flow, for example invoice"
//	@Param		source_id	path		string	true	"Id in QloApps, for example 12 or 3:EUR"
//	@Success	200			{object}	wire.Document
//	@Failure	default		{object}	wire.Problem
//	@Router		/api/v1/documents/{flow}/{source_id} [get]
func (s *server) getDocument(c echo.Context) error {
	doc, err := s.Documents.Get(c.Request().Context(), c.Param("flow"), c.Param("source_id"))
	return answer(c, http.StatusOK, doc, err)
}

// syncDocument queues one document.
//
//	@ID			syncDocument
//	@Summary	Queue one document
//	@Description	Sends the document, and first what it needs that is not there yet. One that is as it was sent costs no call. It goes before automatic work.
//	@Tags		documents
//	@Security	Bearer
//	@Accept		json
//	@Produce	json
//	@Param		flow		path		string			true	"Flow"
//	@Param		source_id	path		string			true	"Id in QloApps"
//	@Param		body		body		wire.Confirm	false	"Pass the brakes"
//	@Success	202			{object}	wire.Run
//	@Failure	default		{object}	wire.Problem
//	@Router		/api/v1/documents/{flow}/{source_id}/sync [post]
func (s *server) syncDocument(c echo.Context) error {
	return verb(c, http.StatusAccepted, flowOf, readConfirm, s.Documents.Sync)
}

// retryDocument queues a document that did not get through.
//
//	@ID			retryDocument
//	@Summary	Try a document again
//	@Description	For a document that failed, is held, or was refused, after its cause was cured. It goes before automatic work. Conflict when nothing is left to try.
//	@Tags		documents
//	@Security	Bearer
//	@Accept		json
//	@Produce	json
//	@Param		flow		path		string			true	"Flow"
//	@Param		source_id	path		string			true	"Id in QloApps"
//	@Param		body		body		wire.Confirm	false	"Pass the brakes"
//	@Success	202			{object}	wire.Run
//	@Failure	default		{object}	wire.Problem
//	@Router		/api/v1/documents/{flow}/{source_id}/retry [post]
func (s *server) retryDocument(c echo.Context) error {
	return verb(c, http.StatusAccepted, flowOf, readConfirm, s.Documents.Retry)
}

// skipDocument takes a document out of scope.
//
//	@ID			skipDocument
//	@Summary	Leave a document out until it is taken back
//	@Description	Nothing is sent for it until it is taken back, whatever changes in QloApps; what stands in Zoho Books stays. The reason is kept in the audit.
//	@Tags		documents
//	@Security	Bearer
//	@Accept		json
//	@Produce	json
//	@Param		flow		path		string		true	"Flow"
//	@Param		source_id	path		string		true	"Id in QloApps"
//	@Param		body		body		wire.Reason	true	"Why"
//	@Success	200			{object}	wire.Document
//	@Failure	default		{object}	wire.Problem
//	@Router		/api/v1/documents/{flow}/{source_id}/skip [post]
func (s *server) skipDocument(c echo.Context) error {
	return verb(c, http.StatusOK, flowOf, readReason, s.Documents.Skip)
}

// unskipDocument takes a document back into scope.
//
//	@ID			unskipDocument
//	@Summary	Take a document back that was left out
//	@Description	It counts again and is sent by the next sync, unless a filter of the settings leaves it out, which is then named.
//	@Tags		documents
//	@Security	Bearer
//	@Produce	json
//	@Param		flow		path		string	true	"Flow"
//	@Param		source_id	path		string	true	"Id in QloApps"
//	@Success	200			{object}	wire.Document
//	@Failure	default		{object}	wire.Problem
//	@Router		/api/v1/documents/{flow}/{source_id}/unskip [post]
func (s *server) unskipDocument(c echo.Context) error {
	doc, err := s.Documents.Unskip(c.Request().Context(), c.Param("flow"), c.Param("source_id"), caller(c).Name)
	return answer(c, http.StatusOK, doc, err)
}

// releaseDocument is a person's choice to go on.
//
//	@ID				releaseDocument
//	@Summary		Go on with a document about which the rules ask
//	@Description	A cancellation with money on its invoice: a credit note over the whole invoice is made. A payment for an invoice before the start date: it is sent unallocated.
//	@Tags			documents
//	@Security		Bearer
//	@Accept			json
//	@Produce		json
//	@Param			flow		path		string		true	"Flow"
//	@Param			source_id	path		string		true	"Id in QloApps"
//	@Param			body		body		wire.Reason	true	"Why"
//	@Success		202			{object}	wire.Run
//	@Failure		default		{object}	wire.Problem
//	@Router			/api/v1/documents/{flow}/{source_id}/release [post]
func (s *server) releaseDocument(c echo.Context) error {
	return verb(c, http.StatusAccepted, flowOf, readReason, s.Documents.Release)
}

// markDocumentSent sends a draft.
//
//	@ID			markDocumentSent
//	@Summary	Mark a draft as sent
//	@Description	The draft is posted in Zoho Books and nobody is mailed; payments and credit notes that waited for it follow by themselves. Conflict/no_draft when it is none.
//	@Tags		documents
//	@Security	Bearer
//	@Produce	json
//	@Param		flow		path		string	true	"Flow"
//	@Param		source_id	path		string	true	"Id in QloApps"
//	@Success	202			{object}	wire.Run
//	@Failure	default		{object}	wire.Problem
//	@Router		/api/v1/documents/{flow}/{source_id}/mark-sent [post]
func (s *server) markDocumentSent(c echo.Context) error {
	run, err := s.Documents.MarkSent(c.Request().Context(), c.Param("flow"), c.Param("source_id"), caller(c).Name)
	return answer(c, http.StatusAccepted, run, err)
}
