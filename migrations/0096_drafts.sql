-- Which documents stand in Zoho Books as drafts, as the settings want it, and which of them a person has marked as sent.

-- +goose Up
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_documents' AND column_name = 'draft') = 0,
  'ALTER TABLE qlobooks_documents ADD COLUMN draft TINYINT NOT NULL DEFAULT 0 COMMENT ''1 = it stands as a draft, 2 = and is to be sent'', ADD KEY by_draft (draft)', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;

-- +goose Down
-- +goose StatementBegin
SET @drop = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_documents' AND column_name = 'draft') = 1,
  'ALTER TABLE qlobooks_documents DROP KEY by_draft, DROP COLUMN draft', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @drop;
EXECUTE step;
DEALLOCATE PREPARE step;
