-- What a document's further life needs: the body that stands at Zoho, whom a change wakes, and
-- what a person allowed.

-- +goose Up
ALTER TABLE qlobooks_documents
  ADD COLUMN sent     MEDIUMTEXT NULL COMMENT 'JSON: body of the last call that Zoho accepted',
  ADD COLUMN wakes    TEXT       NULL COMMENT 'JSON: refs that are mapped again when this document changes',
  ADD COLUMN approved TINYINT(1) NOT NULL DEFAULT 0 COMMENT '1: a person chose to go on where the rules ask';

-- +goose Down
ALTER TABLE qlobooks_documents DROP COLUMN sent, DROP COLUMN wakes, DROP COLUMN approved;
