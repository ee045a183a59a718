package rest

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// getSchedule shows what works by itself.
//
//	@ID				getSchedule
//	@Summary		What works by itself, and when
//	@Description	last_run is the newest tick or daily pass that is not under way; its result says what it found and queued in each section. next_run_at is null while the schedule is off.
//	@Tags			schedule
//	@Security		Bearer
//	@Produce		json
//	@Success		200		{object}	wire.Schedule
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/schedule [get]
func (s *server) getSchedule(c echo.Context) error {
	view, err := s.Schedule.Get(c.Request().Context())
	return answer(c, http.StatusOK, view, err)
}

// runSchedule starts a tick or a daily pass now.
//
//	@ID				runSchedule
//	@Summary		Start a tick or a daily pass now
//	@Description	Works also while the schedule is off. What it may queue is what the switches allow; the brakes bind it.
//	@Tags			schedule
//	@Security		Bearer
//	@Accept			json
//	@Produce		json
//	@Param			body	body		wire.ScheduleRun	true	"Which"
//	@Success		202		{object}	wire.Run
//	@Failure		default	{object}	wire.Problem
//	@Router			/api/v1/schedule/run [post]
func (s *server) runSchedule(c echo.Context) error {
	var in wire.ScheduleRun
	if err := readBody(c, &in); err != nil {
		return err
	}
	var w wrongs
	if in.Kind == "" {
		w.add("kind", "is missing")
	}
	w.oneOf("kind", in.Kind, []string{"tick", "daily"})
	if err := w.err(); err != nil {
		return err
	}
	run, err := s.Schedule.Run(c.Request().Context(), in.Kind, caller(c).Name)
	return answer(c, http.StatusAccepted, run, err)
}

// pauseSchedule stops all automatic work.
//
//	@ID			pauseSchedule
//	@Summary	Stop all automatic work
//	@Description	Turns schedule.enabled off: no tick and no daily pass begins by itself. What was queued goes on; people's requests work as before.
//	@Tags		schedule
//	@Security	Bearer
//	@Produce	json
//	@Success	200		{object}	wire.Schedule
//	@Failure	default	{object}	wire.Problem
//	@Router		/api/v1/schedule/pause [post]
func (s *server) pauseSchedule(c echo.Context) error {
	view, err := s.Schedule.Switch(c.Request().Context(), false, caller(c).Name)
	return answer(c, http.StatusOK, view, err)
}

// resumeSchedule lets work begin by itself again.
//
//	@ID			resumeSchedule
//	@Summary	Let work begin by itself again
//	@Description	Turns schedule.enabled on. What changed meanwhile is found by the next tick; a daily pass whose time has passed begins the next day.
//	@Tags		schedule
//	@Security	Bearer
//	@Produce	json
//	@Success	200		{object}	wire.Schedule
//	@Failure	default	{object}	wire.Problem
//	@Router		/api/v1/schedule/resume [post]
func (s *server) resumeSchedule(c echo.Context) error {
	view, err := s.Schedule.Switch(c.Request().Context(), true, caller(c).Name)
	return answer(c, http.StatusOK, view, err)
}
