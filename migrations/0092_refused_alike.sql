-- What Zoho Books refused alike several times in a row, by flow: the rest waits without a call.

-- +goose Up
CREATE TABLE IF NOT EXISTS qlobooks_refused_alike (
  flow          VARCHAR(32)  NOT NULL PRIMARY KEY,
  code          VARCHAR(64)  NOT NULL,
  detail        TEXT         NOT NULL,
  action        TEXT         NOT NULL,
  times         INT          NOT NULL,
  probes        INT          NOT NULL DEFAULT 0 COMMENT 'that were refused as well',
  last_at       DATETIME(6)  NOT NULL,
  probe_at      DATETIME(6)  NOT NULL COMMENT 'when one is tried again',
  probing_until DATETIME(6)  NULL COMMENT 'one is being tried'
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE IF EXISTS qlobooks_refused_alike;
