-- Who tried to sign in: when, with which address, from where and with what outcome. Kept as long as the lines
-- of calls, and never more than 20 000.

-- +goose Up
CREATE TABLE IF NOT EXISTS qlobooks_sign_ins (
  id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  at          DATETIME(6)     NOT NULL,
  account     VARCHAR(120)    NOT NULL COMMENT 'the e-mail address as it was typed, made printable',
  employee_id VARCHAR(20)     NOT NULL DEFAULT '' COMMENT 'whose session began',
  address     VARCHAR(64)     NOT NULL COMMENT 'where it came from',
  browser     VARCHAR(200)    NOT NULL DEFAULT '',
  outcome     VARCHAR(20)     NOT NULL COMMENT 'signed_in, refused, throttled',
  KEY by_employee (employee_id, id),
  KEY by_at (at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE IF EXISTS qlobooks_sign_ins;
