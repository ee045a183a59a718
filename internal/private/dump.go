package private

import (
	"bufio"
	"compress/gzip"
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"strings"
)

// LoadDump loads a gzip-compressed SQL dump, as mysqldump writes it, into the schema of dsn.
// Statements end with a semicolon at the end of a line, and the dump sets its own sql_mode.
func LoadDump(ctx context.Context, dsn, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	plain, err := gzip.NewReader(file)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := RunScript(ctx, dsn, plain); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// RunScript runs the statements of a script in the schema of dsn, in one session, as it may set
// variables. Statements end with a semicolon at the end of a line.
func RunScript(ctx context.Context, dsn string, script io.Reader) error {
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return execute(ctx, conn, script)
}

func execute(ctx context.Context, conn *sql.Conn, script io.Reader) error {
	lines := bufio.NewReaderSize(script, 1<<20)
	var statement strings.Builder
	for {
		line, err := lines.ReadString('\n')
		if trimmed := strings.TrimSpace(line); statement.Len() > 0 || (trimmed != "" && !strings.HasPrefix(trimmed, "--")) {
			statement.WriteString(line)
			if strings.HasSuffix(trimmed, ";") {
				if _, err := conn.ExecContext(ctx, statement.String()); err != nil {
					return fmt.Errorf("%.80s: %w", statement.String(), err)
				}
				statement.Reset()
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
