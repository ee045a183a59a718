-- Locked periods are read hourly and after a refusal, apart from what else is learned of the
-- organisation; both computations of a document whose totals differ are kept beside its cause.

-- +goose Up
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_connection' AND column_name = 'locks') = 0,
  'ALTER TABLE qlobooks_connection ADD COLUMN locks TEXT NULL COMMENT ''JSON: the locked periods and the organisation they belong to'', ADD COLUMN locks_at DATETIME(6) NULL COMMENT ''NULL: to be read before the next document''', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_documents' AND column_name = 'issue_proof') = 0,
  'ALTER TABLE qlobooks_documents ADD COLUMN issue_proof MEDIUMTEXT NULL COMMENT ''JSON: facts behind the cause, such as both computations''', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;

-- +goose Down
ALTER TABLE qlobooks_documents DROP COLUMN issue_proof;
ALTER TABLE qlobooks_connection DROP COLUMN locks, DROP COLUMN locks_at;
