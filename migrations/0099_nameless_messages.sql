-- Messages to the webhook hold no name any more: what was made before loses what could name somebody.

-- +goose Up
UPDATE qlobooks_alerts SET data = JSON_REMOVE(data, '$.brake.sample', '$.error.detail', '$.error.action', '$.by', '$.run.title', '$.run.sentence', '$.run.started_by', '$.run.brake.sample', '$.run.error.detail', '$.run.error.action', '$.run.error.comparison')
WHERE event IN ('run_failed', 'brake', 'run_ended', 'test') AND JSON_VALID(data);

-- +goose Down
-- What was taken out is not known any more.
DO 0;
