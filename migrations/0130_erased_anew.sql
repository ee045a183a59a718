-- Guests who were erased from the call log alone are gone through again: what was sent of them, lists,
-- names and the contacts for pairing are erased, too.

-- +goose Up
DELETE FROM qlobooks_erased;
ALTER TABLE qlobooks_erased MODIFY customer_id VARCHAR(40) NOT NULL COMMENT 'a guest whom QloApps anonymized: nothing that is kept names them any more';

-- +goose Down
ALTER TABLE qlobooks_erased MODIFY customer_id VARCHAR(40) NOT NULL COMMENT 'a guest whom QloApps anonymised: no body of a call names them any more';
