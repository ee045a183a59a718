-- Sign-ins of QloApps' employees. The cookie's secret is kept as a hash only; the print of the
-- password notices that the password was changed, which ends the session.

-- +goose Up
CREATE TABLE IF NOT EXISTS qlobooks_sessions (
  id             VARCHAR(64)  NOT NULL PRIMARY KEY COMMENT 'hash of the secret in the cookie',
  employee_id    VARCHAR(20)  NOT NULL,
  password_print VARCHAR(64)  NOT NULL,
  created_at     DATETIME(6)  NOT NULL,
  last_seen_at   DATETIME(6)  NOT NULL,
  KEY by_employee (employee_id),
  KEY by_seen (last_seen_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE IF EXISTS qlobooks_sessions;
