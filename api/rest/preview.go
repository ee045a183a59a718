package rest

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// previewRecords tells what a sync would do.
//
//	@ID				previewRecords
//	@Summary		What a sync of these records would do
//	@Description	Takes the body of sync and sends nothing. The run's result is a Preview.
//	@Tags			records
//	@Security		Bearer
//	@Accept			json
//	@Produce		json
//	@Param			section	path		string				true	"Section"	Enums(hotels,room-types,service-products,customers,currencies,orders)
//	@Param			body	body		wire.SyncRequest	true	"Which records"
//	@Success		202		{object}	wire.Run{result=wire.Preview}
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/records/{section}/preview [post]
func (s *server) previewRecords(c echo.Context) error {
	section, err := sectionOf(c)
	if err != nil {
		return err
	}
	sel, err := readSelection(c, section)
	if err != nil {
		return err
	}
	run, err := s.Records.Preview(c.Request().Context(), section, sel, caller(c).Name)
	return answer(c, http.StatusAccepted, run, err)
}

// previewRecord tells what a sync of one record would do.
//
//	@ID				previewRecord
//	@Summary		What a sync of one record would do, document by document
//	@Description	Sends nothing; of a document that would be changed it reads what stands in Zoho Books, one call each. The run's result is a Preview with documents.
//	@Tags			records
//	@Security		Bearer
//	@Produce		json
//	@Param			section		path		string	true	"Section"	Enums(hotels,room-types,service-products,customers,currencies,orders)
//	@Param			source_id	path		string	true	"Id in QloApps"
//	@Success		202			{object}	wire.Run{result=wire.Preview}
//	@Failure		default		{object}	wire.Problem
//	@Router			/api/v1/records/{section}/{source_id}/preview [post]
func (s *server) previewRecord(c echo.Context) error {
	section, err := sectionOf(c)
	if err != nil {
		return err
	}
	var in wire.Confirm
	if err := readOptionalBody(c, &in); err != nil {
		return err
	}
	run, err := s.Records.PreviewOne(c.Request().Context(), section, c.Param("source_id"), caller(c).Name)
	return answer(c, http.StatusAccepted, run, err)
}

// previewDocument tells what a sync of one document would do.
//
//	@ID			previewDocument
//	@Summary	What a sync of one document would do
//	@Description	Makes the document as a sync would and compares it with what stands; nothing is sent. The run's result is a Preview.
//	@Tags		documents
//	@Security	Bearer
//	@Produce	json
//	@Param		flow		path		string	true	"Flow"
//	@Param		source_id	path		string	true	"Id in QloApps"
//	@Success	202			{object}	wire.Run{result=wire.Preview}
//	@Failure	default		{object}	wire.Problem
//	@Router		/api/v1/documents/{flow}/{source_id}/preview [post]
func (s *server) previewDocument(c echo.Context) error {
	var in wire.Confirm
	if err := readOptionalBody(c, &in); err != nil {
		return err
	}
	run, err := s.Documents.Preview(c.Request().Context(), c.Param("flow"), c.Param("source_id"), caller(c).Name)
	return answer(c, http.StatusAccepted, run, err)
}
