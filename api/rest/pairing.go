package rest

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/settings"
	"github.com/qlobooks/qlobooks/internal/strict"
)

// loadContacts reads the contacts of Zoho Books.
//
//	@ID			loadContacts
//	@Summary	Read the contacts of Zoho Books, 200 a call
//	@Description	A run that reads all contacts of the organization, page by page, for suggestions and search. It may be repeated; what it read is kept until the next.
//	@Tags		pairing
//	@Security	Bearer
//	@Produce	json
//	@Success	202		{object}	wire.Run
//	@Failure	default	{object}	wire.Problem
//	@Router		/api/v1/pairing/customers/load [post]
func (s *server) loadContacts(c echo.Context) error {
	run, err := s.Pairing.Load(c.Request().Context(), caller(c).Name)
	return answer(c, http.StatusAccepted, run, err)
}

// listPairing shows customers with what may stand for them.
//
//	@ID				listPairing
//	@Summary		Customers with the contacts that may be the same person
//	@Description	Suggestions come from the contacts that were loaded last; nobody is paired by them.
//	@Tags			pairing
//	@Security		Bearer
//	@Produce		json
//	@Param			limit	query		int		false	"Items per page"	minimum(1)	maximum(200)	default(50)
//	@Param			cursor	query		string	false	"next_cursor of the page before"
//	@Param			sort	query		string	false	"Order; - in front is descending"	Enums(customer_id,-customer_id,name,-name)	default(customer_id)
//	@Param			q		query		string	false	"Beginning of a name or e-mail, or an exact id"
//	@Param			status	query		[]string	false	"Any of these states"	collectionFormat(multi)	Enums(linked,open)
//	@Success		200		{object}	wire.PairingPage
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/pairing/customers [get]
func (s *server) listPairing(c echo.Context) error {
	var w wrongs
	known(c, &w, "limit", "cursor", "sort", "q", "status")
	sort := c.QueryParam("sort")
	w.oneOf("sort", sort, []string{"customer_id", "-customer_id", "name", "-name"})
	if sort == "customer_id" {
		sort = "" // as without
	}
	q := wire.PairingQuery{Sort: strings.TrimPrefix(sort, "-"), Descending: strings.HasPrefix(sort, "-"), Limit: limitOf(c, &w), After: positionOf(c, sort, sortedBy(sort), &w), Q: strings.TrimSpace(c.QueryParam("q"))}
	for n, status := range c.QueryParams()["status"] {
		w.oneOf("status", status, []string{"linked", "open"})
		if n > 0 && status != q.Status {
			q.Status = "" // linked and open are all
			break
		}
		q.Status = status
	}
	if err := w.err(); err != nil {
		return err
	}
	page, err := s.Pairing.List(c.Request().Context(), q)
	if err != nil {
		return err
	}
	page.Items, page.NextCursor = list(page.Items), cursorOf(page.Next, sort)
	return c.JSON(http.StatusOK, page)
}

// listContacts searches what was loaded.
//
//	@ID				listContacts
//	@Summary		Search the contacts of Zoho Books that were loaded
//	@Description	Finds a part of a name, company or e-mail, an exact id, or a phone number. Calls nobody.
//	@Tags			pairing
//	@Security		Bearer
//	@Produce		json
//	@Param			limit	query		int		false	"At most so many"	minimum(1)	maximum(200)	default(50)
//	@Param			q		query		string	false	"Part of a name, company or e-mail; an exact id; a phone number"
//	@Success		200		{object}	wire.ContactList
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/pairing/contacts [get]
func (s *server) listContacts(c echo.Context) error {
	var w wrongs
	known(c, &w, "limit", "q")
	limit := limitOf(c, &w)
	if err := w.err(); err != nil {
		return err
	}
	found, err := s.Pairing.Contacts(c.Request().Context(), strings.TrimSpace(c.QueryParam("q")), limit)
	found.Items = list(found.Items)
	return answer(c, http.StatusOK, found, err)
}

// previewNames shows what a name pattern makes of real guests.
//
//	@ID				previewNames
//	@Summary		What a name pattern makes of real guests
//	@Description	Of the newest guests: the name as it would stand in Zoho Books, whether it is cut, and who has it already. Saves nothing and calls nobody.
//	@Tags			pairing
//	@Security		Bearer
//	@Produce		json
//	@Param			pattern	query		string	true	"As customers.name_pattern of the settings"	maxlength(200)
//	@Success		200		{object}	wire.NamePreview
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/pairing/names [get]
func (s *server) previewNames(c echo.Context) error {
	var w wrongs
	known(c, &w, "pattern")
	pattern := c.QueryParam("pattern")
	for _, wrong := range settings.Pattern(pattern) {
		w.add("pattern", "%s", wrong.Message)
	}
	if err := w.err(); err != nil {
		return err
	}
	page, err := s.Pairing.Names(c.Request().Context(), pattern)
	page.Items = list(page.Items)
	return answer(c, http.StatusOK, page, err)
}

func customerOf(c echo.Context) (string, error) {
	id := c.Param("id")
	if !sourceID.MatchString(id) {
		return "", notFound("customer", id)
	}
	return id, nil
}

