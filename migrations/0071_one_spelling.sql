-- An id has one spelling: no collation may take «１» for «1». Also what became of a message
-- to the webhook, where a session was begun, and room for long choices. Addresses of the webhook leave
-- the audit, as receivers put secrets into them.

-- +goose Up
-- +goose StatementBegin
SET @change = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_records' AND column_name = 'source_id' AND collation_name = 'utf8mb4_bin') = 0,
  'ALTER TABLE qlobooks_records MODIFY section VARCHAR(24) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL, MODIFY source_id VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL, MODIFY status VARCHAR(12) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT ''not_synced'' COMMENT ''the worst of its documents'', MODIFY phase VARCHAR(16) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL COMMENT ''orders only'', MODIFY hotel_id VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '''', MODIFY currency VARCHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '''', MODIFY customer_id VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '''', MODIFY source_print VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '''' COMMENT ''print of the complete source at the last look'', MODIFY source_sum VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '''' COMMENT ''cheap sum over its rows at the last look, for the sweep''', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @change;
EXECUTE step;
DEALLOCATE PREPARE step;
-- +goose StatementBegin
SET @change = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_search' AND column_name = 'source_id' AND collation_name = 'utf8mb4_bin') = 0,
  'ALTER TABLE qlobooks_search MODIFY section VARCHAR(24) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL, MODIFY source_id VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @change;
EXECUTE step;
DEALLOCATE PREPARE step;
-- +goose StatementBegin
SET @change = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_alerts' AND column_name = 'outcome') = 0,
  'ALTER TABLE qlobooks_alerts ADD COLUMN outcome VARCHAR(200) NOT NULL DEFAULT '''' COMMENT ''of the last attempt, in words'', ADD COLUMN taken TINYINT(1) NULL COMMENT ''1: the receiver took it, 0: not at the last attempt'', ADD COLUMN tried_at DATETIME(6) NULL', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @change;
EXECUTE step;
DEALLOCATE PREPARE step;
-- +goose StatementBegin
SET @change = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_sessions' AND column_name = 'address') = 0,
  'ALTER TABLE qlobooks_sessions ADD COLUMN address VARCHAR(64) NOT NULL DEFAULT '''' COMMENT ''where it was begun'', ADD COLUMN browser VARCHAR(200) NOT NULL DEFAULT ''''', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @change;
EXECUTE step;
DEALLOCATE PREPARE step;
ALTER TABLE qlobooks_settings MODIFY body MEDIUMTEXT NOT NULL COMMENT 'JSON of the whole section';
UPDATE qlobooks_events SET detail = 'Changed the settings of alerts.' WHERE action = 'settings' AND detail LIKE 'Changed the settings of alerts.%"field":"webhook_url"%';

-- +goose Down
-- +goose StatementBegin
SET @drop = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_alerts' AND column_name = 'outcome') = 1,
  'ALTER TABLE qlobooks_alerts DROP COLUMN outcome, DROP COLUMN taken, DROP COLUMN tried_at', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @drop;
EXECUTE step;
DEALLOCATE PREPARE step;
-- +goose StatementBegin
SET @drop = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_sessions' AND column_name = 'address') = 1,
  'ALTER TABLE qlobooks_sessions DROP COLUMN address, DROP COLUMN browser', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @drop;
EXECUTE step;
DEALLOCATE PREPARE step;
