-- What has come to be at the connection and has not let go yet what waited for it. It stands in the row of the connection,
-- so that it is noted together with what has come to be, and outlives a process that ends before it is carried out.

-- +goose Up
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_connection' AND column_name = 'to_free') = 0,
  'ALTER TABLE qlobooks_connection ADD COLUMN to_free INT UNSIGNED NOT NULL DEFAULT 0 COMMENT ''1 access, 2 locks, 4 key fields'', ADD COLUMN to_free_no INT UNSIGNED NOT NULL DEFAULT 0 COMMENT ''counts what has come to be''', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;

-- +goose Down
-- +goose StatementBegin
SET @drop = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_connection' AND column_name = 'to_free') = 1,
  'ALTER TABLE qlobooks_connection DROP COLUMN to_free, DROP COLUMN to_free_no', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @drop;
EXECUTE step;
DEALLOCATE PREPARE step;
