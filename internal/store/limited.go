package store

import (
	"strconv"
	"strings"
	"time"

	driver "github.com/go-sql-driver/mysql"
	"gorm.io/gorm"
)

// OpenLimited is Open with an end for each statement, so that one whose caller has gone away does not
// go on. MariaDB ends every statement then, MySQL those that read.
func OpenLimited(dsn string, longest time.Duration) (*gorm.DB, error) {
	db, err := Open(dsn)
	if err != nil || longest <= 0 {
		return db, err
	}
	var version string
	err = db.Raw("SELECT VERSION()").Scan(&version).Error
	if pool, poolErr := db.DB(); poolErr == nil {
		_ = pool.Close()
	}
	if err != nil {
		return nil, err
	}
	limited, err := LimitedDSN(dsn, version, longest)
	if err != nil {
		return nil, err
	}
	return Open(limited)
}

// LimitedDSN is an address whose connections end statements by themselves, for a server of a version.
func LimitedDSN(dsn, version string, longest time.Duration) (string, error) {
	cfg, err := driver.ParseDSN(dsn)
	if err != nil {
		return "", err
	}
	if cfg.Params == nil {
		cfg.Params = map[string]string{}
	}
	if strings.Contains(version, "MariaDB") {
		cfg.Params["max_statement_time"] = strconv.FormatFloat(longest.Seconds(), 'f', 3, 64)
	} else {
		cfg.Params["max_execution_time"] = strconv.FormatInt(longest.Milliseconds(), 10)
	}
	return cfg.FormatDSN(), nil
}
