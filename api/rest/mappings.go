package rest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// getMapping shows one mapping table.
//
//	@ID			getMapping
//	@Summary	One mapping table with its choices
//	@Description	Every row of QloApps that needs a choice, what is chosen, what is suggested and why, how many documents wait for it, and everything that can be chosen. Answered from what was read last.
//	@Tags		mappings
//	@Security	Bearer
//	@Produce	json
//	@Param		kind	path		string	true	"Kind"	Enums(items,accounts,taxes,payment-modes,deposit-accounts,tags,locations)
//	@Success	200		{object}	wire.MappingPage
//	@Header		200		{string}	ETag	"Version of what is chosen"
//	@Failure	default	{object}	wire.Problem
//	@Router		/api/v1/mappings/{kind} [get]
func (s *server) getMapping(c echo.Context) error {
	kind, err := kindOf(c)
	if err != nil {
		return err
	}
	page, err := s.Mappings.Get(c.Request().Context(), kind)
	return versioned(c, page.Version, whole(page), err)
}

// putMapping changes rows of a mapping table.
//
//	@ID				putMapping
//	@Summary		Change rows of a mapping table
//	@Description	Changes only the rows named; zoho_id null forgets a choice. Records that were blocked for them continue by themselves.
//	@Tags			mappings
//	@Security		Bearer
//	@Accept			json
//	@Produce		json
//	@Param			kind	path		string				true	"Kind"	Enums(items,accounts,taxes,payment-modes,deposit-accounts,tags,locations)
//	@Param			body	body		wire.MappingInput	true	"Rows to change"
//	@Param			If-Match	header	string	false	"ETag of the version from which the change was made; 412 when it no longer stands"
//	@Success		200		{object}	wire.MappingPage
//	@Header			200		{string}	ETag	"Version of what is chosen"
//	@Failure		412		{object}	wire.Changed
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/mappings/{kind} [put]
func (s *server) putMapping(c echo.Context) error {
	kind, err := kindOf(c)
	if err != nil {
		return err
	}
	var in wire.MappingInput
	if err := readBody(c, &in); err != nil {
		return err
	}
	if err := checkRows(in.Items); err != nil {
		return err
	}
	page, err := s.Mappings.Put(c.Request().Context(), kind, in.Items, madeFrom(c), caller(c).Name)
	return versioned(c, page.Version, whole(page), err)
}

// refreshMappings reads the choices again.
//
//	@ID			refreshMappings
//	@Summary	Read the choices from Zoho again
//	@Description	Reads taxes, accounts, items, payment modes, tags and locations, or the kinds that are named, with one call for each page. Choices stay as they are; one that is inactive or gone is shown so.
//	@Tags		mappings
//	@Security	Bearer
//	@Accept		json
//	@Produce	json
//	@Param		body	body		wire.MappingRefresh	false	"Kinds; absent = all"
//	@Success	202		{object}	wire.Run
//	@Failure	default	{object}	wire.Problem
//	@Router		/api/v1/mappings/refresh [post]
func (s *server) refreshMappings(c echo.Context) error {
	var in wire.MappingRefresh
	if err := readOptionalBody(c, &in); err != nil {
		return err
	}
	for i, kind := range in.Kinds {
		if !slices.Contains(wire.MappingKinds, kind) {
			return invalid(fmt.Sprintf("kinds[%d]", i), "is none of %s", strings.Join(wire.MappingKinds, ", "))
		}
	}
	kinds := in.Kinds
	if len(kinds) == 0 {
		kinds = wire.MappingKinds
	}
	run, err := s.Mappings.Refresh(c.Request().Context(), kinds, caller(c).Name)
	return answer(c, http.StatusAccepted, run, err)
}

// sendMappingAgain sends what stands under a former choice.
//
//	@ID				sendMappingAgain
//	@Summary		Send again what stands under a former choice
//	@Description	Another choice changes nothing that stands. This sends the documents that were sent with a former one anew, as far as Zoho Books lets them be changed.
//	@Tags			mappings
//	@Security		Bearer
//	@Accept			json
//	@Produce		json
//	@Param			kind	path		string				true	"Kind"	Enums(items,accounts,taxes,payment-modes,deposit-accounts,tags,locations)
//	@Param			body	body		wire.MappingAgain	true	"The row and its former choice"
//	@Success		202		{object}	wire.Run
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/mappings/{kind}/send-again [post]
func (s *server) sendMappingAgain(c echo.Context) error {
	kind, err := kindOf(c)
	if err != nil {
		return err
	}
	var in wire.MappingAgain
	if err := readBody(c, &in); err != nil {
		return err
	}
	run, err := s.Mappings.SendAgain(c.Request().Context(), kind, in.SourceID, in.ZohoID, caller(c).Name)
	return answer(c, http.StatusAccepted, run, err)
}

func kindOf(c echo.Context) (string, error) {
	kind := c.Param("kind")
	if !slices.Contains(wire.MappingKinds, kind) {
		return "", notFound("mapping", kind)
	}
	return kind, nil
}

// checkRows refuses rows without an id and rows named twice, of which one would win by chance.
func checkRows(rows []wire.MappingRow) error {
	seen := map[string]bool{}
	for i, row := range rows {
		field := fmt.Sprintf("items[%d].source_id", i)
		if row.SourceID == "" {
			return invalid(field, "must not be empty")
		}
		if seen[row.SourceID] {
			return invalid(field, "names «%s» a second time", shown(row.SourceID, 60))
		}
		seen[row.SourceID] = true
		if row.ZohoID != nil && *row.ZohoID == "" {
			return invalid(fmt.Sprintf("items[%d].zoho_id", i), "must be an id, or null to forget the choice")
		}
	}
	return nil
}

func whole(page wire.MappingPage) wire.MappingPage {
	page.Items, page.Choices = list(page.Items), list(page.Choices)
	return page
}
