-- The day of each row of QloApps that came from a payment of Zoho Books: statements go by it, and another day there
-- is told. What stood before has Zoho's day until it is read again.

-- +goose Up
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_imported_shares' AND column_name = 'day') = 0,
  'ALTER TABLE qlobooks_imported_shares ADD COLUMN day DATE NULL COMMENT ''of the row in QloApps'', ADD KEY by_day (day)', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;
UPDATE qlobooks_imported_shares s JOIN qlobooks_imported_payments p ON p.zoho_id = s.zoho_id SET s.day = p.day WHERE s.day IS NULL;

-- +goose Down
-- +goose StatementBegin
SET @drop = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_imported_shares' AND column_name = 'day') = 1,
  'ALTER TABLE qlobooks_imported_shares DROP KEY by_day, DROP COLUMN day', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @drop;
EXECUTE step;
DEALLOCATE PREPARE step;
