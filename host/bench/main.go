// Command bench measures what Patchbay does in a second on the machine at
// hand, and beside it what its parts do alone, in the same run: the figures of
// a machine say little, their ratios a lot. Everything is on loopback and in
// real processes; see README.md for what each line means.
//
// It is for those who work on Patchbay (`make bench`, or go run ./host/bench)
// and no command that ships.
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
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	run := measure
	if len(os.Args) > 1 && os.Args[1] == childArg {
		run = child
	}
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// measure is the command itself.
func measure(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	rounds := flags.Int("rounds", 3, "how often everything is measured; the table shows medians")
	seconds := flags.Float64("seconds", 2, "how long one measurement takes in each round")
	dir := flags.String("dir", os.TempDir(), "`folder` for the stores; the disk that it is on is measured")
	profile := flags.String("profile", "", "`folder` for CPU and allocation profiles of the host under load")
	only := flags.String("only", "", "measure only lines whose name contains this `text`")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return nil
	case err != nil:
		return err
	case flags.NArg() > 0:
		return fmt.Errorf("%q: there are only flags", flags.Arg(0))
	case *rounds < 1 || *seconds <= 0:
		return errors.New("-rounds and -seconds must be positive")
	}
	b, err := newBench(ctx, *dir)
	if err != nil {
		return err
	}
	defer b.close()
	b.during, b.profile = time.Duration(*seconds*float64(time.Second)), *profile
	t, err := b.run(ctx, *rounds, *only)
	if err != nil {
		return err
	}
	if err := t.print(os.Stdout); err != nil {
		return err
	}
	if n := t.failed(); n > 0 {
		return fmt.Errorf("%s: the figures mean nothing", count(n, "error"))
	}
	return nil
}
