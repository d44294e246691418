// Command crash kills a host under load, again and again, and counts what has
// become of every message: at the customers, at the agents, and in the bots.
// README.md says what is counted as what.
//
// It is for those who work on Patchbay (`make crash KILLS=100`) and no command
// that ships.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == childArg {
		if err := child(os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, "crash:", err)
			os.Exit(1)
		}
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := crash(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "crash:", err)
		os.Exit(1)
	}
}

// crash is the command itself.
func crash(ctx context.Context, args []string) error {
	p := plan{settle: time.Minute, patience: 10 * time.Second, within: 2 * time.Second, readBack: 500 * time.Millisecond, out: os.Stdout}
	flags := flag.NewFlagSet("crash", flag.ContinueOnError)
	flags.IntVar(&p.kills, "kills", 100, "how often the host is killed")
	flags.IntVar(&p.customers, "customers", 16, "how many customers there are at a time on our own line")
	flags.IntVar(&p.guests, "guests", 5, "how many customers there are at a time on a line of 8x8's own")
	dir := flags.String("dir", os.TempDir(), "`folder` for the store; a run that fails leaves its own in it")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return nil
	case err != nil:
		return err
	case flags.NArg() > 0:
		return fmt.Errorf("%q: there are only flags", flags.Arg(0))
	case p.kills < 1 || p.customers < 1 || p.guests < 0:
		return errors.New("-kills and -customers must be positive")
	}
	folder, err := os.MkdirTemp(*dir, "patchbay-crash-")
	if err != nil {
		return err
	}
	p.dir = folder
	if err := p.run(ctx); err != nil {
		return fmt.Errorf("%w\n%s has the store, the host's log and the bots'", err, folder)
	}
	return os.RemoveAll(folder)
}
