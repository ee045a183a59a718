package rest

import (
	"net/http"
	"regexp"

	"github.com/labstack/echo/v4"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

var zohoID = regexp.MustCompile(`^[0-9]{1,32}$`)

// readZohoID reads {zoho_id}.
func readZohoID(c echo.Context) (string, error) {
	var in wire.ZohoID
	if err := readBody(c, &in); err != nil {
		return "", err
	}
	if !zohoID.MatchString(in.ZohoID) {
		return "", invalid("zoho_id", "must be the id of a record in Zoho Books, as digits")
	}
	return in.ZohoID, nil
}

// pairRecord is the verb pair of a record.
//
//	@ID			pairRecord
//	@Summary	Tie a record to what already stands in Zoho Books
//	@Description	Reads the Zoho record and checks its kind and currency. 409 already_paired when it stands for another record. The next sync brings it up to date.
//	@Tags		records
//	@Security	Bearer
//	@Accept		json
//	@Produce	json
//	@Param		section		path		string		true	"Section"	Enums(hotels,room-types,service-products,customers,currencies,orders)
//	@Param		source_id	path		string		true	"Id in QloApps"
//	@Param		body		body		wire.ZohoID	true	"Zoho record"
//	@Success	200			{object}	wire.RecordDetail
//	@Failure	default		{object}	wire.Problem
//	@Router		/api/v1/records/{section}/{source_id}/pair [post]
func (s *server) pairRecord(c echo.Context) error {
	return verb(c, http.StatusOK, sectionOf, readZohoID, s.Ties.PairRecord)
}

// unpairRecord is the verb unpair of a record.
//
//	@ID			unpairRecord
//	@Summary	Forget what stands for a record in Zoho Books
//	@Description	Nothing is changed or deleted in Zoho Books.
//	@Tags		records
//	@Security	Bearer
//	@Accept		json
//	@Produce	json
//	@Param		section		path		string		true	"Section"	Enums(hotels,room-types,service-products,customers,currencies,orders)
//	@Param		source_id	path		string		true	"Id in QloApps"
//	@Param		body		body		wire.Reason	true	"Why"
//	@Success	200			{object}	wire.RecordDetail
//	@Failure	default		{object}	wire.Problem
//	@Router		/api/v1/records/{section}/{source_id}/unpair [post]
func (s *server) unpairRecord(c echo.Context) error {
	return verb(c, http.StatusOK, sectionOf, readReason, s.Ties.UnpairRecord)
}

// recreateRecord is the verb recreate of a record.
//
//	@ID			recreateRecord
//	@Summary	Make a record stand in Zoho Books again
//	@Description	For what was deleted, merged, voided or changed there by hand. The key stays the same, so that nothing is made twice.
//	@Tags		records
//	@Security	Bearer
//	@Accept		json
//	@Produce	json
//	@Param		section		path		string		true	"Section"	Enums(hotels,room-types,service-products,customers,currencies,orders)
//	@Param		source_id	path		string		true	"Id in QloApps"
//	@Param		body		body		wire.Reason	true	"Why"
//	@Success	202			{object}	wire.Run
//	@Failure	default		{object}	wire.Problem
//	@Router		/api/v1/records/{section}/{source_id}/recreate [post]
func (s *server) recreateRecord(c echo.Context) error {
	return verb(c, http.StatusAccepted, sectionOf, readReason, s.Ties.RecreateRecord)
}

// pairDocument is the verb pair of a document.
//
//	@ID			pairDocument
//	@Summary	Tie a document to what already stands in Zoho Books
//	@Description	Reads the Zoho record and checks its kind and currency. 409 already_paired when it stands for another record. The next sync brings it up to date.
//	@Tags		documents
//	@Security	Bearer
//	@Accept		json
//	@Produce	json
//	@Param		flow		path		string		true	"Flow"
//	@Param		source_id	path		string		true	"Id in QloApps"
//	@Param		body		body		wire.ZohoID	true	"Zoho record"
//	@Success	200			{object}	wire.Document
//	@Failure	default		{object}	wire.Problem
//	@Router		/api/v1/documents/{flow}/{source_id}/pair [post]
func (s *server) pairDocument(c echo.Context) error {
	return verb(c, http.StatusOK, flowOf, readZohoID, s.Ties.PairDocument)
}

// unpairDocument is the verb unpair of a document.
//
//	@ID			unpairDocument
//	@Summary	Forget what stands for a document in Zoho Books
//	@Description	Nothing is changed or deleted in Zoho Books.
//	@Tags		documents
//	@Security	Bearer
//	@Accept		json
//	@Produce	json
//	@Param		flow		path		string		true	"Flow"
//	@Param		source_id	path		string		true	"Id in QloApps"
//	@Param		body		body		wire.Reason	true	"Why"
//	@Success	200			{object}	wire.Document
//	@Failure	default		{object}	wire.Problem
//	@Router		/api/v1/documents/{flow}/{source_id}/unpair [post]
func (s *server) unpairDocument(c echo.Context) error {
	return verb(c, http.StatusOK, flowOf, readReason, s.Ties.UnpairDocument)
}

// recreateDocument is the verb recreate of a document.
//
//	@ID			recreateDocument
//	@Summary	Make a document stand in Zoho Books again
//	@Description	For what was deleted, merged, voided or changed there by hand. The key stays the same, so that nothing is made twice.
//	@Tags		documents
//	@Security	Bearer
//	@Accept		json
//	@Produce	json
//	@Param		flow		path		string		true	"Flow"
//	@Param		source_id	path		string		true	"Id in QloApps"
//	@Param		body		body		wire.Reason	true	"Why"
//	@Success	202			{object}	wire.Run
//	@Failure	default		{object}	wire.Problem
//	@Router		/api/v1/documents/{flow}/{source_id}/recreate [post]
func (s *server) recreateDocument(c echo.Context) error {
	return verb(c, http.StatusAccepted, flowOf, readReason, s.Ties.RecreateDocument)
}

// takeDocumentChange is the verb take-change of a document.
//
//	@ID			takeDocumentChange
//	@Summary	Take over what was changed of a document in Zoho Books by hand
//	@Description	For what moves no amount: its number, its reference, and of a payment its deposit account and mode. Nothing is sent. Conflict/still_there when it stands as it was posted.
//	@Tags		documents
//	@Security	Bearer
//	@Accept		json
//	@Produce	json
//	@Param		flow		path		string		true	"Flow"
//	@Param		source_id	path		string		true	"Id in QloApps"
//	@Param		body		body		wire.Reason	true	"Why"
//	@Success	200			{object}	wire.Document
//	@Failure	default		{object}	wire.Problem
//	@Router		/api/v1/documents/{flow}/{source_id}/take-change [post]
func (s *server) takeDocumentChange(c echo.Context) error {
	return verb(c, http.StatusOK, flowOf, readReason, s.Ties.TakeChange)
}
