-- A key behind every filter and sort of the lists, and behind what reconciliation and runs look up.
-- A key over the beginning of a name gives no order, so that the whole name is in it now.

-- +goose Up
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'qlobooks_records' AND index_name = 'by_customer') = 0,
  'ALTER TABLE qlobooks_records ADD KEY by_customer (section, customer_id, sort_id), ADD KEY by_hotel (section, hotel_id, sort_id), ADD KEY by_currency (section, currency, sort_id), ADD KEY by_phase (section, phase, sort_id), ADD KEY by_day (section, day, sort_id), DROP KEY by_name, ADD KEY by_name (section, name, sort_id)', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'qlobooks_documents' AND index_name = 'by_day') = 0,
  'ALTER TABLE qlobooks_documents ADD KEY by_day (flow, day), ADD KEY by_waiting (issue_code, status, id), DROP KEY by_issue', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;
-- +goose StatementBegin
SET @add = IF((SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'qlobooks_runs' AND index_name = 'by_request') = 0,
  'ALTER TABLE qlobooks_runs ADD KEY by_request (request_sum)', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @add;
EXECUTE step;
DEALLOCATE PREPARE step;

-- +goose Down
-- +goose StatementBegin
SET @drop = IF((SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'qlobooks_records' AND index_name = 'by_customer') > 0,
  'ALTER TABLE qlobooks_records DROP KEY by_customer, DROP KEY by_hotel, DROP KEY by_currency, DROP KEY by_phase, DROP KEY by_day, DROP KEY by_name, ADD KEY by_name (section, name(100), sort_id)', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @drop;
EXECUTE step;
DEALLOCATE PREPARE step;
-- +goose StatementBegin
SET @drop = IF((SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'qlobooks_documents' AND index_name = 'by_day') > 0,
  'ALTER TABLE qlobooks_documents DROP KEY by_day, DROP KEY by_waiting, ADD KEY by_issue (issue_code)', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @drop;
EXECUTE step;
DEALLOCATE PREPARE step;
-- +goose StatementBegin
SET @drop = IF((SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'qlobooks_runs' AND index_name = 'by_request') > 0,
  'ALTER TABLE qlobooks_runs DROP KEY by_request', 'DO 0');
-- +goose StatementEnd
PREPARE step FROM @drop;
EXECUTE step;
DEALLOCATE PREPARE step;
