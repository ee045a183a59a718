-- What a document was before somebody queued it, for a run that is canceled before it is looked at.

-- +goose Up
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_documents' AND column_name = 'stood') = 0,
  'ALTER TABLE qlobooks_documents ADD COLUMN stood VARCHAR(12) NOT NULL DEFAULT '''' COMMENT ''state before it was queued'', ADD COLUMN stood_due DATETIME(3) NULL COMMENT ''when it was due before that''', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;

-- +goose Down
-- +goose StatementBegin
SET @drop = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_documents' AND column_name = 'stood') > 0,
  'ALTER TABLE qlobooks_documents DROP COLUMN stood, DROP COLUMN stood_due', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @drop;
EXECUTE step;
DEALLOCATE PREPARE step;
