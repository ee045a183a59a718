package qloapps

import (
	"context"
)

// EverHotels are the ids of all hotels. One that was deleted counts while its address stands, by which its
// orders still name it.
func (r *Reader) EverHotels(ctx context.Context) ([]string, error) {
	var ids []string
	err := r.query(ctx, &ids, "SELECT id FROM {p}htl_branch_info UNION SELECT id_hotel FROM {p}address WHERE id_hotel > 0")
	return ids, err
}

// Profile is what several employees may do in QloApps' back office.
type Profile struct{ ID, Name string }

// Profiles are those of the employees, with their names where these can be read; none where the database user may
// not read them.
func (r *Reader) Profiles(ctx context.Context) ([]Profile, error) {
	if !r.has("profile.id_profile") {
		return nil, nil
	}
	var list []Profile
	if !r.has("profile_lang.name") {
		return list, r.query(ctx, &list, "SELECT id_profile id, '' name FROM {p}profile ORDER BY id_profile")
	}
	shop, err := r.Shop(ctx)
	if err != nil {
		return nil, err
	}
	err = r.query(ctx, &list, "SELECT p.id_profile id, COALESCE(l.name, '') name FROM {p}profile p LEFT JOIN {p}profile_lang l ON l.id_profile = p.id_profile AND l.id_lang = ? ORDER BY p.id_profile", shop.LangID)
	return list, err
}
