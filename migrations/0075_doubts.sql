-- What an order's rows in QloApps say twice and differently though its documents stand, and what QloApps has
-- that no list shows, by its reason.

-- +goose Up
CREATE TABLE IF NOT EXISTS qlobooks_doubts (
  section    VARCHAR(20)   NOT NULL,
  record_id  VARCHAR(64)   NOT NULL,
  code       VARCHAR(40)   NOT NULL,
  detail     VARCHAR(500)  NOT NULL COMMENT 'with both figures',
  currency   VARCHAR(3)    NOT NULL COMMENT 'empty = QloApps no longer has it',
  apart      DECIMAL(20,6) NOT NULL COMMENT 'by how much they differ',
  since      DATETIME(6)   NOT NULL,
  PRIMARY KEY (section, record_id, code),
  KEY by_code (code)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS qlobooks_unlisted (
  section    VARCHAR(20)  NOT NULL,
  place      INT          NOT NULL,
  what       VARCHAR(40)  NOT NULL,
  because    VARCHAR(200) NOT NULL,
  n          BIGINT       NOT NULL,
  first_id   VARCHAR(20)  NOT NULL,
  counted_at DATETIME(6)  NOT NULL,
  PRIMARY KEY (section, place)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE IF EXISTS qlobooks_unlisted, qlobooks_doubts;
