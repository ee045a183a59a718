-- One row for each section that somebody changed; the others have their defaults.

-- +goose Up
CREATE TABLE IF NOT EXISTS qlobooks_settings (
  section    VARCHAR(24)  NOT NULL PRIMARY KEY,
  body       TEXT         NOT NULL COMMENT 'JSON of the whole section',
  updated_at DATETIME(6)  NOT NULL,
  updated_by VARCHAR(128) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE IF EXISTS qlobooks_settings;
