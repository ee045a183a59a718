-- What all processes must remember together: what the headers of an answer said of the day, so that
-- the limiter knows it again when all of Redis was lost; and when the access was renewed, or could
-- not be, so that not every process and every waiting record asks Zoho again.

-- +goose Up
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_calls' AND column_name = 'day_limit') = 0,
  'ALTER TABLE qlobooks_calls ADD COLUMN day_limit INT UNSIGNED NULL COMMENT ''calls a day, as the answer said'', ADD COLUMN day_left INT UNSIGNED NULL COMMENT ''what was left of them''', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_connection' AND column_name = 'no_answer_until') = 0,
  'ALTER TABLE qlobooks_connection ADD COLUMN no_answer_until DATETIME(6) NULL COMMENT ''the accounts server did not answer; it is asked again then'', ADD COLUMN renewals TEXT NULL COMMENT ''JSON: renewals of the last minutes, and which of them a refused token caused''', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;

-- +goose Down
ALTER TABLE qlobooks_connection DROP COLUMN no_answer_until, DROP COLUMN renewals;
ALTER TABLE qlobooks_calls DROP COLUMN day_limit, DROP COLUMN day_left;
