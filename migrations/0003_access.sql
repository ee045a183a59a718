-- API tokens; only a hash of each is kept.

-- +goose Up
CREATE TABLE IF NOT EXISTS qlobooks_tokens (
  id           BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name         VARCHAR(100) NOT NULL,
  role         VARCHAR(16)  NOT NULL,
  prefix       VARCHAR(16)  NOT NULL,
  hash         VARCHAR(64)  NOT NULL,
  created_by   VARCHAR(128) NOT NULL,
  created_at   DATETIME(6)  NOT NULL,
  last_used_at DATETIME(6)  NULL,
  UNIQUE KEY by_hash (hash)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE IF EXISTS qlobooks_tokens;
