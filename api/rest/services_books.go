package rest

import (
	"context"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// Ties are the links between records and what stands in Zoho Books. Nothing is ever deleted there.
type Ties interface {
	// Pair ties a record's main document to a Zoho record: Invalid when that is of another kind
	// or currency, Conflict/already_paired when it stands for another record.
	PairRecord(ctx context.Context, section, id, zohoID, by string) (wire.RecordDetail, error)
	UnpairRecord(ctx context.Context, section, id, reason, by string) (wire.RecordDetail, error)
	// Recreate queues what is gone, void or changed in Zoho Books; Conflict/still_there otherwise.
	RecreateRecord(ctx context.Context, section, id, reason, by string) (wire.Run, error)
	PairDocument(ctx context.Context, flow, id, zohoID, by string) (wire.Document, error)
	UnpairDocument(ctx context.Context, flow, id, reason, by string) (wire.Document, error)
	RecreateDocument(ctx context.Context, flow, id, reason, by string) (wire.Run, error)
	// TakeChange takes over a number, a reference, a deposit account or a mode that was changed in Zoho Books; Conflict/still_there
	// where none was.
	TakeChange(ctx context.Context, flow, id, reason, by string) (wire.Document, error)
}

// Pairing ties customers to contacts, with suggestions and in bulk.
type Pairing interface {
	// Load reads the contacts of Zoho Books, as a run.
	Load(ctx context.Context, by string) (wire.Run, error)
	List(ctx context.Context, q wire.PairingQuery) (wire.PairingPage, error)
	// Contacts searches those that were loaded last, whoever made them; "" lists the first.
	Contacts(ctx context.Context, q string, limit int) (wire.ContactList, error)
	// Names shows what a name pattern makes of real guests; it is valid.
	Names(ctx context.Context, pattern string) (wire.NamePreview, error)
	// Pair and Unpair change one customer and give it back.
	PairCustomer(ctx context.Context, id, zohoID, by string) (wire.PairingItem, error)
	UnpairCustomer(ctx context.Context, id string, in wire.Unpairing, by string) (wire.PairingItem, error)
	// Pairs gives every customer with its contact, "" when it has none, page by page; one page at least.
	Pairs(ctx context.Context, each func([]wire.PairingRow) error) error
	// Import ties all rows or none; the list names every wrong line.
	Import(ctx context.Context, rows []wire.PairingRow, by string) (wire.PairingImport, []wire.LineError, error)
}

// Reconciliation compares both sides as they were last read.
type Reconciliation interface {
	// Get calls nobody.
	Get(ctx context.Context, q wire.ReconciliationQuery) (wire.Reconciliation, error)
	// Refresh reads both sides again, as a run.
	Refresh(ctx context.Context, days wire.DayRange, by string) (wire.Run, error)
}

// Imports brings payments of Zoho Books to QloApps.
type Imports interface {
	StartImport(ctx context.Context, scope, by string) (wire.Run, error)
	ListImported(ctx context.Context, q wire.ImportedQuery) (wire.ImportedPage, error)
	// Assign writes a waiting payment to an order; Conflict when it is written already, no longer stands, or a question is open.
	Assign(ctx context.Context, id string, to wire.Assignment, by string) (wire.ImportedPayment, error)
	// Handled leaves a payment that waits as it is, until either side changes.
	Handled(ctx context.Context, id, reason, by string) (wire.ImportedPayment, error)
	Statements(ctx context.Context, q wire.StatementQuery) (wire.Statements, error)
}

// Logs are the calls to Zoho Books and what people did.
type Logs interface {
	Calls(ctx context.Context, q wire.LogQuery) (wire.LogPage, error)
	Call(ctx context.Context, id string) (wire.LogDetail, error)
	Audit(ctx context.Context, q wire.AuditQuery) (wire.AuditPage, error)
}

// Tools forget what QloBooks knows.
type Tools interface {
	// Reset refuses while runs are active, and when confirm is not the organization's id.
	Reset(ctx context.Context, in wire.ResetRequest, by string) (wire.ResetResult, error)
	// ResetPreview counts what Reset would forget now.
	ResetPreview(ctx context.Context, scope string) (wire.ResetResult, error)
}
