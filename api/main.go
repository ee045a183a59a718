// Command api serves QloBooks' HTTP API and user interface, and looks after the installation.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/qlobooks/qlobooks/api/rest"
	"github.com/qlobooks/qlobooks/internal/access"
	"github.com/qlobooks/qlobooks/internal/app"
	"github.com/qlobooks/qlobooks/internal/config"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/migrations"
)

// version is set by the build.
var version = "dev"

// grace is how long requests under way may take when the server stops.
const grace = 10 * time.Second

const usage = `usage: api [serve | migrate | token create --name N --role R | version]`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	command := "serve"
	if len(args) > 0 {
		command, args = args[0], args[1:]
	}
	if command == "version" {
		fmt.Println(version)
		return nil
	}
	commands := map[string]func(context.Context, config.Config, []string) error{"serve": serve, "migrate": migrate, "token": token}
	do := commands[command]
	if do == nil {
		return fmt.Errorf("there is no command %q\n%s", command, usage)
	}
	c, err := config.Read()
	if err != nil {
		return fmt.Errorf("the environment is not right:\n%w", err)
	}
	slog.SetDefault(c.Logger())
	return do(ctx, c, args)
}

func serve(ctx context.Context, c config.Config, _ []string) error {
	a, err := app.Open(ctx, c)
	if err != nil {
		return err
	}
	defer a.Close()
	handler, err := a.API(ctx, version)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("QLOBOOKS_LISTEN: %w", err)
	}
	slog.Info("serving", "address", listener.Addr().String(), "public_url", c.PublicURL)
	return rest.Serve(ctx, listener, handler, grace)
}

func migrate(ctx context.Context, c config.Config, _ []string) error {
	if err := app.CheckHotel(ctx, c); err != nil {
		return err // no tables of ours in a database that is not QloApps'
	}
	gorm, err := store.Open(c.MySQLDSN.Reveal())
	if err != nil {
		return fmt.Errorf("QLOBOOKS_MYSQL_DSN: %w", err)
	}
	db, err := gorm.DB()
	if err != nil {
		return err
	}
	defer db.Close()
	n, err := migrations.Up(ctx, db)
	if err == nil {
		fmt.Fprintf(os.Stderr, "%d migrations run; the schema is up to date\n", n)
	}
	return err
}

// token create prints the new token alone on standard output.
func token(ctx context.Context, c config.Config, args []string) error {
	flags := flag.NewFlagSet("token create", flag.ContinueOnError)
	name := flags.String("name", "", "what the token is for")
	role := flags.String("role", "", "viewer, operator, accountant or admin")
	if len(args) == 0 || args[0] != "create" {
		return fmt.Errorf("%s", usage)
	}
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	a, err := app.Open(ctx, c)
	if err != nil {
		return err
	}
	defer a.Close()
	_, plain, err := a.Tokens.Create(ctx, *name, access.Role(*role), "command line")
	if err != nil {
		return err
	}
	fmt.Println(plain)
	return nil
}
