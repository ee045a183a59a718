-- Since when a payment of Zoho Books waits for a person, so that what waits since a person dealt with its cause counts again.

-- +goose Up
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_imported_payments' AND column_name = 'issue_since') = 0,
  'ALTER TABLE qlobooks_imported_payments ADD COLUMN issue_since DATETIME(6) NULL COMMENT ''since when it waits for this; none = before this was kept''', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;

-- +goose Down
-- +goose StatementBegin
SET @drop = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_imported_payments' AND column_name = 'issue_since') = 1,
  'ALTER TABLE qlobooks_imported_payments DROP COLUMN issue_since', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @drop;
EXECUTE step;
DEALLOCATE PREPARE step;
