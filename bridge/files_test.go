package bridge_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// filing hands off when asked for a person, sends a file of its own when asked
// for one, and says which files it was sent.
var filing = bot.Func(func(_ context.Context, t *bot.Turn, reply *bot.Reply) error {
	switch t.Text() {
	case "a person":
		return reply.Handoff(bot.Handoff{})
	case "a file":
		return reply.Send(bot.Message{Attachments: []bot.Attachment{{Name: "plan.txt", ContentType: "text/plain", Data: []byte("step 1")}}})
	}
	var got []string
	for _, m := range t.Messages {
		for _, a := range m.Attachments {
			got = append(got, fmt.Sprintf("%s %s%s", a.Name, a.Data, a.URL))
		}
	}
	if got == nil {
		return nil
	}
	return reply.Say(strings.Join(got, ", "))
})

// withFiles runs a test on a channel whose two sides show files.
func withFiles(t *testing.T, test func(w *world)) {
	inWorld(t, filing, func(w *world) {
		w.stop()
		w.channel.LineCan = lifecycle.Capabilities{Attachments: true, Links: true}
		w.channel.DeskCan.Attachments = true
		w.start()
		test(w)
	})
}

// sends is the customer sending a file that the host keeps.
func (w *world) sends(name, content string) int64 {
	w.t.Helper()
	kept, err := w.engine.Keep(w.ctx, "c1", name, bot.Attachment{Name: name}, strings.NewReader(content))
	if err != nil {
		w.t.Fatal(err)
	}
	return w.receive(lifecycle.Event{
		Kind: lifecycle.EventSaid, Conversation: "c1", Channel: "web", Message: &bot.Message{Attachments: []bot.Attachment{kept}},
	})
}

// content is what stands in a file of the journal's.
func (w *world) content(number int64) string {
	w.t.Helper()
	file, err := w.engine.Attachment(w.ctx, "c1", number, 0)
	if err != nil {
		return err.Error()
	}
	return w.read(file)
}

func (w *world) read(file bridge.File) string {
	w.t.Helper()
	content, err := file.Open()
	if err != nil {
		w.t.Fatal(err)
	}
	defer content.Close()
	if _, ok := content.(io.Seeker); !ok {
		w.t.Error("a kept file that cannot be sought in")
	}
	all, err := io.ReadAll(content)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(all)
}

// agentsSee is what the newest ticket has, with the files' contents.
func (w *world) agentsSee() []string {
	w.t.Helper()
	lines := w.desk.texts(w.desk.newest())
	for i, m := range w.desk.sent[w.desk.newest()] {
		for _, file := range m.Files {
			lines[i] += fmt.Sprintf(" <%s: %s>", file.Name, w.read(file))
		}
	}
	return lines
}

// TestFiles: a customer's file reaches the bot and, with those of before, the
// agents; the bot's reaches the customer; the agent's is fetched from the desk
// and kept.
func TestFiles(t *testing.T) {
	withFiles(t, func(w *world) {
		w.desk.files = map[string]string{"T1/form": "name: ____"}
		w.sends("cat.png", "meow")
		asked := w.says("a file")
		w.says("a person")
		w.pass(time.Second)
		w.ticket(lifecycle.EventJoined, "ann", "")
		w.sends("dog.png", "woof")
		form := w.receive(lifecycle.Event{
			Kind: lifecycle.EventAgentSaid, Desk: "acme", Ticket: "T1", Agent: bot.Agent{ID: "ann"},
			Message: &bot.Message{Attachments: []bot.Attachment{{Name: "form", URL: "desk-attachment:form"}}},
		})
		w.pass(time.Second)
		if got := w.customerSees()[0]; !strings.Contains(got, "cat.png meow") {
			t.Errorf("the bot was sent %q", got)
		}
		want := []string{
			"customer: [attachment cat.png]", "bot: cat.png meow", "customer: a file", "bot: [attachment plan.txt]", "customer: a person",
			"bot: Files from before: cat.png (Customer), plan.txt (Bot) <cat.png: meow> <plan.txt: step 1>",
			"customer:  <dog.png: woof>",
		}
		if diff := cmp.Diff(want, w.agentsSee()); diff != "" {
			t.Errorf("agents (-want +got):\n%s", diff)
		}
		if got := w.content(asked + 1); got != "step 1" {
			t.Errorf("the bot's file: %q", got)
		}
		if n := count(w.desk.calls, "fetch"); n != 1 {
			t.Errorf("fetched %d times ahead", n)
		}
		for range 2 {
			if got := w.content(form); got != "name: ____" {
				t.Errorf("the agent's file: %q", got)
			}
		}
		w.restart()
		if got := w.content(form); got != "name: ____" || count(w.desk.calls, "fetch") != 1 {
			t.Errorf("the agent's file after a restart: %q, fetched %d times", got, count(w.desk.calls, "fetch"))
		}
		for _, nowhere := range []int64{0, asked, form + 1, 1000, -5} {
			if _, err := w.engine.Attachment(w.ctx, "c1", nowhere, 0); !errors.Is(err, bridge.ErrNotFound) {
				t.Errorf("file of entry %d: %v", nowhere, err)
			}
		}
		for _, index := range []int{-1, 1} {
			if _, err := w.engine.Attachment(w.ctx, "c1", form, index); !errors.Is(err, bridge.ErrNotFound) {
				t.Errorf("file %d: %v", index, err)
			}
		}
	})
}

