-- In which organization of Zoho Books a document stood when the links were reset: until it is found again there, no journal
-- takes back what it bills.

-- +goose Up
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_documents' AND column_name = 'lost_in') = 0,
  'ALTER TABLE qlobooks_documents ADD COLUMN lost_in VARCHAR(32) NULL COMMENT ''organization in which it stood when the links were reset; none = it did not, or the ledger counts it again'', ADD KEY by_lost (lost_in)', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;

-- +goose Down
-- +goose StatementBegin
SET @drop = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_documents' AND column_name = 'lost_in') = 1,
  'ALTER TABLE qlobooks_documents DROP KEY by_lost, DROP COLUMN lost_in', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @drop;
EXECUTE step;
DEALLOCATE PREPARE step;
