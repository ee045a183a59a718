package private

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	driver "github.com/go-sql-driver/mysql"
)

// MySQL is a private MariaDB or MySQL server, or a foreign one given by its address.
type MySQL struct {
	process *process
	begin   func() (*process, error) // starts the program on the same files
	config  *driver.Config           // without a schema
	Words   string                   // what is in use, for a person
}

// sqlMode is as strict as MySQL's own default, which MariaDB's is not.
const sqlMode = "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"

// UseMySQL takes a server that somebody else runs; only schemas made here are touched there.
func UseMySQL(dsn string) (*MySQL, error) {
	config, err := driver.ParseDSN(dsn)
	if err != nil {
		return nil, fmt.Errorf("database address: %w", err)
	}
	config.DBName = ""
	return &MySQL{config: config, Words: "the database server at " + config.Addr}, nil
}

// StartMySQL starts a private server and waits until it answers.
func StartMySQL(ctx context.Context, o Options) (*MySQL, error) {
	program, from := find("mariadbd", "mysqld"), tree("")
	if program == "" {
		var err error
		if from, err = fetch(ctx, o, "mariadb-server-core"); err != nil {
			return nil, fmt.Errorf("no MariaDB or MySQL server program was found: %w; install mariadb-server, or give the address of a server", err)
		}
		program = from.path("usr/sbin/mariadbd")
	}
	dir, err := o.folder("db")
	if err != nil {
		return nil, err
	}
	m, err := startMySQL(ctx, program, from, dir, o.Durable)
	if err != nil {
		_ = os.RemoveAll(dir)
		return nil, fmt.Errorf("private database server: %w", err)
	}
	m.Words = "a private " + filepath.Base(program) + " in " + dir
	return m, nil
}

func startMySQL(ctx context.Context, program string, from tree, dir string, durable bool) (*MySQL, error) {
	data, socket := filepath.Join(dir, "data"), filepath.Join(dir, "s")
	// Without native I/O a server needs nothing of which the machine has only so much for all servers.
	common := []string{"--no-defaults", "--datadir=" + data, "--tmpdir=" + dir, "--innodb-log-file-size=32M", "--innodb-use-native-aio=0"}
	if os.Getuid() == 0 {
		common = append(common, "--user=root")
	}
	if from != "" {
		common = append(common, "--lc-messages-dir="+from.path("usr/share/mysql"), "--character-sets-dir="+from.path("usr/share/mysql/charsets"), "--plugin-dir="+from.path("usr/lib/mysql/plugin"))
	}
	// A machine with many servers beginning at once has been seen to end one while it made its folder.
	if first := bootstrap(ctx, program, from, data, common); first != nil {
		_ = os.RemoveAll(data)
		if err := bootstrap(ctx, program, from, data, common); err != nil {
			return nil, fmt.Errorf("%w (and before: %w)", err, first)
		}
	}
	flush := "0"
	if durable {
		flush = "2" // written at every commit; a crash of the machine is not what is tested
	}
	args := append(common, "--socket="+socket, "--pid-file="+filepath.Join(dir, "pid"), "--skip-networking", "--sql-mode="+sqlMode,
		"--character-set-server=utf8mb4", "--default-time-zone=+00:00", "--innodb-flush-log-at-trx-commit="+flush, "--sync-binlog=0", "--skip-log-bin",
		"--innodb-buffer-pool-size=128M", "--max-connections=1000", "--max-allowed-packet=64M",
		// Tests make and drop hundreds of tables each: without a file and kept statistics for every one it takes half as long.
		"--innodb-file-per-table=0", "--innodb-stats-persistent=0")
	begin := func() (*process, error) { return start(dir, filepath.Join(dir, "log"), from.env(), program, args...) }
	p, err := begin()
	if err != nil {
		return nil, err
	}
	config := driver.NewConfig()
	config.User, config.Net, config.Addr = "root", "unix", socket
	m := &MySQL{process: p, begin: begin, config: config}
	if err := p.ready(ctx, func() error { return m.ping(ctx) }); err != nil {
		m.Stop()
		return nil, err
	}
	return m, nil
}

