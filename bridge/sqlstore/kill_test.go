package sqlstore

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// TestMain lets the test binary be the process that TestKill kills.
func TestMain(m *testing.M) {
	if path := os.Getenv("PATCHBAY_KILL"); path != "" {
		if err := commitForever(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	// Fewer runs of a model than rapid's 100, for the race detector's sake;
	// -rapid.checks asks for more.
	if err := flag.Set("rapid.checks", "30"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

const killConversations = 7

// commitForever commits to a few conversations and prints what is durable:
// conversation and number, a line each.
func commitForever(path string) error {
	ctx := context.Background()
	s, err := Open(ctx, path, Options{WriteBehind: 3 * time.Millisecond})
	if err != nil {
		return err
	}
	numbers := make([]int64, killConversations)
	for k := range numbers {
		if stored, err := s.Load(ctx, killID(k)); err == nil {
			numbers[k] = stored.Conversation.Number
		}
	}
	for round := 0; ; round++ {
		var group []bridge.Commit
		for k := range numbers {
			if (round+k)%3 == 0 {
				continue
			}
			c := said(killID(k), numbers[k], 2, killEvent(k, numbers[k]+2))
			c.Bind = []bridge.Ticket{{Desk: "acme", ID: killEvent(k, numbers[k]+2)}}
			c.Cursors.Desk = numbers[k]
			group = append(group, c)
			numbers[k] += 2
		}
		errs, err := s.Commit(ctx, group)
		if err != nil {
			return err
		}
		var told strings.Builder
		for i, err := range errs {
			if err != nil {
				return err
			}
			fmt.Fprintln(&told, group[i].Conversation.ID, group[i].Conversation.Number)
		}
		if _, err := os.Stdout.WriteString(told.String()); err != nil {
			return err
		}
	}
}

func killID(k int) bot.ConversationID { return bot.ConversationID("c" + strconv.Itoa(k)) }

func killEvent(k int, number int64) string { return fmt.Sprintf("e-%d-%d", k, number) }

// TestKill kills a process while it commits and looks for everything that it
// was told is durable, several times over one file.
func TestKill(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := place(t)
	durable := map[bot.ConversationID]int64{}
	for round := range 8 {
		child := exec.Command(self)
		child.Env = append(os.Environ(), "PATCHBAY_KILL="+path)
		child.Stderr = os.Stderr
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for told := 0; lines.Scan(); told++ {
			var id bot.ConversationID
			var number int64
			if _, err := fmt.Sscan(lines.Text(), &id, &number); err == nil { // the last line may be torn
				durable[id] = max(durable[id], number)
			}
			if told == 40+90*round {
				child.Process.Kill()
			}
		}
		if err := child.Wait(); child.ProcessState.Exited() {
			t.Fatalf("it ended by itself: %v", err)
		}
		checkDurable(t, path, durable)
	}
}

func checkDurable(t *testing.T, path string, durable map[bot.ConversationID]int64) {
	t.Helper()
	s := mustOpen(t, path, Options{})
	defer s.Close()
	if !s.Unclean() {
		t.Error("a store that was cut off says it was not")
	}
	for k := range killConversations {
		stored, err := s.Load(t.Context(), killID(k))
		if err != nil {
			t.Fatal(err)
		}
		number := stored.Conversation.Number
		if number < durable[killID(k)] {
			t.Fatalf("%s ends at %d, told durable: %d", killID(k), number, durable[killID(k)])
		}
		entries, err := s.Entries(t.Context(), killID(k), 0, int(number)+1)
		if err != nil || int64(len(entries)) != number {
			t.Fatalf("%d entries of %d, %v", len(entries), number, err)
		}
		for i, entry := range entries {
			if entry.Number != int64(i)+1 {
				t.Fatalf("entry %d has number %d", i+1, entry.Number)
			}
		}
		for n := int64(2); n <= number; n += 2 {
			if id, err := s.Ticket(t.Context(), "acme", killEvent(k, n)); err != nil || id != killID(k) {
				t.Fatalf("ticket of %d: %q, %v", n, id, err)
			}
		}
		again := said(killID(k), number, 1, killEvent(k, 2), killEvent(k, number))
		errs, err := s.Commit(t.Context(), []bridge.Commit{again})
		if err != nil {
			t.Fatal(err)
		}
		if repeated, ok := is[*bridge.RepeatedError](errs[0]); !ok || len(repeated.Events) != len(again.Events) {
			t.Fatalf("events taken in before: %v", errs[0])
		}
	}
}
