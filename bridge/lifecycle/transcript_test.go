package lifecycle

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/patchbay-host/patchbay/plugins/bot"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write the transcripts anew")

// TestTranscripts plays the conversations of testdata: each line that is not
// indented is an event, the indented lines below it are what the rules made of
// it. `20 times: one / another` plays events again and again, and shows the last
// round alone. `go test -run Transcripts -update` writes them anew, to be read
// before they are committed.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no transcripts", err)
	}
	peers, err := filepath.Glob("testdata/peers/*.txtar")
	if err != nil || len(peers) == 0 {
		t.Fatal("no transcripts of what others broke at", err)
	}
	for _, file := range append(files, peers...) {
		name := strings.TrimSuffix(filepath.ToSlash(file), ".txtar")
		t.Run(strings.TrimPrefix(name, "testdata/"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			channel := testChannel()
			for i, f := range archive.Files {
				switch f.Name {
				case "channel":
					if err := json.Unmarshal(f.Data, &channel); err != nil {
						t.Fatal(err)
					}
				default:
					got := play(t, channel, string(f.Data))
					if *update {
						archive.Files[i].Data = []byte(got)
					} else if diff := cmp.Diff(string(f.Data), got); diff != "" {
						t.Errorf("%s: -want +got\n%s", f.Name, diff)
					}
				}
			}
			if *update {
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func testChannel() Channel {
	return Channel{
		Name: "web", Bot: "faq", Desk: "acme", Greet: true,
		Targets: map[string]Target{
			DefaultTarget: {Queue: "101", DeskChannel: "Web"}, "billing": {Queue: "102", DeskChannel: "Web"},
		},
		NoAgentAfter: 10 * time.Minute, TransferGrace: 5 * time.Second, TurnDeadline: 20 * time.Second,
		OnFailure: Queue, AfterAgent: Bot, OnReturn: Queue,
	}
}

// player plays the events of one transcript.
type player struct {
	t       *testing.T
	channel Channel
	c       Conversation
	now     time.Time
	count   int
	turn    Turn // that was in flight last
	epoch   int64
	seq     int
	out     strings.Builder
}

func play(t *testing.T, channel Channel, script string) string {
	p := &player{t: t, channel: channel, c: Conversation{ID: "c1", Channel: channel.Name}}
	p.now = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC) // a Monday
	for line := range strings.Lines(script) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.HasPrefix(line, " "):
		case line == "", strings.HasPrefix(line, "#"):
			fmt.Fprintln(&p.out, line)
		default:
			fmt.Fprintln(&p.out, line)
			p.events(line)
		}
	}
	return p.out.String()
}

// events plays a line's event, or the events of "20 times: one / another", of
// which the last round is shown.
func (p *player) events(line string) {
	count, round, many := strings.Cut(line, " times: ")
	if !many {
		p.event(line)
		return
	}
	times, err := strconv.Atoi(count)
	if err != nil {
		p.t.Fatal(err)
	}
	before := p.out.String()
	for range times {
		p.out.Reset()
		p.out.WriteString(before)
		for event := range strings.SplitSeq(round, " / ") {
			p.event(event)
		}
	}
}

// event plays one line.
func (p *player) event(line string) {
	words := split(p.t, line)
	if strings.HasPrefix(words[0], "+") {
		d, err := time.ParseDuration(words[0][1:])
		if err != nil {
			p.t.Fatal(err)
		}
		p.now = p.now.Add(d)
		words = words[1:]
	}
	p.count++
	ev := Event{ID: fmt.Sprintf("e%d", p.count)}
	switch words[0] {
	case "customer":
		p.customer(&ev, words[1], words[2:])
	case "bot":
		p.bot(&ev, words[1], words[2:])
	case "desk":
		p.desk(&ev, words[1], words[2:])
	case "timer":
		ev = Event{Kind: EventDue, Timer: Timer{Name: TimerName(words[1])}}
		for _, timer := range p.c.Timers {
			if string(timer.Name) == words[1] {
				ev.Timer, p.now = timer, timer.At
			}
		}
		if len(words) > 2 { // "pending #7": the desk does not have it yet
			ev.Pending, _ = strconv.ParseInt(strings.TrimPrefix(words[3], "#"), 10, 64)
		}
	default:
		p.ticket(&ev, words[0], words[1:])
	}
	ev.At = p.now
	before := p.c
	next, entries := Step(p.channel, p.c, ev)
	p.c = next
	p.show(before, entries)
}

func (p *player) customer(ev *Event, verb string, rest []string) {
	switch verb {
	case "starts":
		ev.Kind, ev.Customer = EventStarted, &bot.Customer{ID: "u1", Name: "Kim"}
		if len(rest) > 0 {
			ev.Language = rest[0]
		}
	case "says":
		ev.Kind, ev.Message = EventSaid, &bot.Message{Text: rest[0]}
	case "sends":
		ev.Kind, ev.Message = EventSaid, &bot.Message{Attachments: []bot.Attachment{sent(rest[0])}}
	case "presses":
		ev.Kind, ev.Action = EventActed, &bot.Action{Kind: bot.ActionQuickReply, Title: rest[0], Value: rest[0]}
	case "cancels":
		ev.Kind = EventCancel
	case "leaves":
		ev.Kind = EventLeft
	default:
		p.t.Fatalf("customer %s?", verb)
	}
}

// sent is a file: kept by the host, at the desk, or wherever its URL says.
func sent(url string) bot.Attachment { return bot.Attachment{Name: filepath.Base(url), URL: url} }

// bot acts in the turn that is, or was last, in flight.
func (p *player) bot(ev *Event, verb string, rest []string) {
	if len(p.c.Turns) > 0 && (p.c.Turns[0].ID != p.turn.ID || p.c.Turns[0].Attempt != p.turn.Attempt || p.c.Epoch != p.epoch) {
		p.turn, p.epoch, p.seq = p.c.Turns[0], p.c.Epoch, 0
	}
	p.seq++
	*ev = Event{Turn: p.turn.ID, Attempt: p.turn.Attempt, Epoch: p.epoch, Seq: p.seq}
	switch verb {
	case "says":
		ev.Kind, ev.Message = EventBotSaid, &bot.Message{Text: rest[0]}
	case "sends":
		ev.Kind, ev.Message = EventBotSaid, &bot.Message{Attachments: []bot.Attachment{sent(rest[0])}}
	case "shows":
		ev.Kind, ev.Message = EventBotSaid, &bot.Message{Cards: []bot.Card{{ContentType: rest[0], Content: []byte(rest[1])}}}
	case "back": // and has been for 10 s
		p.seq--
		*ev = Event{Kind: EventBotReady, Bot: p.channel.Bot, Since: p.now.Add(-10 * time.Second)}
	case "done":
		ev.Kind, ev.Done = EventBotDone, &bot.Done{}
		for _, option := range rest {
			key, value, _ := strings.Cut(option, "=")
			switch key {
			case "handoff":
				ev.Done.Handoff = &bot.Handoff{Target: value, Reason: "asked for a person"}
			case "end":
				ev.Done.End = &bot.End{Reason: value}
			case "state":
				ev.Done.State = []byte(value)
			case "timer":
				ev.Done.Timers = []bot.Timer{{Name: value, After: time.Hour}}
			case "property":
				name, v, _ := strings.Cut(value, ":")
				if ev.Done.Properties == nil {
					ev.Done.Properties = map[string]string{}
				}
				ev.Done.Properties[name] = v
			}
		}
	case "fails":
		ev.Kind, ev.Fail = EventBotFailed, &bot.Fail{Reason: rest[0], Retryable: true}
		for _, option := range rest[1:] {
			switch option {
			case "permanently":
				ev.Fail.Retryable = false
			case "retry=5s":
				ev.Fail.RetryAfter = 5 * time.Second
			}
		}
	default:
		p.t.Fatalf("bot %s?", verb)
	}
}

func (p *player) desk(ev *Event, verb string, rest []string) {
	*ev = Event{Entry: p.c.Desk.Opening}
	if len(rest) > 1 && strings.HasPrefix(rest[1], "#") {
		ev.Entry, _ = strconv.ParseInt(rest[1][1:], 10, 64)
	}
	switch verb {
	case "opens":
		ev.Kind, ev.Ticket = EventOpened, rest[0]
	case "delays":
		ev.Kind, ev.Detail = EventDelayed, "500"
	case "refuses":
		ev.Kind, ev.Detail = EventRefused, rest[0]
	case "refuses-words": // the bot's, said last
		ev.Kind, ev.Detail, ev.Refuses, ev.Turn, ev.Seq = EventRefused, rest[0], EntrySaid, p.turn.ID, p.seq-1
	case "refuses-giveback":
		ev.Kind, ev.Detail, ev.Refuses, ev.Entry = EventRefused, rest[0], EntryGiveBack, p.c.Number
	default:
		p.t.Fatalf("desk %s?", verb)
	}
}

// ticket is an event of a ticket's, of the desk's present time or, with
// "(-2s)" at the end, of an earlier one.
func (p *player) ticket(ev *Event, ticket string, words []string) {
	ev.Desk, ev.Ticket, ev.DeskTime = "acme", ticket, p.now
	if last := words[len(words)-1]; strings.HasPrefix(last, "(-") {
		d, err := time.ParseDuration(strings.Trim(last, "()"))
		if err != nil {
			p.t.Fatal(err)
		}
		ev.DeskTime = p.now.Add(d)
		words = words[:len(words)-1]
	}
	switch {
	case words[0] == "active":
		ev.Kind, ev.Active, ev.Customer = EventTicket, true, &bot.Customer{ID: "u1", Name: "Kim"}
	case words[0] == "customer":
		p.customer(ev, words[1], words[2:])
	case words[0] == "looked":
		*ev = Event{Kind: EventLooked, Ticket: ticket, Over: words[1] == "over"}
	case words[0] == "echoes":
		ev.Kind, ev.Detail = EventNoted, "echo of what was sent"
	case words[0] == "queued":
		ev.Kind, ev.Queue = EventQueued, words[1]
	case words[0] == "transferred":
		ev.Kind = EventTransferred
	case words[0] == "tells":
		entry, _ := strconv.ParseInt(strings.TrimPrefix(words[1], "#"), 10, 64)
		ev.Kind, ev.Marker = EventTicket, Marker{Conversation: "c1", Entry: entry}
	case words[1] == "joins":
		ev.Kind, ev.Agent = EventJoined, bot.Agent{ID: words[0]}
	case words[1] == "leaves":
		ev.Kind, ev.Agent = EventAgentLeft, bot.Agent{ID: words[0]}
	case words[1] == "sends":
		ev.Kind, ev.Agent = EventAgentSaid, bot.Agent{ID: words[0]}
		ev.Message = &bot.Message{Attachments: []bot.Attachment{sent(words[2])}}
	case words[1] == "says":
		ev.Kind, ev.Agent, ev.Message = EventAgentSaid, bot.Agent{ID: words[0]}, &bot.Message{Text: words[2]}
	default:
		p.t.Fatalf("%s %v?", ticket, words)
	}
}

// show prints what an event has changed.
func (p *player) show(before Conversation, entries []Entry) {
	for _, e := range entries {
		fmt.Fprintf(&p.out, "  #%d %s\n", e.Number, describe(e))
	}
	if p.c.Holder != before.Holder || p.c.Epoch != before.Epoch {
		fmt.Fprintf(&p.out, "  held by %s (epoch %d): %s\n", p.c.Holder, p.c.Epoch, p.c.Reason)
	}
	if a, b := turns(before), turns(p.c); a != b {
		fmt.Fprintf(&p.out, "  turns: %s\n", b)
	}
	if a, b := deliveries(before), deliveries(p.c); a != b {
		fmt.Fprintf(&p.out, "  to tell the bot: %s\n", b)
	}
	if a, b := timers(before, p.now), timers(p.c, p.now); a != b {
		fmt.Fprintf(&p.out, "  timers: %s\n", b)
	}
	if p.c.Desk.Closed != before.Desk.Closed {
		fmt.Fprintf(&p.out, "  desk lane closed: %t\n", p.c.Desk.Closed)
	}
	if p.c.Desk.Skip != before.Desk.Skip {
		fmt.Fprintf(&p.out, "  desk lane drops what has not begun through #%d\n", p.c.Desk.Skip)
	}
}

func describe(e Entry) string {
	parts := []string{string(e.Kind)}
	if e.Author != "" {
		parts = append(parts, "by "+strings.TrimSpace(string(e.Author)+" "+e.AuthorID))
	}
	switch {
	case e.Message != nil:
		if e.Message.Text != "" {
			parts = append(parts, strconv.Quote(e.Message.Text))
		}
		for _, card := range e.Message.Cards {
			parts = append(parts, "card "+string(card.Content))
		}
		for _, file := range e.Message.Attachments {
			parts = append(parts, "file "+file.URL)
		}
	case e.Action != nil:
		parts = append(parts, "["+e.Action.Title+"]")
	}
	if e.Handoff != nil {
		parts = append(parts, fmt.Sprintf("target %s queue %s", e.Handoff.Target, e.Handoff.Queue))
		for _, what := range e.Handoff.LeftOut {
			parts = append(parts, "without ("+what+")")
		}
	}
	if e.Ticket != "" {
		parts = append(parts, "ticket "+e.Ticket)
	}
	if e.Of != 0 {
		parts = append(parts, fmt.Sprintf("of #%d", e.Of))
	}
	if e.Attempt > 1 {
		parts = append(parts, fmt.Sprintf("attempt %d", e.Attempt))
	}
	if e.State != nil {
		parts = append(parts, fmt.Sprintf("state %q", e.State))
	}
	if e.Detail != "" {
		parts = append(parts, "("+e.Detail+")")
	}
	var to []string
	for lane, name := range map[Lanes]string{ToCustomer: "customer", ToDesk: "desk", ToBot: "bot"} {
		if e.To.Has(lane) {
			to = append(to, name)
		}
	}
	if len(to) == 2 && to[0] > to[1] {
		to[0], to[1] = to[1], to[0]
	}
	if len(to) > 0 {
		parts = append(parts, "→ "+strings.Join(to, ", "))
	}
	if e.Status != "" && e.To.Has(ToCustomer) {
		parts = append(parts, "status "+string(e.Status))
	}
	return strings.Join(parts, " ")
}

func turns(c Conversation) string {
	if len(c.Turns) == 0 {
		return "none"
	}
	var all []string
	for _, t := range c.Turns {
		text := string(t.Kind)
		if t.From > 0 {
			text += fmt.Sprintf(" #%d–#%d", t.From, t.Through)
		}
		if t.Outcome != nil {
			text += fmt.Sprintf(" %s: %s", t.Outcome.Result, t.Outcome.Reason)
		}
		if t.Returned {
			text += " (returned)"
		}
		if attempt := t.Before + t.Attempt; attempt > 1 {
			text += fmt.Sprintf(" (attempt %d)", attempt)
		}
		if !t.Ready {
			text += " (waits)"
		}
		all = append(all, text)
	}
	return strings.Join(all, "; ")
}

func deliveries(c Conversation) string {
	if len(c.Deliveries) == 0 {
		return "nothing"
	}
	var all []string
	for _, d := range c.Deliveries {
		all = append(all, fmt.Sprintf("%s, event %d: %s", d.Result, d.Seq, d.Detail))
	}
	return strings.Join(all, "; ")
}

func timers(c Conversation, now time.Time) string {
	if len(c.Timers) == 0 {
		return "none"
	}
	var all []string
	for _, t := range c.Timers {
		all = append(all, fmt.Sprintf("%s at %s", strings.TrimSpace(string(t.Name)+" "+t.Bot), t.At.Format("15:04:05")))
	}
	return strings.Join(all, ", ")
}

// split splits a line into words; a quoted part is one word.
func split(t *testing.T, line string) []string {
	var words []string
	for line = strings.TrimSpace(line); line != ""; line = strings.TrimLeft(line, " ") {
		if line[0] == '"' {
			quoted, err := strconv.QuotedPrefix(line)
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			word, _ := strconv.Unquote(quoted)
			words, line = append(words, word), line[len(quoted):]
			continue
		}
		word, rest, _ := strings.Cut(line, " ")
		words, line = append(words, word), rest
	}
	return words
}
