-- Some editions of Zoho Books take no invoices whose lines include tax. Only a refusal tells.

-- +goose Up
ALTER TABLE qlobooks_connection
  ADD COLUMN exclusive_for VARCHAR(32) NOT NULL DEFAULT '' COMMENT 'the organisation that refused lines with tax';

-- +goose Down
ALTER TABLE qlobooks_connection DROP COLUMN exclusive_for;
