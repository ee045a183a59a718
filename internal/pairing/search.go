package pairing

import (
	"context"
	"fmt"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/flow"
	"github.com/qlobooks/qlobooks/internal/store"
)

// Contacts finds loaded contacts by a part of their name, company or e-mail, by their id or by
// their phone, and tells which customer each stands for. It calls nobody.
func (c Customers) Contacts(ctx context.Context, q string, limit int) (wire.ContactList, error) {
	found := wire.ContactList{Items: []wire.Contact{}}
	at, err := c.loadedAt(ctx)
	if err != nil {
		return found, err
	}
	if at != nil {
		found.LoadedAt = wire.AtOrNull(*at)
	}
	where, args := "1 = 1", []any{}
	if q != "" {
		part := "%" + store.ToTheLetter(store.Fold(q)) + "%"
		where, args = "(name_fold LIKE ? OR mail_fold LIKE ? OR LOWER(company) LIKE ? OR zoho_id = ? OR digits <> '' AND digits = ?)", []any{part, part, part, q, digits(q)}
	}
	var list []struct {
		ZohoID, Name, Company, Email, Phone, Currency, Status string
		SourceID                                              *string
	}
	err = c.db(ctx).Raw("SELECT c.zoho_id, c.name, c.company, c.email, c.phone, c.currency, c.status, "+
		"(SELECT MIN(d.source_id) FROM qlobooks_documents d WHERE d.flow = ? AND d.zoho_id = c.zoho_id) source_id "+
		"FROM qlobooks_zoho_contacts c WHERE "+where+" ORDER BY c.name_fold, c.zoho_id LIMIT ?", append(append([]any{flow.Customer}, args...), limit+1)...).Scan(&list).Error
	if err != nil {
		return found, fmt.Errorf("search contacts: %w", err)
	}
	if found.More = len(list) > limit; found.More {
		list = list[:limit]
	}
	url, err := c.URL(ctx)
	if err != nil {
		return found, err
	}
	for _, x := range list {
		found.Items = append(found.Items, wire.Contact{ZohoContactID: x.ZohoID, Name: x.Name, Company: x.Company, Email: x.Email, Phone: x.Phone, Currency: x.Currency, Status: x.Status,
			ZohoURL: wire.TextOrNull(url(flow.Customer, x.ZohoID)), CustomerID: x.SourceID})
	}
	return found, nil
}
