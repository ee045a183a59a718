package flow

import (
	"context"
	"encoding/json"
)

// Current reads a document as it stands in Zoho Books.
func (d dest[D]) Current(ctx context.Context, id string) (json.RawMessage, error) {
	ctx, client, err := d.client(ctx)
	if err != nil {
		return nil, err
	}
	rec, err := client.Get(ctx, d.Resource, id)
	return rec.Raw, err
}
