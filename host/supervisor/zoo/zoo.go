// Package zoo has bots that misbehave, for tests: each breaks the contract, or
// the patience of its host, in one way. A test binary runs itself as one of them.
package zoo

import (
	"context"
	"fmt"
	"maps"
	"os"
	"syscall"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// Command runs an animal out of the binary that is running now, whose TestMain
// begins with [Main].
func Command(name string, args ...string) []string {
	return append([]string{os.Args[0], "zoo", name}, args...)
}

// Main is an animal, and does not come back, if the process was started by a
// [Command].
func Main() {
	if len(os.Args) < 3 || os.Args[1] != "zoo" {
		return
	}
	name, args := os.Args[2], os.Args[3:]
	animals := map[string]func(args []string) animal{
		"good": func([]string) animal { good(); return animal{} },
		"echo": func([]string) animal { return animal{} },
	}
	for _, more := range []map[string]func([]string) animal{starts(), hangers(), turns(), talkers(), leavers(), settings()} {
		maps.Copy(animals, more)
	}
	born, ok := animals[name]
	if !ok {
		complain("no such animal: " + name)
		leave(2)
	}
	born(args).serve()
	leave(0)
}

// good is a bot made with the SDK, as authors have it.
func good() {
	bot.Serve(bot.Func(func(_ context.Context, t *bot.Turn, reply *bot.Reply) error {
		shout("printed to stdout")
		return reply.Say("You said: " + t.Text())
	}))
	leave(0)
}

// shout says something on stdout, complain on stderr.
func shout(line string)    { fmt.Fprintln(os.Stdout, line) }
func complain(line string) { fmt.Fprintln(os.Stderr, line) }

// leave exits without the second that a binary built with -race takes for it.
func leave(code int) { syscall.Exit(code) }

func must(err error) {
	if err != nil {
		panic(err)
	}
}
