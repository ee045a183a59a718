-- What stood under an organisation before another one was chosen, who changed what of the choices since a
-- form was read, and how often a run was broken off by what passes.

-- +goose Up
CREATE TABLE IF NOT EXISTS qlobooks_former_organizations (
  organization_id VARCHAR(32) NOT NULL PRIMARY KEY,
  kept            MEDIUMTEXT  NOT NULL COMMENT 'JSON: mappings, choices and settings that name something there',
  left_at         DATETIME(6) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS qlobooks_former_links (
  organization_id VARCHAR(32)   NOT NULL,
  flow            VARCHAR(24)   NOT NULL,
  source_id       VARCHAR(64)   NOT NULL,
  status          VARCHAR(12)   NOT NULL,
  zoho_id         VARCHAR(32)   NOT NULL,
  zoho_number     VARCHAR(255)  NOT NULL,
  zoho_name       VARCHAR(255)  NOT NULL,
  paired          TINYINT(1)    NOT NULL,
  fingerprint     VARCHAR(64)   NOT NULL,
  former          VARCHAR(1000) NOT NULL,
  steps           TEXT          NULL,
  extra           MEDIUMTEXT    NULL,
  sent            MEDIUMTEXT    NULL,
  wakes           MEDIUMTEXT    NULL,
  approved        TINYINT(1)    NOT NULL,
  day             DATE          NULL,
  currency        VARCHAR(3)    NOT NULL,
  total           DECIMAL(20,6) NULL,
  tax             DECIMAL(20,6) NULL,
  applied         DECIMAL(20,6) NULL,
  notices         TEXT          NULL,
  last_synced_at  DATETIME(6)   NULL,
  PRIMARY KEY (organization_id, flow, source_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS qlobooks_versions (
  name VARCHAR(64) NOT NULL PRIMARY KEY COMMENT 'settings:orders, mapping:taxes, connection: whoever changes it locks its row'
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS qlobooks_version_changes (
  id      BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name    VARCHAR(64)  NOT NULL,
  was     VARCHAR(40)  NOT NULL COMMENT 'version before the change',
  became  VARCHAR(40)  NOT NULL,
  at      DATETIME(6)  NOT NULL,
  who     VARCHAR(128) NOT NULL,
  changes MEDIUMTEXT   NOT NULL COMMENT 'JSON: field, before, after',
  KEY by_name (name, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_runs' AND column_name = 'tries') = 0,
  'ALTER TABLE qlobooks_runs ADD COLUMN tries INT UNSIGNED NOT NULL DEFAULT 0 COMMENT ''that were broken off by what passes''', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;

CREATE TABLE IF NOT EXISTS qlobooks_erased (
  customer_id VARCHAR(40) NOT NULL PRIMARY KEY COMMENT 'a guest whom QloApps anonymised: no body of a call names them any more',
  erased_at   DATETIME(6) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- A payment mode is a free text of up to 100 characters.
ALTER TABLE qlobooks_mappings MODIFY zoho_id VARCHAR(128) NOT NULL;
ALTER TABLE qlobooks_mapping_choices MODIFY zoho_id VARCHAR(128) NOT NULL;
ALTER TABLE qlobooks_mapping_former MODIFY zoho_id VARCHAR(128) NOT NULL;

-- +goose Down
DROP TABLE IF EXISTS qlobooks_erased, qlobooks_version_changes, qlobooks_versions, qlobooks_former_links, qlobooks_former_organizations;
-- +goose StatementBegin
SET @drop = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_runs' AND column_name = 'tries') = 1,
  'ALTER TABLE qlobooks_runs DROP COLUMN tries', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @drop;
EXECUTE step;
DEALLOCATE PREPARE step;
