-- Locked periods are read hourly and after a refusal, apart from what else is learned of the
-- organisation; both computations of a document whose totals differ are kept beside its cause.

-- +goose Up
ALTER TABLE qlobooks_connection
  ADD COLUMN locks    TEXT        NULL COMMENT 'JSON: the locked periods and the organisation they belong to',
  ADD COLUMN locks_at DATETIME(6) NULL COMMENT 'NULL: to be read before the next document';
ALTER TABLE qlobooks_documents
  ADD COLUMN issue_proof MEDIUMTEXT NULL COMMENT 'JSON: facts behind the cause, such as both computations';

-- +goose Down
ALTER TABLE qlobooks_documents DROP COLUMN issue_proof;
ALTER TABLE qlobooks_connection DROP COLUMN locks, DROP COLUMN locks_at;
