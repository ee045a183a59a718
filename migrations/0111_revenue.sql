-- What of billed revenue is earned when, for the journals of revenue by the night and the guest ledger.
-- Amounts are in the base currency of Zoho Books. Nothing stands here while revenue has no first day.

-- +goose Up
CREATE TABLE IF NOT EXISTS qlobooks_ledger_orders (
  order_id  BIGINT UNSIGNED NOT NULL PRIMARY KEY,
  hotel_id  VARCHAR(40)     NOT NULL,
  first_day DATE            NOT NULL COMMENT 'of its entries',
  last_day  DATE            NOT NULL,
  KEY by_hotel (hotel_id, last_day, first_day, order_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS qlobooks_ledger_entries (
  order_id   BIGINT UNSIGNED NOT NULL,
  day        DATE            NOT NULL,
  account_id VARCHAR(32)     NOT NULL COMMENT 'the income account that it was sold to; empty: not known',
  billed     DECIMAL(20,6)   NOT NULL,
  earned     DECIMAL(20,6)   NOT NULL,
  PRIMARY KEY (order_id, day, account_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS qlobooks_ledger_days (
  hotel_id   VARCHAR(40)   NOT NULL,
  day        DATE          NOT NULL,
  account_id VARCHAR(32)   NOT NULL,
  billed     DECIMAL(20,6) NOT NULL COMMENT 'of the entries of all orders',
  earned     DECIMAL(20,6) NOT NULL,
  PRIMARY KEY (hotel_id, day, account_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS qlobooks_ledger_lines (
  flow      VARCHAR(24)     NOT NULL,
  source_id VARCHAR(64)     NOT NULL,
  n         INT UNSIGNED    NOT NULL,
  order_id  BIGINT UNSIGNED NOT NULL,
  said      CHAR(40)        NOT NULL COMMENT 'hash of what the line says',
  sold      VARCHAR(40)     NOT NULL COMMENT 'the row that was sold; empty: none',
  parts     TEXT            NULL COMMENT 'JSON: the days of its stay as they were known last',
  PRIMARY KEY (flow, source_id, n),
  KEY by_order (order_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS qlobooks_ledger_journals (
  source_id  VARCHAR(64)   NOT NULL COMMENT 'of the journal: hotel and day',
  account_id VARCHAR(32)   NOT NULL,
  hotel_id   VARCHAR(40)   NOT NULL,
  day        DATE          NOT NULL,
  zoho_id    VARCHAR(32)   NOT NULL COMMENT 'counts only while the document stands as this one',
  amount     DECIMAL(20,6) NOT NULL COMMENT 'taken from the income account',
  PRIMARY KEY (source_id, account_id),
  KEY by_hotel (hotel_id, day)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE IF EXISTS qlobooks_ledger_journals, qlobooks_ledger_lines, qlobooks_ledger_days, qlobooks_ledger_entries, qlobooks_ledger_orders;
