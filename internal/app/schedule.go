package app

import (
	"context"
	"time"

	"github.com/qlobooks/qlobooks/internal/detect"
	"github.com/qlobooks/qlobooks/internal/store"
)

// zone is the shop's, in which people choose times of the day.
func (a *App) zone(ctx context.Context) (*time.Location, error) {
	shop, err := a.Hotel.Shop(ctx)
	return shop.Zone, err
}

// exceeds holds what a person asks for against the brakes.
func (a *App) exceeds(ctx context.Context, m store.Measure) (*store.Brake, error) {
	all, err := a.Settings.Load(ctx)
	if err != nil {
		return nil, err
	}
	return detect.Exceeded(m, all.Limits), nil
}
