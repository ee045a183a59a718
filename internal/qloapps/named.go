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

// Profiles are the ids of the employees' profiles; none where the database user may not read them.
func (r *Reader) Profiles(ctx context.Context) ([]string, error) {
	if !r.has("profile.id_profile") {
		return nil, nil
	}
	var ids []string
	err := r.query(ctx, &ids, "SELECT id_profile FROM {p}profile")
	return ids, err
}
