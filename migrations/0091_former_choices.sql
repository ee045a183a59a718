-- What a former choice of the mapping was: documents that stand keep it.

-- +goose Up
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_mapping_former' AND column_name = 'facts') = 0,
  'ALTER TABLE qlobooks_mapping_former ADD COLUMN facts TEXT NULL COMMENT ''as in qlobooks_mapping_choices''', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;

-- +goose Down
-- +goose StatementBegin
SET @drop = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_mapping_former' AND column_name = 'facts') = 1,
  'ALTER TABLE qlobooks_mapping_former DROP COLUMN facts', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @drop;
EXECUTE step;
DEALLOCATE PREPARE step;
