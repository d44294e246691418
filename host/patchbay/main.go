// Command patchbay hosts chatbot plugins in front of 8x8 Contact Center.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// The exit codes of every command.
const (
	exitFine  = 0
	exitWrong = 1 // it found something wrong
	exitUsage = 2 // it was called wrongly
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the next one ends the process, unless the command sees to it
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// found is what a command found wrong, as opposed to a call that was wrong.
type found struct{ err error }

func (f *found) Error() string { return f.err.Error() }
func (f *found) Unwrap() error { return f.err }

// wrong marks an error as found by the command.
func wrong(err error) error {
	if err == nil {
		return nil
	}
	return &found{err}
}

// run runs one command and answers its exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := &cobra.Command{
		Use:           "patchbay",
		Short:         "Host chatbot plugins in front of 8x8 Contact Center",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.AddCommand(serveCommand(), checkCommand(), provisionCommand(), simulateCommand(), storeCommand(), versionCommand(),
		exportCommand(), eraseCommand())
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitFine
	}
	fmt.Fprintln(stderr, err)
	if _, ok := errors.AsType[*found](err); ok {
		return exitWrong
	}
	return exitUsage
}
