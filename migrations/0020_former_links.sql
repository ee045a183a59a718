-- The Zoho records that a document stood for until a person unpaired it, by their ids: what was posted
-- under a guest's former contact stays with that one.

-- +goose Up
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_documents' AND column_name = 'former') = 0,
  'ALTER TABLE qlobooks_documents ADD COLUMN former VARCHAR(1000) NOT NULL DEFAULT '''' COMMENT ''Zoho ids, apart by blanks, the latest last''', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;

-- +goose Down
ALTER TABLE qlobooks_documents DROP COLUMN former;
