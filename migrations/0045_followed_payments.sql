-- +goose Up
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_imported_payments' AND column_name = 'facts') = 0,
  'ALTER TABLE qlobooks_imported_payments ADD COLUMN facts MEDIUMTEXT NULL COMMENT ''JSON: what it settles and has left in Zoho Books, what a person assigned, a call that may have been made'', ADD COLUMN version INT UNSIGNED NOT NULL DEFAULT 0 COMMENT ''rises with every change; an older reading does not overwrite a newer one'', ADD COLUMN accepted VARCHAR(64) NOT NULL DEFAULT '''' COMMENT ''fingerprint of the state that a person left as it is'', MODIFY number VARCHAR(255) NOT NULL DEFAULT '''', MODIFY payment_mode VARCHAR(255) NOT NULL DEFAULT '''', MODIFY reference VARCHAR(255) NOT NULL DEFAULT ''''', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;

CREATE TABLE IF NOT EXISTS qlobooks_imported_shares (
  zoho_id    VARCHAR(32)   NOT NULL,
  payment_id VARCHAR(40)   NOT NULL COMMENT 'id_order_payment',
  order_id   VARCHAR(40)   NOT NULL DEFAULT '',
  invoice_id VARCHAR(40)   NOT NULL DEFAULT '',
  amount     DECIMAL(20,6) NOT NULL,
  PRIMARY KEY (zoho_id, payment_id, order_id),
  KEY by_order (order_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE IF EXISTS qlobooks_imported_shares;
-- +goose StatementBegin
SET @drop = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_imported_payments' AND column_name = 'facts') = 1,
  'ALTER TABLE qlobooks_imported_payments DROP COLUMN facts, DROP COLUMN version, DROP COLUMN accepted', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @drop;
EXECUTE step;
DEALLOCATE PREPARE step;
