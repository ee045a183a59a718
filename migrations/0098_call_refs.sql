-- One call may be made for many documents, as when invoices are marked sent: the log names the first in its
-- line, the others here.

-- +goose Up
CREATE TABLE IF NOT EXISTS qlobooks_call_refs (
  call_id BIGINT UNSIGNED NOT NULL,
  ref     VARCHAR(96)     NOT NULL,
  PRIMARY KEY (call_id, ref),
  KEY by_ref (ref, call_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE IF EXISTS qlobooks_call_refs;
