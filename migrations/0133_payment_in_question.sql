-- How much of a payment of Zoho Books is in question, so that causes add up that, and not whole payments.

-- +goose Up
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_imported_payments' AND column_name = 'issue_amount') = 0,
  'ALTER TABLE qlobooks_imported_payments ADD COLUMN issue_amount DECIMAL(20,6) NULL COMMENT ''how much of it is in question, or not written yet; none = before this was kept''', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;

-- +goose Down
-- +goose StatementBegin
SET @drop = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_imported_payments' AND column_name = 'issue_amount') = 1,
  'ALTER TABLE qlobooks_imported_payments DROP COLUMN issue_amount', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @drop;
EXECUTE step;
DEALLOCATE PREPARE step;
