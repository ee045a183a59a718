-- What is true of the whole: since when, and who works.

-- +goose Up
CREATE TABLE IF NOT EXISTS qlobooks_facts (
  name VARCHAR(40) NOT NULL PRIMARY KEY,
  at   DATETIME(6) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS qlobooks_heartbeats (
  worker     VARCHAR(80) NOT NULL PRIMARY KEY COMMENT 'one of each process',
  started_at DATETIME(6) NOT NULL,
  at         DATETIME(6) NOT NULL,
  KEY by_time (at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE IF EXISTS qlobooks_heartbeats, qlobooks_facts;
