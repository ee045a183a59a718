-- What reconciliation compares beside totals, and room for what Zoho Books allows in numbers and names.

-- +goose Up
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_zoho_documents' AND column_name = 'balance') = 0,
  'ALTER TABLE qlobooks_zoho_documents ADD COLUMN balance DECIMAL(20,6) NULL COMMENT ''open, or unused; NULL: the list does not tell'', ADD COLUMN tax DECIMAL(20,6) NULL COMMENT ''NULL: not read'', ADD COLUMN tax_at VARCHAR(40) NOT NULL DEFAULT '''' COMMENT ''the change after which the tax was read'', MODIFY number VARCHAR(255) NOT NULL DEFAULT '''', MODIFY reference VARCHAR(255) NOT NULL DEFAULT '''', MODIFY payment_mode VARCHAR(255) NOT NULL DEFAULT ''''', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_source_documents' AND column_name = 'due') = 0,
  'ALTER TABLE qlobooks_source_documents ADD COLUMN due DECIMAL(20,6) NULL COMMENT ''of an invoice: what its whole order owes'', ADD COLUMN bills INT NOT NULL DEFAULT 0 COMMENT ''how many invoices the order has'', ADD COLUMN imported TINYINT(1) NOT NULL DEFAULT 0 COMMENT ''a payment that came from Zoho Books''', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;
ALTER TABLE qlobooks_documents
  MODIFY zoho_number VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL DEFAULT '',
  MODIFY zoho_name VARCHAR(255) NOT NULL DEFAULT '';

-- +goose Down
-- +goose StatementBegin
SET @drop = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_zoho_documents' AND column_name = 'balance') = 1,
  'ALTER TABLE qlobooks_zoho_documents DROP COLUMN balance, DROP COLUMN tax, DROP COLUMN tax_at', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @drop;
EXECUTE step;
DEALLOCATE PREPARE step;
-- +goose StatementBegin
SET @drop = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_source_documents' AND column_name = 'due') = 1,
  'ALTER TABLE qlobooks_source_documents DROP COLUMN due, DROP COLUMN bills, DROP COLUMN imported', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @drop;
EXECUTE step;
DEALLOCATE PREPARE step;
