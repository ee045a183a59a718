-- Why a list of Zoho Books could not be read for a table of the mapping, and what rows had before
-- another choice was made for them.

-- +goose Up
CREATE TABLE IF NOT EXISTS qlobooks_mapping_unread (
  kind       VARCHAR(20) NOT NULL PRIMARY KEY,
  code       VARCHAR(64) NOT NULL,
  detail     TEXT        NOT NULL,
  action     TEXT        NOT NULL,
  tried_at   DATETIME(6) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS qlobooks_mapping_former (
  kind       VARCHAR(20)  NOT NULL,
  source_id  VARCHAR(255) NOT NULL,
  zoho_id    VARCHAR(64)  NOT NULL,
  name       VARCHAR(255) NOT NULL,
  until      DATETIME(6)  NOT NULL,
  PRIMARY KEY (kind, source_id, zoho_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE IF EXISTS qlobooks_mapping_former, qlobooks_mapping_unread;
