-- When the documents of a day were listed whole in Zoho Books, apart from when they were last read:
-- between two whole lists only what changed is read, with a count.

-- +goose Up
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_reconciled_days' AND column_name = 'listed_at') = 0,
  'ALTER TABLE qlobooks_reconciled_days ADD COLUMN listed_at DATETIME(6) NULL COMMENT ''the last whole list; NULL: none yet''', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;

-- +goose Down
ALTER TABLE qlobooks_reconciled_days DROP COLUMN listed_at;
