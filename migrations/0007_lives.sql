-- What a document's further life needs: the body that stands at Zoho, whom a change wakes, and
-- what a person allowed.

-- +goose Up
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_documents' AND column_name = 'sent') = 0,
  'ALTER TABLE qlobooks_documents ADD COLUMN sent MEDIUMTEXT NULL COMMENT ''JSON: body of the last call that Zoho accepted'', ADD COLUMN wakes TEXT NULL COMMENT ''JSON: refs that are mapped again when this document changes'', ADD COLUMN approved TINYINT(1) NOT NULL DEFAULT 0 COMMENT ''1: a person chose to go on where the rules ask''', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;

-- +goose Down
ALTER TABLE qlobooks_documents DROP COLUMN sent, DROP COLUMN wakes, DROP COLUMN approved;
