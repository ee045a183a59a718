-- Months that a person closed: what was agreed then, document by document, and what has come to be otherwise since.

-- +goose Up
CREATE TABLE IF NOT EXISTS qlobooks_periods (
  organization_id VARCHAR(32)  NOT NULL COMMENT 'whose books they are',
  month           CHAR(7)      NOT NULL COMMENT 'as 2026-03',
  closed_at       DATETIME(6)  NOT NULL,
  closed_by       VARCHAR(128) NOT NULL,
  reason          VARCHAR(500) NOT NULL,
  sums            MEDIUMTEXT   NOT NULL COMMENT 'JSON: the three columns by currency and kind',
  accepted        MEDIUMTEXT   NOT NULL COMMENT 'JSON: the differences that stood, each with its reason',
  PRIMARY KEY (organization_id, month)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS qlobooks_period_documents (
  organization_id VARCHAR(32)   NOT NULL,
  month           CHAR(7)       NOT NULL,
  flow            VARCHAR(24)   NOT NULL,
  source_id       VARCHAR(64)   NOT NULL,
  zoho_id         VARCHAR(32)   NOT NULL DEFAULT '',
  number          VARCHAR(255)  NOT NULL DEFAULT '',
  title           VARCHAR(255)  NOT NULL DEFAULT '',
  order_id        VARCHAR(40)   NOT NULL DEFAULT '',
  day             DATE          NULL,
  currency        VARCHAR(3)    NOT NULL DEFAULT '',
  total           DECIMAL(20,6) NOT NULL COMMENT 'that was agreed; 0 of a void one',
  sides           TEXT          NOT NULL COMMENT 'JSON: what each side said',
  PRIMARY KEY (organization_id, month, flow, source_id),
  KEY by_ref (flow, source_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS qlobooks_period_drifts (
  organization_id VARCHAR(32)   NOT NULL,
  month           CHAR(7)       NOT NULL,
  flow            VARCHAR(24)   NOT NULL,
  source_id       VARCHAR(64)   NOT NULL,
  double_id       VARCHAR(32)   NOT NULL DEFAULT '' COMMENT 'of a second document in Zoho Books',
  zoho_id         VARCHAR(32)   NOT NULL DEFAULT '',
  number          VARCHAR(255)  NOT NULL DEFAULT '',
  title           VARCHAR(255)  NOT NULL DEFAULT '',
  order_id        VARCHAR(40)   NOT NULL DEFAULT '',
  day             DATE          NULL,
  currency        VARCHAR(3)    NOT NULL DEFAULT '',
  was             DECIMAL(20,6) NULL COMMENT 'NULL: it was not there when the month was closed',
  is_now          DECIMAL(20,6) NULL COMMENT 'NULL: it is not there any more',
  detail          TEXT          NOT NULL,
  seen_at         DATETIME(6)   NOT NULL COMMENT 'when it was first found as it is',
  PRIMARY KEY (organization_id, month, flow, source_id, double_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE IF EXISTS qlobooks_period_drifts, qlobooks_period_documents, qlobooks_periods;
