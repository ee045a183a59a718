package rest

import (
	"encoding/json"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/access"
	"github.com/qlobooks/qlobooks/internal/settings"
	"github.com/qlobooks/qlobooks/internal/version"
)

// getSettings shows every section.
//
//	@ID			getSettings
//	@Summary	Every section of the settings
//	@Description	All sections with their present values. Secrets are shown as null; the webhook's whole address only to admins. Each section has an ETag of its own where it is read alone, for If-Match of a later change.
//	@Tags		settings
//	@Security	Bearer
//	@Produce	json
//	@Success	200		{object}	settings.All
//	@Failure	default	{object}	wire.Problem
//	@Router		/api/v1/settings [get]
func (s *server) getSettings(c echo.Context) error {
	all, err := s.Settings.Load(c.Request().Context())
	return answer(c, http.StatusOK, shownTo(caller(c), all), err)
}

// shownTo leaves out what the caller's role must not see.
func shownTo(who access.Caller, all settings.All) settings.All {
	if who.Role.Includes(access.Admin) {
		return settings.WithoutSecrets(all)
	}
	return settings.ForMost(all)
}

// getSettingsSection shows one section.
//
//	@ID				getSettingsSection
//	@Summary		One section of the settings
//	@Description	The answer is that section's object; see getSettings for its fields.
//	@Tags			settings
//	@Security		Bearer
//	@Produce		json
//	@Param			section	path		string	true	"Section"	Enums(currencies,customers,hotels,room_types,service_products,orders,payments,schedule,limits,access,alerts,logs,revenue)
//	@Success		200		{object}	map[string]any
//	@Header			200		{string}	ETag	"Version of the section"
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/settings/{section} [get]
func (s *server) getSettingsSection(c echo.Context) error {
	all, err := s.Settings.Load(c.Request().Context())
	if err != nil {
		return err
	}
	section, ok := settings.Section(shownTo(caller(c), all), c.Param("section"))
	if !ok {
		return notFound("section", c.Param("section"))
	}
	c.Response().Header().Set(eTag, versionFor(caller(c), all, c.Param("section"), section))
	return c.JSON(http.StatusOK, section)
}

// listProfiles lists the profiles that can be given a role.
//
//	@ID				listProfiles
//	@Summary		Profiles of QloApps' employees
//	@Description	Each can be given a role in access.profile_roles, by its id; SuperAdmin, which is 1, always is admin. None are listed where the database user may not read them.
//	@Tags			settings
//	@Security		Bearer
//	@Produce		json
//	@Success		200		{object}	wire.ProfileList
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/profiles [get]
func (s *server) listProfiles(c echo.Context) error {
	found, err := s.Profiles.Profiles(c.Request().Context())
	return answer(c, http.StatusOK, wire.ProfileList{Items: list(found)}, err)
}

// versionFor is the version of a section. Who may not see all of it gets that of what is shown: a hash of
// the rest could be guessed at. Only who may change a section makes one from a version.
func versionFor(who access.Caller, all settings.All, section string, shown any) string {
	if !who.Role.Includes(access.Admin) {
		return version.Of(shown)
	}
	tag, _ := settings.Version(all, section)
	return tag
}

// putSettingsSection replaces one section.
//
//	@ID				putSettingsSection
//	@Summary		Replace one section of the settings
//	@Description	Takes the whole section; an absent or unknown field is 422. alerts.webhook_secret is write-only: absent keeps the stored one.
//	@Tags			settings
//	@Security		Bearer
//	@Accept			json
//	@Produce		json
//	@Param			section	path		string	true	"Section"	Enums(currencies,customers,hotels,room_types,service_products,orders,payments,schedule,limits,access,alerts,logs,revenue)
//	@Param			body	body		map[string]any	true	"The whole section"
//	@Param			If-Match	header	string	false	"ETag of the version from which the change was made; 412 when it no longer stands"
//	@Success		200		{object}	map[string]any
//	@Header			200		{string}	ETag	"Version of the section"
//	@Failure		412		{object}	wire.Changed
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/settings/{section} [put]
func (s *server) putSettingsSection(c echo.Context) error {
	section := c.Param("section")
	if _, ok := settings.Section(settings.Default(), section); !ok {
		return notFound("section", section)
	}
	var raw json.RawMessage
	if err := readBody(c, &raw); err != nil {
		return err
	}
	if err := s.Settings.Put(c.Request().Context(), section, raw, madeFrom(c), caller(c).Name); err != nil {
		return err
	}
	return s.getSettingsSection(c)
}

// startSetup prepares the organization.
//
//	@ID				startSetup
//	@Summary		Prepare the Zoho organization
//	@Description	Creates the key field on six modules, adopts taxes of equal rate and type, creates missing ones on request. Never touches what exists; can be repeated.
//	@Tags			setup
//	@Security		Bearer
//	@Accept			json
//	@Produce		json
//	@Param			body	body		wire.SetupRequest	false	"What may be created"
//	@Success		202		{object}	wire.Run
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/setup [post]
func (s *server) startSetup(c echo.Context) error {
	var in wire.SetupRequest
	if err := readOptionalBody(c, &in); err != nil {
		return err
	}
	run, err := s.Setup.Start(c.Request().Context(), in, caller(c).Name)
	return answer(c, http.StatusAccepted, run, err)
}
