-- Messages for the webhook. A row is also the outbox: it is to be sent when due_at has come, and
-- done when due_at is NULL.

-- +goose Up
CREATE TABLE IF NOT EXISTS qlobooks_alerts (
  id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  event       VARCHAR(40)  NOT NULL,
  about       VARCHAR(120) NOT NULL COMMENT 'what it tells of; each thing is told once',
  at          DATETIME(6)  NOT NULL,
  data        TEXT         NOT NULL COMMENT 'JSON',
  attempts    INT UNSIGNED NOT NULL DEFAULT 0,
  due_at      DATETIME(6)  NULL,
  lease_owner VARCHAR(40)  NULL,
  UNIQUE KEY by_about (event, about),
  KEY by_due (due_at),
  KEY by_lease (lease_owner)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE IF EXISTS qlobooks_alerts;
