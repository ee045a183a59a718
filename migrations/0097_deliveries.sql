-- What the receiver answered to each message; and a key by which runs that ended are found to tell of them.

-- +goose Up
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_alerts' AND column_name = 'answer') = 0,
  'ALTER TABLE qlobooks_alerts ADD COLUMN answer INT UNSIGNED NULL COMMENT ''HTTP status of the last attempt''', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'qlobooks_runs' AND index_name = 'by_finished') = 0,
  'ALTER TABLE qlobooks_runs ADD KEY by_finished (finished_at)', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;

-- +goose Down
-- +goose StatementBegin
SET @drop = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_alerts' AND column_name = 'answer') > 0,
  'ALTER TABLE qlobooks_alerts DROP COLUMN answer', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @drop;
EXECUTE step;
DEALLOCATE PREPARE step;
-- +goose StatementBegin
SET @drop = IF((SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'qlobooks_runs' AND index_name = 'by_finished') > 0,
  'ALTER TABLE qlobooks_runs DROP KEY by_finished', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @drop;
EXECUTE step;
DEALLOCATE PREPARE step;
