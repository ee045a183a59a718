-- When it was last asked what stands in the organization, so that one of all processes asks, and not again and again while
-- Zoho Books does not tell.

-- +goose Up
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_connection' AND column_name = 'learn_asked_at') = 0,
  'ALTER TABLE qlobooks_connection ADD COLUMN learn_asked_at DATETIME(6) NULL', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;

-- +goose Down
-- +goose StatementBegin
SET @drop = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_connection' AND column_name = 'learn_asked_at') = 1,
  'ALTER TABLE qlobooks_connection DROP COLUMN learn_asked_at', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @drop;
EXECUTE step;
DEALLOCATE PREPARE step;
