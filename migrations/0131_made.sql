-- When QloBooks made what stands in Zoho Books, so that a run that posted a document half, and one of which a person had
-- the document proved again, can still be undone; and what a document that is not taken back waits for.

-- +goose Up
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_documents' AND column_name = 'made_at') = 0,
  'ALTER TABLE qlobooks_documents ADD COLUMN made_at DATETIME(6) NULL COMMENT ''when QloBooks made what stands; none = it did not, or before this was kept''', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_former_links' AND column_name = 'made_at') = 0,
  'ALTER TABLE qlobooks_former_links ADD COLUMN made_at DATETIME(6) NULL', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_undo' AND column_name = 'was_due') = 0,
  'ALTER TABLE qlobooks_undo ADD COLUMN was_due DATETIME(6) NULL COMMENT ''when it is looked at again if it is refused'' AFTER was_status', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;

-- +goose Down
-- +goose StatementBegin
SET @drop = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_undo' AND column_name = 'was_due') = 1,
  'ALTER TABLE qlobooks_undo DROP COLUMN was_due', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @drop;
EXECUTE step;
DEALLOCATE PREPARE step;
-- +goose StatementBegin
SET @drop = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_former_links' AND column_name = 'made_at') = 1,
  'ALTER TABLE qlobooks_former_links DROP COLUMN made_at', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @drop;
EXECUTE step;
DEALLOCATE PREPARE step;
-- +goose StatementBegin
SET @drop = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_documents' AND column_name = 'made_at') = 1,
  'ALTER TABLE qlobooks_documents DROP COLUMN made_at', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @drop;
EXECUTE step;
DEALLOCATE PREPARE step;
