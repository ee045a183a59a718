-- What the headers of an answer said of the day, so that the limiter knows it again when all of
-- Redis was lost and no process remembers.

-- +goose Up
ALTER TABLE qlobooks_calls
  ADD COLUMN day_limit INT UNSIGNED NULL COMMENT 'calls a day, as the answer said',
  ADD COLUMN day_left  INT UNSIGNED NULL COMMENT 'what was left of them';

-- +goose Down
ALTER TABLE qlobooks_calls DROP COLUMN day_limit, DROP COLUMN day_left;
