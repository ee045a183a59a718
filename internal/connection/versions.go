package connection

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/internal/version"
)

// versions is the name under which the versions of the choices are kept.
const versions = "connection"

// version is the version of what people chose; the grant and what Zoho says are no part of it. A sealed
// secret reads otherwise each time it is entered, and tells nothing.
func (r row) version() string {
	sealed := ""
	if r.ClientSecret != nil {
		sealed = *r.ClientSecret
	}
	return version.Of([]any{r.chosen, r.OrganizationID, sealed})
}

// replace stores choices while nobody else does, if they were made from the version that stands.
func (s *Service) replace(ctx context.Context, columns map[string]any, match, by string) error {
	defer s.forgetClient() // after the change is there for all
	return version.Alone(ctx, s.DB, versions, func(tx *gorm.DB) error {
		was, err := s.read(ctx, tx, "")
		if err != nil {
			return err
		}
		if err := version.Check(tx, versions, match, was.version()); err != nil {
			return err
		}
		if err := s.set(ctx, tx, columns); err != nil {
			return err
		}
		is, err := s.read(ctx, tx, "")
		if err != nil {
			return err
		}
		return version.Note(tx, versions, was.version(), is.version(), differing(was, is), by, s.Now())
	})
}

// differing tells which choices differ; a secret is never told.
func differing(was, is row) []version.Change {
	var list []version.Change
	add := func(field, before, after string) {
		if before != after {
			list = append(list, version.Change{Field: field, Before: before, After: after})
		}
	}
	add("data_center", was.chosen.DataCenter, is.chosen.DataCenter)
	add("use_own_application", fmt.Sprint(was.chosen.UseOwnApplication), fmt.Sprint(is.chosen.UseOwnApplication))
	add("client_id", was.chosen.ClientID, is.chosen.ClientID)
	add("token_domain", was.chosen.TokenDomain, is.chosen.TokenDomain)
	add("api_domain", was.chosen.APIDomain, is.chosen.APIDomain)
	add("dashboard_domain", was.chosen.DashboardDomain, is.chosen.DashboardDomain)
	add("organization_id", was.OrganizationID, is.OrganizationID)
	if text(was.ClientSecret) != text(is.ClientSecret) {
		list = append(list, version.Change{Field: "client_secret", Before: "kept secret", After: "another secret"})
	}
	return list
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
