-- Invoices in Zoho Books that an imported payment settles and that none of QloApps' was linked to when it was read.

-- +goose Up
CREATE TABLE IF NOT EXISTS qlobooks_imported_strange (
  zoho_id    VARCHAR(32) NOT NULL COMMENT 'of the payment',
  invoice_id VARCHAR(32) NOT NULL,
  PRIMARY KEY (zoho_id, invoice_id),
  KEY by_invoice (invoice_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE IF EXISTS qlobooks_imported_strange;
