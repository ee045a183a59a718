-- What a person chose, what QloApps offers to be mapped, and what Zoho offers to map it to.

-- +goose Up
CREATE TABLE IF NOT EXISTS qlobooks_mappings (
  kind       VARCHAR(20)  NOT NULL,
  source_id  VARCHAR(255) NOT NULL,
  zoho_id    VARCHAR(64)  NOT NULL,
  updated_at DATETIME(6)  NOT NULL,
  updated_by VARCHAR(128) NOT NULL,
  PRIMARY KEY (kind, source_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS qlobooks_mapping_sources (
  kind      VARCHAR(20)  NOT NULL,
  source_id VARCHAR(255) NOT NULL,
  name      VARCHAR(255) NOT NULL,
  used_by   INT UNSIGNED NOT NULL DEFAULT 0,
  position  INT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (kind, source_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS qlobooks_mapping_choices (
  kind     VARCHAR(20)  NOT NULL,
  zoho_id  VARCHAR(64)  NOT NULL,
  name     VARCHAR(255) NOT NULL,
  facts    TEXT NULL COMMENT 'JSON: rate parts of a tax, type of an account',
  position INT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (kind, zoho_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS qlobooks_mapping_refreshes (
  kind         VARCHAR(20) NOT NULL PRIMARY KEY,
  refreshed_at DATETIME(6) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE IF EXISTS qlobooks_mapping_refreshes, qlobooks_mapping_choices, qlobooks_mapping_sources, qlobooks_mappings;
