-- Counts that are kept with what they count, so that nothing is counted when somebody looks: of
-- records by what lists filter by, of documents that stand still by cause, of documents that were
-- posted by when. A transaction that changes what is counted writes what it changes beside it, as a row
-- of its own, so that two never wait for each other; these rows are added up into the counts later.

-- +goose Up
CREATE TABLE IF NOT EXISTS qlobooks_counts (
  list     VARCHAR(24)     NOT NULL COMMENT 'a section; standing: documents by cause; causes: records by cause; posted: documents by when',
  at       DATETIME        NOT NULL COMMENT 'of records the first day of their month; else a quarter of an hour, UTC',
  hotel_id VARCHAR(40)     NOT NULL DEFAULT '',
  currency VARCHAR(3)      NOT NULL DEFAULT '',
  phase    VARCHAR(24)     NOT NULL DEFAULT '' COMMENT 'of causes the section',
  state    VARCHAR(40)     NOT NULL DEFAULT '' COMMENT 'status of records, else the cause',
  n        BIGINT          NOT NULL DEFAULT 0,
  total    DECIMAL(30,6)   NOT NULL DEFAULT 0,
  due      DECIMAL(30,6)   NOT NULL DEFAULT 0,
  amount   DECIMAL(30,6)   NOT NULL DEFAULT 0 COMMENT 'in the default currency',
  low      BIGINT UNSIGNED NULL COMMENT 'no record that was ever counted here has a lower id',
  high     BIGINT UNSIGNED NULL COMMENT 'nor a higher one',
  PRIMARY KEY (list, at, hotel_id, currency, phase, state)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS qlobooks_count_changes (
  id       BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  list     VARCHAR(24)     NOT NULL,
  at       DATETIME        NOT NULL,
  hotel_id VARCHAR(40)     NOT NULL DEFAULT '',
  currency VARCHAR(3)      NOT NULL DEFAULT '',
  phase    VARCHAR(24)     NOT NULL DEFAULT '',
  state    VARCHAR(40)     NOT NULL DEFAULT '',
  n        BIGINT          NOT NULL DEFAULT 0,
  total    DECIMAL(30,6)   NOT NULL DEFAULT 0,
  due      DECIMAL(30,6)   NOT NULL DEFAULT 0,
  amount   DECIMAL(30,6)   NOT NULL DEFAULT 0,
  low      BIGINT UNSIGNED NULL,
  high     BIGINT UNSIGNED NULL,
  KEY by_list (list)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_records' AND column_name = 'causes') = 0,
  'ALTER TABLE qlobooks_records ADD COLUMN causes VARCHAR(500) NOT NULL DEFAULT '''' COMMENT ''for which its documents stand still, as they are counted'', ADD KEY by_last_day (section, last_day)', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_documents' AND column_name = 'counted') = 0,
  'ALTER TABLE qlobooks_documents ADD COLUMN counted VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '''' COMMENT ''cause, currency and time under which it is counted as standing still'', ADD COLUMN counted_total DECIMAL(20,6) NULL, ADD COLUMN posted_at DATETIME NULL COMMENT ''quarter of an hour under which it is counted as posted, UTC'', ADD COLUMN posted_total DECIMAL(20,6) NULL, ADD KEY by_since (issue_code, status, issue_since)', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;

UPDATE qlobooks_documents SET issue_since = updated_at WHERE issue_code <> '' AND issue_since IS NULL;

-- What there is already is counted here once; what Go counts later has the same form.
-- +goose StatementBegin
UPDATE qlobooks_documents d JOIN (SELECT e.flow, e.source_id, MAX(e.at) at FROM qlobooks_events e WHERE e.action IN ('synced', 'disabled') GROUP BY e.flow, e.source_id) e ON e.flow = d.flow AND e.source_id = d.source_id
SET d.posted_at = FROM_UNIXTIME(FLOOR(UNIX_TIMESTAMP(e.at) / 900) * 900), d.posted_total = IF(d.flow = 'invoice', COALESCE(d.total, 0), 0)
WHERE d.zoho_id <> '' AND d.posted_at IS NULL;
-- +goose StatementEnd
-- +goose StatementBegin
UPDATE qlobooks_documents SET counted = CONCAT_WS('|', issue_code, currency, FROM_UNIXTIME(FLOOR(UNIX_TIMESTAMP(issue_since) / 900) * 900)), counted_total = COALESCE(total, 0)
WHERE issue_code <> '' AND status IN ('blocked', 'held', 'failed', 'unknown', 'rejected') AND counted = '';
-- +goose StatementEnd
-- +goose StatementBegin
UPDATE qlobooks_records r JOIN (SELECT t.section, t.record_id, GROUP_CONCAT(DISTINCT d.issue_code ORDER BY d.issue_code SEPARATOR ' ') causes FROM qlobooks_documents d JOIN qlobooks_record_documents t ON t.document_id = d.id
  WHERE d.issue_code <> '' AND d.status IN ('blocked', 'held', 'failed', 'unknown', 'rejected') GROUP BY t.section, t.record_id) c ON c.section = r.section AND c.record_id = r.source_id
SET r.causes = LEFT(c.causes, 500);
-- +goose StatementEnd

-- Whoever finishes this after a death counts from nothing: what was counted before it may have changed since.
DELETE FROM qlobooks_count_changes;
DELETE FROM qlobooks_counts;
-- +goose StatementBegin
INSERT INTO qlobooks_counts (list, at, hotel_id, currency, phase, state, n, total, due, amount, low, high)
SELECT section, COALESCE(DATE_FORMAT(day, '%Y-%m-01'), '1000-01-01'), hotel_id, currency, COALESCE(phase, ''), status, COUNT(*), COALESCE(SUM(total), 0), COALESCE(SUM(due), 0), COALESCE(SUM(amount), 0), MIN(sort_id), MAX(sort_id)
FROM qlobooks_records GROUP BY 1, 2, 3, 4, 5, 6
ON DUPLICATE KEY UPDATE n = VALUES(n), total = VALUES(total), due = VALUES(due), amount = VALUES(amount);
-- +goose StatementEnd
-- +goose StatementBegin
INSERT INTO qlobooks_counts (list, at, currency, state, n, total)
SELECT 'standing', SUBSTRING_INDEX(counted, '|', -1), SUBSTRING_INDEX(SUBSTRING_INDEX(counted, '|', 2), '|', -1), SUBSTRING_INDEX(counted, '|', 1), COUNT(*), SUM(COALESCE(counted_total, 0))
FROM qlobooks_documents WHERE counted <> '' GROUP BY counted
ON DUPLICATE KEY UPDATE n = VALUES(n), total = VALUES(total);
-- +goose StatementEnd
-- +goose StatementBegin
INSERT INTO qlobooks_counts (list, at, currency, n, total)
SELECT 'posted', posted_at, currency, COUNT(*), SUM(COALESCE(posted_total, 0)) FROM qlobooks_documents WHERE posted_at IS NOT NULL GROUP BY posted_at, currency
ON DUPLICATE KEY UPDATE n = VALUES(n), total = VALUES(total);
-- +goose StatementEnd
-- +goose StatementBegin
INSERT INTO qlobooks_counts (list, at, phase, state, n)
SELECT 'causes', '1000-01-01', r.section, c.code, COUNT(*) FROM qlobooks_records r JOIN (SELECT DISTINCT state code FROM qlobooks_counts WHERE list = 'standing') c ON CONCAT(' ', r.causes, ' ') LIKE CONCAT('% ', c.code, ' %')
WHERE r.causes <> '' GROUP BY r.section, c.code
ON DUPLICATE KEY UPDATE n = VALUES(n);
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
SET @drop = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_documents' AND column_name = 'counted') > 0,
  'ALTER TABLE qlobooks_documents DROP KEY by_since, DROP COLUMN counted, DROP COLUMN counted_total, DROP COLUMN posted_at, DROP COLUMN posted_total', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @drop;
EXECUTE step;
DEALLOCATE PREPARE step;
-- +goose StatementBegin
SET @drop = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_records' AND column_name = 'causes') > 0,
  'ALTER TABLE qlobooks_records DROP KEY by_last_day, DROP COLUMN causes', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @drop;
EXECUTE step;
DEALLOCATE PREPARE step;
DROP TABLE IF EXISTS qlobooks_count_changes, qlobooks_counts;