// bootstrap makes a data folder whose root user needs no password and is reachable only
// through the socket in our folder.
func bootstrap(ctx context.Context, program string, from tree, data string, common []string) error {
	if strings.HasSuffix(program, "mysqld") && from == "" && isOracle(ctx, program) {
		return run(exec.CommandContext(ctx, program, append(common, "--initialize-insecure")...))
	}
	if err := os.MkdirAll(filepath.Join(data, "mysql"), 0o700); err != nil {
		return err
	}
	var script strings.Builder
	script.WriteString("use mysql;\n")
	for _, name := range []string{"mysql_system_tables.sql", "mariadb_system_tables.sql", "mysql_performance_tables.sql", "mariadb_performance_tables.sql", "mysql_system_tables_data.sql", "mariadb_system_tables_data.sql"} {
		b, err := os.ReadFile(from.path("usr/share/mysql", name))
		if err != nil {
			continue
		}
		if strings.HasSuffix(name, "tables_data.sql") {
			script.WriteString("SET @auth_root_socket=NULL;\nSET @skip_auth_anonymous=1;\n")
		}
		script.Write(b)
		script.WriteString("\n")
	}
	cmd := exec.CommandContext(ctx, program, append(common, "--bootstrap", "--skip-networking", "--max-allowed-packet=8M", "--net-buffer-length=16K")...)
	cmd.Env = append(os.Environ(), from.env()...)
	cmd.Stdin = strings.NewReader(script.String())
	return run(cmd)
}

func isOracle(ctx context.Context, program string) bool {
	b, _ := exec.CommandContext(ctx, program, "--version").Output()
	return !strings.Contains(string(b), "MariaDB")
}

func run(cmd *exec.Cmd) error {
	if b, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", filepath.Base(cmd.Path), err, complaints(b))
	}
	return nil
}

// complaints are the lines of a server's output that call themselves errors, else its last line.
func complaints(b []byte) string {
	var found []string
	for _, line := range strings.Split(string(b), "\n") {
		if strings.Contains(line, "ERROR") {
			found = append(found, line)
		}
	}
	if len(found) == 0 {
		return lastLine(b)
	}
	return strings.Join(found, "; ")
}

func (m *MySQL) ping(ctx context.Context) error {
	db, err := m.open("")
	if err != nil {
		return err
	}
	defer db.Close()
	return db.PingContext(ctx)
}

func (m *MySQL) open(schema string) (*sql.DB, error) {
	return sql.Open("mysql", m.DSN(schema))
}

// DSN is the address of a schema, in go-sql-driver form.
func (m *MySQL) DSN(schema string) string {
	config := m.config.Clone()
	config.DBName = schema
	return config.FormatDSN()
}

// Create makes a new schema and gives its address.
func (m *MySQL) Create(ctx context.Context, schema string) (string, error) {
	return m.DSN(schema), m.exec(ctx, "CREATE DATABASE `"+schema+"` CHARACTER SET utf8mb4")
}

// Drop removes a schema made by Create.
func (m *MySQL) Drop(ctx context.Context, schema string) error {
	return m.exec(ctx, "DROP DATABASE IF EXISTS `"+schema+"`")
}

func (m *MySQL) exec(ctx context.Context, statement string) error {
	db, err := m.open("")
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, statement)
	return err
}

// Restart kills a private server as a failing machine would, and starts it on the same files.
func (m *MySQL) Restart(ctx context.Context) error {
	_ = m.process.cmd.Process.Kill()
	<-m.process.done
	p, err := m.begin()
	if err != nil {
		return err
	}
	m.process = p
	return p.ready(ctx, func() error { return m.ping(ctx) })
}

// Stop ends a private server and removes its files; a foreign one is left alone.
func (m *MySQL) Stop() {
	if m.process != nil {
		m.process.stop()
	}
}
