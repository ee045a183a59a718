-- What both sides said when they were last read, for the reconciliation, and the payments of
-- Zoho Books that QloBooks brings to QloApps.

-- +goose Up
CREATE TABLE IF NOT EXISTS qlobooks_zoho_documents (
  module       VARCHAR(24)   NOT NULL COMMENT 'invoices, creditnotes, customerpayments',
  zoho_id      VARCHAR(32)   NOT NULL,
  doc_key      VARCHAR(255)  NOT NULL DEFAULT '' COMMENT 'value of our key field',
  number       VARCHAR(100)  NOT NULL DEFAULT '',
  status       VARCHAR(24)   NOT NULL DEFAULT '',
  contact_id   VARCHAR(32)   NOT NULL DEFAULT '',
  reference    VARCHAR(100)  NOT NULL DEFAULT '',
  payment_mode VARCHAR(100)  NOT NULL DEFAULT '',
  day          DATE          NULL,
  currency     VARCHAR(3)    NOT NULL DEFAULT '',
  total        DECIMAL(20,6) NOT NULL DEFAULT 0,
  modified     VARCHAR(40)   NOT NULL DEFAULT '' COMMENT 'as Zoho writes it',
  gone         TINYINT(1)    NOT NULL DEFAULT 0 COMMENT 'it stands there no more',
  run_id       BIGINT UNSIGNED NOT NULL COMMENT 'the run that looked for it last',
  seen_at      DATETIME(6)   NOT NULL,
  PRIMARY KEY (module, zoho_id),
  KEY by_day (module, day)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS qlobooks_source_documents (
  flow         VARCHAR(24)   NOT NULL,
  source_id    VARCHAR(64)   NOT NULL,
  order_id     VARCHAR(40)   NOT NULL DEFAULT '',
  day          DATE          NULL COMMENT 'of the document that QloApps wants',
  hotel_id     VARCHAR(40)   NOT NULL DEFAULT '',
  hotel        VARCHAR(255)  NOT NULL DEFAULT '',
  currency     VARCHAR(3)    NOT NULL DEFAULT '',
  tax          VARCHAR(255)  NOT NULL DEFAULT '' COMMENT 'rate sets of its lines',
  payment_mode VARCHAR(255)  NOT NULL DEFAULT '',
  amount       DECIMAL(20,6) NOT NULL DEFAULT 0,
  state        VARCHAR(12)   NOT NULL COMMENT 'wanted, changed, nothing, gone, held',
  read_at      DATETIME(6)   NOT NULL,
  PRIMARY KEY (flow, source_id),
  KEY by_day (day)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS qlobooks_reconciled_days (
  day     DATE        NOT NULL PRIMARY KEY,
  read_at DATETIME(6) NOT NULL
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS qlobooks_imported_payments (
  zoho_id      VARCHAR(32)   NOT NULL PRIMARY KEY,
  number       VARCHAR(100)  NOT NULL DEFAULT '',
  day          DATE          NULL,
  currency     VARCHAR(3)    NOT NULL DEFAULT '',
  amount       DECIMAL(20,6) NOT NULL DEFAULT 0,
  payment_mode VARCHAR(100)  NOT NULL DEFAULT '',
  reference    VARCHAR(100)  NOT NULL DEFAULT '',
  contact_id   VARCHAR(32)   NOT NULL DEFAULT '',
  contact      VARCHAR(200)  NOT NULL DEFAULT '',
  shares       TEXT          NULL COMMENT 'JSON: order, invoice and amount of each part',
  status       VARCHAR(12)   NOT NULL COMMENT 'waiting, writing, imported, elsewhere',
  payment_ids  TEXT          NULL COMMENT 'JSON: id_order_payment of each part written',
  issue_code   VARCHAR(40)   NOT NULL DEFAULT '',
  issue_detail TEXT          NULL,
  issue_action TEXT          NULL,
  modified     VARCHAR(40)   NOT NULL DEFAULT '',
  assigned_by  VARCHAR(128)  NOT NULL DEFAULT '',
  created_at   DATETIME(6)   NOT NULL,
  updated_at   DATETIME(6)   NOT NULL,
  KEY by_status (status, day),
  KEY by_day (day)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE IF EXISTS qlobooks_imported_payments, qlobooks_reconciled_days, qlobooks_source_documents, qlobooks_zoho_documents;
