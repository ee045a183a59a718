package connection

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
)

// asksOrganizations is how often the list of organizations is asked for at most, by all processes
// together: a page that is read again and again must not use up the hotel's calls.
const asksOrganizations = time.Minute

// Organizations are those that the grant can see, as Zoho said last. With ask Zoho is asked again when
// that is a minute ago; where it does not answer, what it said last holds.
func (s *Service) Organizations(ctx context.Context, ask bool) ([]wire.Organization, error) {
	r, err := s.connected(ctx)
	if err != nil {
		return nil, err
	}
	var known []wire.Organization
	if r.Organizations != nil {
		_ = json.Unmarshal([]byte(*r.Organizations), &known)
	}
	if len(known) == 0 && r.OrganizationID != "" {
		l := r.learned
		known = []wire.Organization{{OrganizationID: r.OrganizationID, Name: l.Name, BaseCurrency: l.Base, Country: l.Country, TimeZone: l.TimeZone, PlanName: l.Plan}}
	}
	if !ask {
		return known, nil
	}
	mine, err := s.mayAsk(ctx)
	if err != nil {
		return nil, err
	}
	if mine {
		ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
		defer cancel()
		list, err := s.askOrganizations(ctx, r)
		if err == nil || len(known) == 0 || fault.Is(err, fault.Auth) {
			return list, err
		}
		slog.WarnContext(ctx, "the organizations could not be asked for; those that are known are shown", "error", err)
	}
	if len(known) == 0 {
		return nil, fault.New(fault.Limited, "too_many_requests", "Zoho Books was asked a moment ago, and did not tell.").Do("Wait a minute and look again.").After(asksOrganizations)
	}
	return known, nil
}

// mayAsk takes the one question of this minute.
func (s *Service) mayAsk(ctx context.Context) (bool, error) {
	now := s.Now().UTC()
	res := s.DB.WithContext(ctx).Exec("UPDATE qlobooks_connection SET organizations_at = ? WHERE id = 1 AND (organizations_at IS NULL OR organizations_at <= ? OR organizations_at > ?)", now, now.Add(-asksOrganizations), now)
	return res.RowsAffected == 1, res.Error
}

// askOrganizations asks Zoho, and keeps what it says.
func (s *Service) askOrganizations(ctx context.Context, r row) ([]wire.Organization, error) {
	found, err := s.client(r, "").Organizations(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]wire.Organization, len(found))
	for i, o := range found {
		list[i] = wire.Organization{OrganizationID: string(o.ID), Name: string(o.Name), BaseCurrency: string(o.BaseCurrency), Country: o.Country(), TimeZone: string(o.TimeZone), PlanName: string(o.Plan)}
	}
	kept, err := json.Marshal(list)
	if err != nil {
		return nil, err
	}
	return list, s.setWhile(ctx, r, false, map[string]any{"organizations": string(kept), "organizations_at": s.Now().UTC()})
}
