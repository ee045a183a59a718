-- What the screens add up: the total of an order and what is due of it, in its own currency; since
-- when a document has stood still for its cause; and what a person has said is dealt with.

-- +goose Up
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_records' AND column_name = 'total') = 0,
  'ALTER TABLE qlobooks_records ADD COLUMN total DECIMAL(20,6) NULL COMMENT ''of an order, in its currency'', ADD COLUMN due DECIMAL(20,6) NULL COMMENT ''what QloApps still wants of it'', ADD KEY by_matching (section, phase, currency, status, total, due)', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;

-- +goose StatementBegin
UPDATE qlobooks_records SET total = JSON_UNQUOTE(JSON_EXTRACT(fields, '$.total'))
WHERE section = 'orders' AND total IS NULL AND JSON_UNQUOTE(JSON_EXTRACT(fields, '$.total')) REGEXP '^-?[0-9]+([.][0-9]+)?$';
-- +goose StatementEnd
-- +goose StatementBegin
UPDATE qlobooks_records SET due = IF(canceled = 1, 0, GREATEST(0, total - JSON_UNQUOTE(JSON_EXTRACT(fields, '$.paid'))))
WHERE section = 'orders' AND due IS NULL AND total IS NOT NULL AND JSON_UNQUOTE(JSON_EXTRACT(fields, '$.paid')) REGEXP '^-?[0-9]+([.][0-9]+)?$';
-- +goose StatementEnd

-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_documents' AND column_name = 'issue_since') = 0,
  'ALTER TABLE qlobooks_documents ADD COLUMN issue_since DATETIME(6) NULL COMMENT ''when it came to stand still for issue_code''', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;

CREATE TABLE IF NOT EXISTS qlobooks_handled (
  code       VARCHAR(40)  NOT NULL PRIMARY KEY COMMENT 'of a cause',
  handled_at DATETIME(6)  NOT NULL COMMENT 'what came to stand still later is not meant',
  handled_by VARCHAR(128) NOT NULL,
  reason     VARCHAR(500) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE IF EXISTS qlobooks_handled;
-- +goose StatementBegin
SET @drop = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_documents' AND column_name = 'issue_since') = 1,
  'ALTER TABLE qlobooks_documents DROP COLUMN issue_since', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @drop;
EXECUTE step;
DEALLOCATE PREPARE step;
-- +goose StatementBegin
SET @drop = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_records' AND column_name = 'total') = 1,
  'ALTER TABLE qlobooks_records DROP KEY by_matching, DROP COLUMN total, DROP COLUMN due', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @drop;
EXECUTE step;
DEALLOCATE PREPARE step;
