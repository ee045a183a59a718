-- Runs are what people start and watch; run members say which documents belong to one and how
-- the first attempt of each ended. Events are the history of records and the audit trail.

-- +goose Up
CREATE TABLE IF NOT EXISTS qlobooks_runs (
  id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  kind        VARCHAR(20)  NOT NULL,
  section     VARCHAR(24)  NOT NULL DEFAULT '',
  request     MEDIUMTEXT   NOT NULL COMMENT 'JSON: what was asked',
  request_sum VARCHAR(64)  NOT NULL COMMENT 'fingerprint of kind, section and request',
  active_sum  VARCHAR(64)  NULL COMMENT 'request_sum while unfinished: a second identical request finds the first',
  status      VARCHAR(12)  NOT NULL,
  cursor_at   VARCHAR(64)  NOT NULL DEFAULT '' COMMENT 'where listing continues after a crash',
  listed      TINYINT(1)   NOT NULL DEFAULT 0 COMMENT 'every member is known',
  total       INT UNSIGNED NULL,
  done        INT UNSIGNED NOT NULL DEFAULT 0,
  failed      INT UNSIGNED NOT NULL DEFAULT 0,
  held        INT UNSIGNED NOT NULL DEFAULT 0,
  unchanged   INT UNSIGNED NOT NULL DEFAULT 0,
  skipped     INT UNSIGNED NOT NULL DEFAULT 0,
  calls_used  INT UNSIGNED NOT NULL DEFAULT 0,
  brake       TEXT NULL,
  result      MEDIUMTEXT NULL,
  error       TEXT NULL,
  started_by  VARCHAR(128) NOT NULL,
  lease_owner VARCHAR(40)  NULL,
  lease_until DATETIME(6)  NULL,
  created_at  DATETIME(6)  NOT NULL,
  started_at  DATETIME(6)  NULL,
  finished_at DATETIME(6)  NULL,
  UNIQUE KEY by_active (active_sum),
  KEY by_status (status, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS qlobooks_run_documents (
  run_id      BIGINT UNSIGNED NOT NULL,
  document_id BIGINT UNSIGNED NOT NULL,
  outcome     VARCHAR(12) NOT NULL DEFAULT '' COMMENT 'empty until the first attempt ended',
  PRIMARY KEY (run_id, document_id),
  KEY by_document (document_id, outcome),
  KEY by_outcome (run_id, outcome)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS qlobooks_events (
  id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  at          DATETIME(6)  NOT NULL,
  actor       VARCHAR(128) NOT NULL,
  action      VARCHAR(40)  NOT NULL,
  flow        VARCHAR(24)  NOT NULL DEFAULT '',
  source_id   VARCHAR(64)  NOT NULL DEFAULT '',
  detail      TEXT NULL,
  KEY by_ref (flow, source_id, id),
  KEY by_time (at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS qlobooks_calls (
  id        BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  at        DATETIME(6)  NOT NULL,
  ref       VARCHAR(96)  NOT NULL DEFAULT '',
  run_id    BIGINT UNSIGNED NOT NULL DEFAULT 0,
  method    VARCHAR(8)   NOT NULL,
  path      VARCHAR(255) NOT NULL,
  query     TEXT NULL,
  status    INT NOT NULL DEFAULT 0,
  code      VARCHAR(20)  NOT NULL DEFAULT '',
  ms        INT UNSIGNED NOT NULL DEFAULT 0,
  request   MEDIUMTEXT NULL,
  response  MEDIUMTEXT NULL,
  error     VARCHAR(500) NOT NULL DEFAULT '',
  KEY by_ref (ref, id),
  KEY by_time (at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE IF EXISTS qlobooks_calls, qlobooks_events, qlobooks_run_documents, qlobooks_runs;
