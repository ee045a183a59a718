-- The Zoho records that a document stood for until a person unpaired it, by their ids: what was posted
-- under a guest's former contact stays with that one.

-- +goose Up
ALTER TABLE qlobooks_documents
  ADD COLUMN former VARCHAR(1000) NOT NULL DEFAULT '' COMMENT 'Zoho ids, apart by blanks, the latest last';

-- +goose Down
ALTER TABLE qlobooks_documents DROP COLUMN former;
