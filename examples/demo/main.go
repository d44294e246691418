// Command demo plays one whole conversation through Patchbay, against the 8x8
// simulator, on loopback: `make demo`.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"
)

const usage = `usage: demo               start everything, play the conversation, stay until SIGINT
       demo drive FLAGS   only play the conversation (a process of its own)
       demo chat HOST     talk to the bot from a terminal

With DEMO=once it ends after the conversation. API=chat-api talks 8x8's other
dialect, LINE=8x8 plays a WhatsApp customer's conversation. PORT=n uses the
ports n, n+1 and n+2 instead of free ones. VIA=http://… lets the host call the
simulator there, with the simulator's address as the path's first part. LOGS=1
shows what the processes log. PATIENCE=1m waits that long for each step.
`

// usageError is a call that was wrong.
type usageError struct{ why string }

func (e *usageError) Error() string { return e.why }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:])
	switch _, wrong := errors.AsType[*usageError](err); {
	case err == nil, errors.Is(err, context.Canceled), errors.Is(err, flag.ErrHelp):
	case wrong:
		fmt.Fprint(os.Stderr, "demo: ", err)
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

// run runs one command.
func run(ctx context.Context, args []string) error {
	command := append(args, "")[0]
	switch {
	case command == "drive":
		return drive(ctx, args[1:])
	case command == "chat":
		return chat(ctx, args[1:])
	case wantsHelp(args):
		fmt.Print(usage)
		return nil
	case len(args) > 0:
		return &usageError{fmt.Sprintf("no command %q\n%s", command, usage)}
	}
	return launch(ctx)
}

// wantsHelp reports whether somebody asks how a command is called.
func wantsHelp(args []string) bool {
	return slices.ContainsFunc(args, func(arg string) bool { return arg == "help" || arg == "-h" || arg == "-help" || arg == "--help" })
}
