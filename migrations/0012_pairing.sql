-- What a person tied to a record of Zoho Books that stood there before, and the contacts that
-- suggestions are made from.

-- +goose Up
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_documents' AND column_name = 'paired') = 0,
  'ALTER TABLE qlobooks_documents ADD COLUMN paired TINYINT(1) NOT NULL DEFAULT 0 COMMENT ''a person tied it to what stood in Zoho'' AFTER zoho_name', 'DO 0');
PREPARE change_documents FROM @add;
EXECUTE change_documents;
DEALLOCATE PREPARE change_documents;

CREATE TABLE IF NOT EXISTS qlobooks_zoho_contacts (
  zoho_id   VARCHAR(32)  NOT NULL PRIMARY KEY,
  name      VARCHAR(200) NOT NULL,
  company   VARCHAR(200) NOT NULL DEFAULT '',
  email     VARCHAR(200) NOT NULL DEFAULT '',
  phone     VARCHAR(60)  NOT NULL DEFAULT '',
  currency  VARCHAR(3)   NOT NULL DEFAULT '',
  status    VARCHAR(20)  NOT NULL DEFAULT '',
  doc_key   VARCHAR(255) NOT NULL DEFAULT '' COMMENT 'value of our key field',
  name_fold VARCHAR(200) NOT NULL COMMENT 'trimmed, lower case',
  mail_fold VARCHAR(200) NOT NULL DEFAULT '',
  digits    VARCHAR(20)  NOT NULL DEFAULT '' COMMENT 'last nine digits of the phone',
  run_id    BIGINT UNSIGNED NOT NULL COMMENT 'the run that saw it last',
  KEY by_name (name_fold),
  KEY by_mail (mail_fold),
  KEY by_digits (digits)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE IF EXISTS qlobooks_zoho_contacts;
SET @drop = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_documents' AND column_name = 'paired') = 1,
  'ALTER TABLE qlobooks_documents DROP COLUMN paired', 'DO 0');
PREPARE change_documents FROM @drop;
EXECUTE change_documents;
DEALLOCATE PREPARE change_documents;
