-- The tie to one Zoho Books organisation, and the grants that are on their way.

-- +goose Up
CREATE TABLE IF NOT EXISTS qlobooks_connection (
  id                 TINYINT      NOT NULL PRIMARY KEY COMMENT 'always 1',
  choices            TEXT         NOT NULL COMMENT 'JSON: data centre, domains, application, without secrets',
  client_secret      TEXT         NULL COMMENT 'sealed',
  organization_id    VARCHAR(32)  NOT NULL DEFAULT '',
  learned            TEXT         NULL COMMENT 'JSON: what Zoho says of the organisation, what set-up found',
  learned_at         DATETIME(6)  NULL,
  status             VARCHAR(16)  NOT NULL DEFAULT 'disconnected',
  refresh_token      TEXT         NULL COMMENT 'sealed',
  access_token       TEXT         NULL COMMENT 'sealed',
  access_expires_at  DATETIME(6)  NULL,
  refused_until      DATETIME(6)  NULL COMMENT 'Zoho asked not to renew before',
  api_domain         VARCHAR(255) NOT NULL DEFAULT '',
  token_domain       VARCHAR(255) NOT NULL DEFAULT '',
  connected_at       DATETIME(6)  NULL,
  last_error         TEXT         NULL,
  issue_code         VARCHAR(40)  NOT NULL DEFAULT ''
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS qlobooks_oauth_states (
  state_hash VARCHAR(64)  NOT NULL PRIMARY KEY,
  session    VARCHAR(128) NOT NULL DEFAULT '' COMMENT 'the cookie session that must come back; empty for a token',
  caller     VARCHAR(128) NOT NULL,
  expires_at DATETIME(6)  NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE IF EXISTS qlobooks_oauth_states, qlobooks_connection;
