-- A call whose answer never came may still arrive: when it left, until when an earlier one may, and
-- whether a document stood in Zoho Books before its link did.

-- +goose Up
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_documents' AND column_name = 'intent_at') = 0,
  'ALTER TABLE qlobooks_documents ADD COLUMN intent_at DATETIME(6) NULL COMMENT ''when the call of the intent left, by the clock of the database'' AFTER intent, ADD COLUMN late_until DATETIME(6) NULL COMMENT ''until then an earlier call without an answer may arrive'' AFTER intent_at, ADD COLUMN found TINYINT(1) NOT NULL DEFAULT 0 COMMENT ''it stood in Zoho before this link'' AFTER late_until', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;

-- +goose Down
-- +goose StatementBegin
SET @drop = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_documents' AND column_name = 'intent_at') = 1,
  'ALTER TABLE qlobooks_documents DROP COLUMN intent_at, DROP COLUMN late_until, DROP COLUMN found', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @drop;
EXECUTE step;
DEALLOCATE PREPARE step;
