-- When the documents of a day were listed whole in Zoho Books, apart from when they were last read:
-- between two whole lists only what changed is read, with a count.

-- +goose Up
ALTER TABLE qlobooks_reconciled_days
  ADD COLUMN listed_at DATETIME(6) NULL COMMENT 'the last whole list; NULL: none yet';

-- +goose Down
ALTER TABLE qlobooks_reconciled_days DROP COLUMN listed_at;
