-- Which invoices a voucher's credit pays is found without reading every document's steps.

-- +goose Up
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_documents' AND column_name = 'pays_credit') = 0,
  'ALTER TABLE qlobooks_documents ADD COLUMN pays_credit TINYINT(1) NOT NULL DEFAULT 0 COMMENT ''a credit note pays it, or is to pay it, as a voucher'', ADD KEY by_pays_credit (pays_credit)', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;

UPDATE qlobooks_documents SET pays_credit = 1 WHERE flow = 'invoice' AND steps LIKE '%"credit:%';

-- +goose Down
-- +goose StatementBegin
SET @drop = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_documents' AND column_name = 'pays_credit') = 1,
  'ALTER TABLE qlobooks_documents DROP KEY by_pays_credit, DROP COLUMN pays_credit', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @drop;
EXECUTE step;
DEALLOCATE PREPARE step;
