-- Records are what people see, documents are what the engine works on. A document row is
-- also the outbox: it is to be worked on when due_at has come and nobody holds a lease.

-- +goose Up
CREATE TABLE IF NOT EXISTS qlobooks_sections (
  section        VARCHAR(24)     NOT NULL PRIMARY KEY,
  initialized_at DATETIME(6)     NULL,
  high_id        BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'highest source id that Initialize stored; above it is new'
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS qlobooks_records (
  section        VARCHAR(24)     NOT NULL,
  source_id      VARCHAR(40)     NOT NULL,
  sort_id        BIGINT UNSIGNED NOT NULL COMMENT 'source_id as a number, for keyset pages',
  name           VARCHAR(255)    NOT NULL DEFAULT '',
  status         VARCHAR(12)     NOT NULL DEFAULT 'not_synced' COMMENT 'the worst of its documents',
  phase          VARCHAR(16)     NULL COMMENT 'orders only',
  canceled       TINYINT(1)      NOT NULL DEFAULT 0,
  due_open       TINYINT(1)      NOT NULL DEFAULT 0 COMMENT 'QloApps shows an amount due',
  hotel_id       VARCHAR(40)     NOT NULL DEFAULT '',
  currency       VARCHAR(3)      NOT NULL DEFAULT '',
  customer_id    VARCHAR(40)     NOT NULL DEFAULT '',
  day            DATE            NULL COMMENT 'calendar day in the shop time zone',
  fields         TEXT            NULL COMMENT 'JSON: texts shown in columns',
  last_synced_at DATETIME(6)     NULL,
  updated_at     DATETIME(6)     NOT NULL,
  PRIMARY KEY (section, source_id),
  KEY by_id (section, sort_id),
  KEY by_status (section, status, sort_id),
  KEY by_name (section, name(100), sort_id),
  KEY by_synced (section, last_synced_at, sort_id),
  KEY by_updated (section, updated_at, sort_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS qlobooks_search (
  section   VARCHAR(24) NOT NULL,
  term      VARCHAR(96) NOT NULL,
  source_id VARCHAR(40) NOT NULL,
  PRIMARY KEY (section, term, source_id),
  KEY by_record (section, source_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS qlobooks_documents (
  id             BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  flow           VARCHAR(24)     NOT NULL,
  source_id      VARCHAR(64)     NOT NULL,
  version        INT UNSIGNED    NOT NULL DEFAULT 0 COMMENT 'rises with every queueing; an older attempt does not settle a newer wish',
  status         VARCHAR(12)     NOT NULL DEFAULT 'not_synced',
  lane           TINYINT         NOT NULL DEFAULT 2 COMMENT '0 person, 1 live, 2 history',
  due_at         DATETIME(6)     NULL COMMENT 'NULL: nothing to do',
  attempts       INT UNSIGNED    NOT NULL DEFAULT 0,
  lease_owner    VARCHAR(40)     NULL,
  lease_until    DATETIME(6)     NULL,
  zoho_id        VARCHAR(32)     NOT NULL DEFAULT '',
  zoho_number    VARCHAR(100)    NOT NULL DEFAULT '',
  zoho_name      VARCHAR(200)    NOT NULL DEFAULT '',
  fingerprint    VARCHAR(64)     NOT NULL DEFAULT '',
  steps          TEXT            NULL COMMENT 'JSON: name and status of every step',
  step_due       TINYINT(1)      NOT NULL DEFAULT 0 COMMENT '1: stands at Zoho, only bulk steps are open',
  intent         MEDIUMTEXT      NULL COMMENT 'JSON: the exact call that may have been made',
  extra          MEDIUMTEXT      NULL COMMENT 'JSON: facts of the last answer that later drafts need',
  title          VARCHAR(255)    NOT NULL DEFAULT '',
  day            DATE            NULL,
  currency       VARCHAR(3)      NOT NULL DEFAULT '',
  total          DECIMAL(20,6)   NULL,
  tax            DECIMAL(20,6)   NULL,
  applied        DECIMAL(20,6)   NULL,
  issue_code     VARCHAR(40)     NOT NULL DEFAULT '',
  issue_detail   TEXT            NULL,
  issue_action   TEXT            NULL,
  notices        TEXT            NULL,
  last_synced_at DATETIME(6)     NULL,
  created_at     DATETIME(6)     NOT NULL,
  updated_at     DATETIME(6)     NOT NULL,
  UNIQUE KEY by_ref (flow, source_id),
  KEY by_due (flow, step_due, lane, due_at),
  KEY by_lease (lease_owner),
  KEY by_issue (issue_code),
  KEY by_zoho (flow, zoho_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS qlobooks_record_documents (
  section     VARCHAR(24)     NOT NULL,
  record_id   VARCHAR(40)     NOT NULL,
  document_id BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (section, record_id, document_id),
  KEY by_document (document_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS qlobooks_waits (
  waiter_id BIGINT UNSIGNED NOT NULL,
  on_id     BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (waiter_id, on_id),
  KEY by_on (on_id)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS qlobooks_names (
  module   VARCHAR(24)  NOT NULL COMMENT 'contact or item: one space of unique display names in Zoho',
  folded   VARCHAR(200) NOT NULL COMMENT 'trimmed, lower case',
  owner    VARCHAR(96)  NOT NULL COMMENT 'key of our document, or foreign',
  PRIMARY KEY (module, folded),
  KEY by_owner (owner)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE IF EXISTS qlobooks_names, qlobooks_waits, qlobooks_record_documents, qlobooks_documents, qlobooks_search, qlobooks_records, qlobooks_sections;