// pairCustomer ties a customer to a contact.
//
//	@ID			pairCustomer
//	@Summary	Tie a customer to a contact of Zoho Books
//	@Description	The contact stands for the customer from now on: later documents go to it, and the customer's details are sent to it where the settings say so. Conflict when the contact stands for somebody else.
//	@Tags		pairing
//	@Security	Bearer
//	@Accept		json
//	@Produce	json
//	@Param		id		path		string		true	"Id of the customer, or 3:EUR for its contact in another currency"
//	@Param		body	body		wire.ZohoID	true	"Contact"
//	@Success	200		{object}	wire.PairingItem
//	@Failure	default	{object}	wire.Problem
//	@Router		/api/v1/pairing/customers/{id} [post]
func (s *server) pairCustomer(c echo.Context) error {
	id, err := customerOf(c)
	if err != nil {
		return err
	}
	zohoID, err := readZohoID(c)
	if err != nil {
		return err
	}
	item, err := s.Pairing.PairCustomer(c.Request().Context(), id, zohoID, caller(c).Name)
	return answer(c, http.StatusOK, item, err)
}

// unpairCustomer forgets a customer's contact.
//
//	@ID			unpairCustomer
//	@Summary	Forget which contact stands for a customer
//	@Description	The contact stays in Zoho Books as it is. The next sync makes or finds another one for the customer. The contact may be named; 409 paired_otherwise when another one stands for the customer by now.
//	@Tags		pairing
//	@Security	Bearer
//	@Accept		json
//	@Produce	json
//	@Param		id		path		string		true	"Id of the customer"
//	@Param		body	body		wire.Unpairing	false	"Contact that is meant, and why"
//	@Success	200		{object}	wire.PairingItem
//	@Failure	default	{object}	wire.Problem
//	@Router		/api/v1/pairing/customers/{id} [delete]
func (s *server) unpairCustomer(c echo.Context) error {
	id, err := customerOf(c)
	if err != nil {
		return err
	}
	var in wire.Unpairing
	if err := readOptionalBody(c, &in); err != nil {
		return err
	}
	if in.ZohoID != "" && !zohoID.MatchString(in.ZohoID) {
		return invalid("zoho_id", "must be the id of a contact in Zoho Books, as digits")
	}
	in.Reason = strict.Plain(in.Reason)
	item, err := s.Pairing.UnpairCustomer(c.Request().Context(), id, in, caller(c).Name)
	return answer(c, http.StatusOK, item, err)
}

var pairingColumns = []string{"customer_id", "zoho_contact_id"}

// getPairs gives the pairs as a file.
//
//	@ID			getPairingFile
//	@Summary	Every customer with its contact, as a file
//	@Description	A CSV file with one line for each customer: customer_id, and in zoho_contact_id the contact that stands for it. Fill in or change zoho_contact_id and send the file back.
//	@Tags		pairing
//	@Security	Bearer
//	@Produce	text/csv
//	@Success	200		{string}	string	"customer_id,zoho_contact_id"
//	@Failure	default	{object}	wire.Problem
//	@Router		/api/v1/pairing/customers.csv [get]
func (s *server) getPairs(c echo.Context) error {
	var file *csvFile
	err := s.Pairing.Pairs(c.Request().Context(), func(page []wire.PairingRow) error {
		if file == nil { // what fails before the first line is told as such
			begun := beginCSV(c, http.StatusOK, "customers.csv")
			file = &begun
			if err := file.write(pairingColumns); err != nil {
				return err
			}
		}
		for _, p := range page {
			if err := file.write([]string{p.CustomerID, p.ZohoContactID}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil && file != nil {
		panic(http.ErrAbortHandler) // its head has gone out: breaking off says that lines are missing
	}
	return err
}

// importPairs ties all customers of a file, or none.
//
//	@ID				importPairingFile
//	@Summary		Tie all customers of a file to their contacts, or none
//	@Description	Needs loaded contacts. Lines without a contact change nothing. Columns may be parted by commas, semicolons or tabs, as spreadsheets write them. Wrong lines are answered with 422 as text/csv: line,field,message, at most 100 and how many were not looked at.
//	@Tags			pairing
//	@Security		Bearer
//	@Accept			text/csv
//	@Produce		json,text/csv
//	@Param			body	body		string	true	"customer_id,zoho_contact_id"
//	@Success		200		{object}	wire.PairingImport
//	@Failure		422		{string}	string	"line,field,message"
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/pairing/customers.csv [post]
func (s *server) importPairs(c echo.Context) error {
	rows, wrong, err := readPairs(c)
	if err != nil {
		return err
	}
	var done wire.PairingImport
	if len(wrong) == 0 {
		if done, wrong, err = s.Pairing.Import(c.Request().Context(), rows, caller(c).Name); err != nil {
			return err
		}
	}
	if len(wrong) == 0 {
		return c.JSON(http.StatusOK, done)
	}
	file := [][]string{{"line", "field", "message"}}
	for _, x := range wrong {
		file = append(file, []string{lineOf(x), x.Field, x.Message})
	}
	return answerCSV(c, http.StatusUnprocessableEntity, "errors.csv", file)
}

// lineOf is the number of a wrong line, "" of the word about those that are not told.
func lineOf(x wire.LineError) string {
	if x.Line == 0 {
		return ""
	}
	return strconv.Itoa(x.Line)
}
