-- Which documents a run is taking back, how each ended, and what is kept of those that stay void in Zoho Books: such a
-- one keeps its key, so that a later sync brings that very document back.

-- +goose Up
CREATE TABLE IF NOT EXISTS qlobooks_undo (
  run_id      BIGINT UNSIGNED NOT NULL COMMENT 'the run that takes back',
  document_id BIGINT UNSIGNED NOT NULL,
  place       TINYINT         NOT NULL COMMENT 'the order in which Zoho Books accepts it',
  way         VARCHAR(12)     NOT NULL COMMENT 'delete, void, inactive, unapply',
  zoho_id     VARCHAR(32)     NOT NULL COMMENT 'what it stood for',
  state       VARCHAR(12)     NOT NULL COMMENT 'wanted, taken_back, refused',
  was_status  VARCHAR(12)     NOT NULL COMMENT 'what it reads again when it is refused',
  was_code    VARCHAR(40)     NOT NULL DEFAULT '',
  was_detail  TEXT            NULL,
  was_action  TEXT            NULL,
  code        VARCHAR(40)     NOT NULL DEFAULT '' COMMENT 'why it was refused',
  detail      TEXT            NULL,
  action      TEXT            NULL,
  PRIMARY KEY (run_id, document_id),
  KEY by_document (document_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_documents' AND column_name = 'undo_run') = 0,
  'ALTER TABLE qlobooks_documents ADD COLUMN undo_run BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT ''the run that takes it back'', ADD COLUMN undone MEDIUMTEXT NULL COMMENT ''JSON: the link of what stays void or inactive in Zoho Books'', ADD COLUMN undone_at DATETIME(6) NULL COMMENT ''it was taken back and no person has asked for it since'', ADD KEY by_undo (undo_run)', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;

-- +goose Down
-- +goose StatementBegin
SET @drop = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_documents' AND column_name = 'undo_run') = 1,
  'ALTER TABLE qlobooks_documents DROP KEY by_undo, DROP COLUMN undo_run, DROP COLUMN undone, DROP COLUMN undone_at', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @drop;
EXECUTE step;
DEALLOCATE PREPARE step;
DROP TABLE IF EXISTS qlobooks_undo;
