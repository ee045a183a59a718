-- What detection remembers of QloApps' rows, what of it no document has been queued for yet, and
-- which slots of the schedule have run.

-- +goose Up
CREATE TABLE IF NOT EXISTS qlobooks_candidates (
  section VARCHAR(24)     NOT NULL,
  id      BIGINT UNSIGNED NOT NULL COMMENT 'source id of a record that may have changed',
  quiet   TINYINT(1)      NOT NULL DEFAULT 0 COMMENT '1: nothing but a newer QloBooks asks for another look',
  stamp   BIGINT          NOT NULL COMMENT 'of the last gathering that named it',
  PRIMARY KEY (section, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS qlobooks_marks (
  name  VARCHAR(60) NOT NULL PRIMARY KEY COMMENT 'where detection goes on: an instant, an id, a place of the sweep',
  value VARCHAR(80) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS qlobooks_slots (
  name     VARCHAR(16) NOT NULL COMMENT 'tick or daily',
  slot     DATETIME    NOT NULL,
  taken_at DATETIME(6) NOT NULL,
  PRIMARY KEY (name, slot)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_records' AND column_name = 'in_scope') = 0,
  'ALTER TABLE qlobooks_records ADD COLUMN in_scope TINYINT(1) NOT NULL DEFAULT 0 COMMENT ''1: new since Initialize, or queued by a person'', ADD COLUMN source_print VARCHAR(64) NOT NULL DEFAULT '''' COMMENT ''print of the complete source at the last look'', ADD COLUMN source_sum VARCHAR(40) NOT NULL DEFAULT '''' COMMENT ''cheap sum over its rows at the last look, for the sweep'', ADD COLUMN retired TINYINT(1) NOT NULL DEFAULT 0 COMMENT ''1: disabled, deleted or gone at the last look'', ADD COLUMN amount DECIMAL(20,2) NULL COMMENT ''total in the default currency, for the brake'', ADD COLUMN last_day DATE NULL COMMENT ''newest day of the record and its documents'', ADD KEY by_scope (section, in_scope, sort_id)', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;

-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_documents' AND column_name = 'news') = 0,
  'ALTER TABLE qlobooks_documents ADD COLUMN news TINYINT NOT NULL DEFAULT 0 COMMENT ''bits of what it was not queued for yet: 1 content, 2 retired or back'', ADD COLUMN news_taken TINYINT NOT NULL DEFAULT 0 COMMENT ''the news it was queued with, should that be canceled'', ADD COLUMN keep_content TINYINT(1) NOT NULL DEFAULT 0 COMMENT ''1: queued for its state alone'', ADD COLUMN keep_state TINYINT(1) NOT NULL DEFAULT 0 COMMENT ''1: queued for its content alone'', ADD KEY by_news (flow, news, id)', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;

-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_runs' AND column_name = 'released') = 0,
  'ALTER TABLE qlobooks_runs MODIFY COLUMN cursor_at VARCHAR(1000) NOT NULL DEFAULT '''' COMMENT ''where it continues after a crash'', ADD COLUMN released TINYINT(1) NOT NULL DEFAULT 0 COMMENT ''1: a person let it pass the brakes''', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;

-- A run counts records: a member is a document for one of the records that show it.
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_run_documents' AND column_name = 'section') = 0,
  'ALTER TABLE qlobooks_run_documents ADD COLUMN section VARCHAR(24) NOT NULL DEFAULT '''' AFTER document_id, ADD COLUMN record_id VARCHAR(96) NOT NULL DEFAULT '''' AFTER section, DROP PRIMARY KEY, ADD PRIMARY KEY (run_id, document_id, section, record_id), ADD KEY by_record (run_id, section, record_id, outcome)', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;

UPDATE qlobooks_run_documents SET record_id = document_id WHERE record_id = '';

-- +goose Down
DELETE FROM qlobooks_run_documents;
ALTER TABLE qlobooks_run_documents DROP KEY by_record, DROP PRIMARY KEY, ADD PRIMARY KEY (run_id, document_id), DROP COLUMN section, DROP COLUMN record_id;
ALTER TABLE qlobooks_runs DROP COLUMN released;
ALTER TABLE qlobooks_documents DROP KEY by_news, DROP COLUMN news, DROP COLUMN news_taken, DROP COLUMN keep_content, DROP COLUMN keep_state;
ALTER TABLE qlobooks_records DROP KEY by_scope, DROP COLUMN in_scope, DROP COLUMN source_print, DROP COLUMN source_sum, DROP COLUMN retired, DROP COLUMN amount, DROP COLUMN last_day;
DROP TABLE IF EXISTS qlobooks_slots, qlobooks_marks, qlobooks_candidates;
