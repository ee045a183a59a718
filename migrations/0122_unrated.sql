-- Which documents of an order the guest ledger leaves out, as their exchange rate is not known.

-- +goose Up
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_ledger_orders' AND column_name = 'unrated') = 0,
  'ALTER TABLE qlobooks_ledger_orders ADD COLUMN unrated VARCHAR(255) NULL COMMENT ''what is left out, by name''', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;

-- +goose Down
-- +goose StatementBegin
SET @drop = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_ledger_orders' AND column_name = 'unrated') = 1,
  'ALTER TABLE qlobooks_ledger_orders DROP COLUMN unrated', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @drop;
EXECUTE step;
DEALLOCATE PREPARE step;
