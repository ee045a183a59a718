-- What Zoho said of its organisations, so that looking at them costs no call; when tokens end and
-- whose they are.

-- +goose Up
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_connection' AND column_name = 'organizations') = 0,
  'ALTER TABLE qlobooks_connection ADD COLUMN organizations MEDIUMTEXT NULL, ADD COLUMN organizations_at DATETIME(6) NULL', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_tokens' AND column_name = 'expires_at') = 0,
  'ALTER TABLE qlobooks_tokens ADD COLUMN expires_at DATETIME(6) NULL, ADD COLUMN employee_id VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT ''''', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;

-- +goose Down
-- +goose StatementBegin
SET @drop = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_tokens' AND column_name = 'expires_at') = 1,
  'ALTER TABLE qlobooks_tokens DROP COLUMN expires_at, DROP COLUMN employee_id', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @drop;
EXECUTE step;
DEALLOCATE PREPARE step;
-- +goose StatementBegin
SET @drop = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_connection' AND column_name = 'organizations') = 1,
  'ALTER TABLE qlobooks_connection DROP COLUMN organizations, DROP COLUMN organizations_at', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @drop;
EXECUTE step;
DEALLOCATE PREPARE step;
