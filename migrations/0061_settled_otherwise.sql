-- What reconciliation compares of money: what should be open or unused, taxes by rate, and which amounts
-- were looked into already.

-- +goose Up
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_zoho_documents' AND column_name = 'doubted') = 0,
  'ALTER TABLE qlobooks_zoho_documents ADD COLUMN taxes TEXT NULL COMMENT ''JSON: amounts by tax id, read with tax'', ADD COLUMN doubted DECIMAL(20,6) NULL COMMENT ''the balance for which what settles it was read again''', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_source_documents' AND column_name = 'unsettled') = 0,
  'ALTER TABLE qlobooks_source_documents ADD COLUMN unsettled DECIMAL(20,6) NULL COMMENT ''what should be open of it, or unused; NULL: not known'', ADD COLUMN taxes TEXT NULL COMMENT ''JSON: amounts by tax id''', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;

-- +goose Down
-- +goose StatementBegin
SET @drop = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_zoho_documents' AND column_name = 'doubted') = 1,
  'ALTER TABLE qlobooks_zoho_documents DROP COLUMN taxes, DROP COLUMN doubted', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @drop;
EXECUTE step;
DEALLOCATE PREPARE step;
-- +goose StatementBegin
SET @drop = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_source_documents' AND column_name = 'unsettled') = 1,
  'ALTER TABLE qlobooks_source_documents DROP COLUMN unsettled, DROP COLUMN taxes', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @drop;
EXECUTE step;
DEALLOCATE PREPARE step;
