-- Where a payment's money lies in Zoho Books, as its lists tell it: a person may change that there without moving an amount.

-- +goose Up
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_zoho_documents' AND column_name = 'account_id') = 0,
  'ALTER TABLE qlobooks_zoho_documents ADD COLUMN account_id VARCHAR(32) NOT NULL DEFAULT '''' COMMENT ''deposit account of a payment; empty: the list does not tell''', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;

-- +goose Down
-- +goose StatementBegin
SET @drop = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_zoho_documents' AND column_name = 'account_id') = 1,
  'ALTER TABLE qlobooks_zoho_documents DROP COLUMN account_id', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @drop;
EXECUTE step;
DEALLOCATE PREPARE step;
