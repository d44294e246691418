// Command demo plays one whole conversation through Patchbay, against the 8x8
// simulator, on loopback: `make demo`.
//
//	demo            start everything, play the conversation, stay until SIGINT
//	demo drive …    only play the conversation (a process of its own)
//	demo chat …     talk to the bot from a terminal
//
// With DEMO=once it ends after the conversation. API=chat-api talks 8x8's other
// dialect, LINE=8x8 plays a WhatsApp customer's conversation. PORT=n uses the
// ports n, n+1 and n+2 instead of free ones. VIA=http://… lets the host call the
// simulator there, with the simulator's address as the path's first part. LOGS=1
// shows what the processes log. PATIENCE=1m waits that long for each step.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	switch command := append(os.Args[1:], "")[0]; command {
	case "":
		err = launch(ctx)
	case "drive":
		err = drive(ctx, os.Args[2:])
	case "chat":
		err = chat(ctx, os.Args[2:])
	default:
		fmt.Fprintf(os.Stderr, "demo: no command %q; there are drive and chat\n", command)
		os.Exit(2)
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}
