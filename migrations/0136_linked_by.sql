-- Which run brought a document the link that it has, so that an undo takes back what that run posted, whatever clocks say.
-- Of what was posted before, the times tell it: the last run that had asked for it by then.

-- +goose Up
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_run_documents' AND column_name = 'zoho_id') = 0,
  'ALTER TABLE qlobooks_run_documents ADD COLUMN zoho_id VARCHAR(32) NOT NULL DEFAULT '''' COMMENT ''what the document came to stand for in Zoho Books while the run asked for it''', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;
UPDATE qlobooks_documents d SET d.made_at = (SELECT MIN(e.at) FROM qlobooks_events e WHERE e.flow = d.flow AND e.source_id = d.source_id AND e.action IN ('synced', 'disabled')
  AND e.id > COALESCE((SELECT MAX(u.id) FROM qlobooks_events u WHERE u.flow = d.flow AND u.source_id = d.source_id AND u.action = 'undone'), 0))
WHERE d.zoho_id <> '' AND d.made_at IS NULL AND d.found = 0;
UPDATE qlobooks_run_documents m JOIN (SELECT l.document_id, d.zoho_id, MAX(l.run_id) run_id FROM qlobooks_run_documents l JOIN qlobooks_runs r ON r.id = l.run_id JOIN qlobooks_documents d ON d.id = l.document_id
  WHERE d.zoho_id <> '' AND r.kind <> 'undo' AND r.created_at <= d.made_at GROUP BY l.document_id, d.zoho_id) x ON x.document_id = m.document_id AND x.run_id = m.run_id SET m.zoho_id = x.zoho_id;

-- +goose Down
-- +goose StatementBegin
SET @drop = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'qlobooks_run_documents' AND column_name = 'zoho_id') = 1,
  'ALTER TABLE qlobooks_run_documents DROP COLUMN zoho_id', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @drop;
EXECUTE step;
DEALLOCATE PREPARE step;