// TestFileFetchedLate: what could not be fetched ahead is fetched when it is
// asked for.
func TestFileFetchedLate(t *testing.T) {
	withFiles(t, func(w *world) {
		w.desk.files = map[string]string{"T1/form": "name: ____"}
		w.desk.fault(fault{call: "fetch", err: &bridge.DeskError{Kind: bridge.DeskUnavailable, Err: errors.New("500")}})
		w.says("a person")
		w.pass(time.Second)
		form := w.receive(lifecycle.Event{
			Kind: lifecycle.EventAgentSaid, Desk: "acme", Ticket: "T1", Agent: bot.Agent{ID: "ann"},
			Message: &bot.Message{Attachments: []bot.Attachment{{Name: "form", URL: "desk-attachment:form"}}},
		})
		w.pass(time.Second)
		if got := w.content(form); got != "name: ____" || count(w.desk.calls, "fetch") != 2 {
			t.Errorf("%q, fetched %d times", got, count(w.desk.calls, "fetch"))
		}
	})
}

// TestFilesAreSentOnce: the answer to a message with a file is lost, and the
// desk has it.
func TestFilesAreSentOnce(t *testing.T) {
	withFiles(t, func(w *world) {
		w.says("a person")
		w.pass(time.Second)
		lost := &bridge.DeskError{Kind: bridge.DeskUnavailable, Doubt: true, Err: errors.New("lost")}
		w.desk.fault(fault{call: "send", done: true, err: lost})
		w.sends("cat.png", "meow")
		w.sends("cat.png", "meow")
		w.pass(time.Minute)
		want := []string{"customer: a person", "customer:  <cat.png: meow>", "customer:  <cat.png: meow>"}
		if diff := cmp.Diff(want, w.agentsSee()); diff != "" {
			t.Errorf("agents (-want +got):\n%s", diff)
		}
	})
}

// TestReturnWithFiles: what was sent while no agent was there is shown when
// the customer comes back to the ticket.
func TestReturnWithFiles(t *testing.T) {
	withFiles(t, func(w *world) {
		w.stop()
		w.channel.AfterAgent = lifecycle.Nobody
		w.start()
		w.says("a person")
		w.pass(time.Second)
		w.ticket(lifecycle.EventJoined, "ann", "")
		w.ticket(lifecycle.EventAgentLeft, "ann", "")
		w.pass(time.Minute)
		w.heldBy(lifecycle.Nobody)
		w.sends("cat.png", "meow")
		w.pass(time.Minute)
		if got := w.agentsSee(); !slices.Contains(got, "customer:  <cat.png: meow>") {
			t.Errorf("agents see %q", got)
		}
	})
}

// slowUploads is a desk behind a line on which each file takes its time.
type slowUploads struct{ *fakeDesk }

func (d slowUploads) Send(ctx context.Context, ticket string, m bridge.Outgoing) error {
	for range m.Files {
		select {
		case <-time.After(time.Minute):
		case <-ctx.Done():
			return &bridge.DeskError{Kind: bridge.DeskUnavailable, Err: ctx.Err()}
		}
	}
	return d.fakeDesk.Send(ctx, ticket, m)
}

// TestLargeFileTakesItsTime: a file may take longer than a call without one, and
// what is said behind it reaches the agents.
func TestLargeFileTakesItsTime(t *testing.T) {
	withFiles(t, func(w *world) {
		s := w.settings(w.channel)
		s.Desks = map[string]bridge.Desk{"acme": slowUploads{w.desk}}
		w.configure(s)
		w.says("a person")
		w.sends("holiday.mp4", "large")
		w.says("did you see this?")
		w.pass(2 * time.Minute)
		want := []string{"customer: a person", "customer:  <holiday.mp4: large>", "customer: did you see this?"}
		if diff := cmp.Diff(want, w.agentsSee()); diff != "" {
			t.Errorf("the agents see: -want +got\n%s", diff)
		}
	})
}

// TestFilesTooLarge: a bot's file beyond what the host keeps fails its turn; a
// customer's is refused before it is said.
func TestFilesTooLarge(t *testing.T) {
	withFiles(t, func(w *world) {
		_, err := w.engine.Keep(w.ctx, "c1", "big", bot.Attachment{}, io.LimitReader(zeroes{}, 26<<20))
		if !errors.Is(err, bridge.ErrTooLarge) {
			t.Errorf("26 MiB: %v", err)
		}
	})
}

type zeroes struct{}

func (zeroes) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func count(calls []string, name string) int {
	n := 0
	for _, call := range calls {
		if call == name {
			n++
		}
	}
	return n
}
