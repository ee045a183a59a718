package private

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"

	driver "github.com/go-sql-driver/mysql"
)

// TakeDump writes the schema of dsn as mysqldump --single-transaction does, into to. Where the program is not
// installed it is fetched as servers are.
func TakeDump(ctx context.Context, dsn string, to io.Writer, o Options) error {
	program, from := find("mariadb-dump", "mysqldump"), tree("")
	if program == "" {
		var err error
		if from, err = fetch(ctx, o, "mariadb-client"); err != nil {
			return fmt.Errorf("no mysqldump was found: %w", err)
		}
		program = from.path("usr/bin/mariadb-dump")
	}
	config, err := driver.ParseDSN(dsn)
	if err != nil {
		return err
	}
	args := []string{"--no-defaults", "--single-transaction", "--user=" + config.User}
	if config.Net == "unix" {
		args = append(args, "--socket="+config.Addr)
	} else {
		host, port, err := net.SplitHostPort(config.Addr)
		if err != nil {
			return err
		}
		args = append(args, "--protocol=tcp", "--host="+host, "--port="+port)
	}
	cmd := exec.CommandContext(ctx, program, append(args, config.DBName)...)
	cmd.Env = append(append(os.Environ(), from.env()...), "MYSQL_PWD="+config.Passwd)
	var complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = to, &complaints
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w: %s", program, err, lastLine(complaints.Bytes()))
	}
	return nil
}
