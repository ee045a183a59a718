-- Some editions of Zoho Books take no invoices whose lines include tax. Only a refusal tells.

-- +goose Up
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_connection' AND column_name = 'exclusive_for') = 0,
  'ALTER TABLE qlobooks_connection ADD COLUMN exclusive_for VARCHAR(32) NOT NULL DEFAULT '''' COMMENT ''the organisation that refused lines with tax''', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;

-- +goose Down
ALTER TABLE qlobooks_connection DROP COLUMN exclusive_for;
