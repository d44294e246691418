package bridge_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// check holds what is there in the end against the promises: nothing lost,
// nothing twice, nothing out of order, nobody stranded.
func (w *seedWorld) check() {
	list, err := w.host.engine.List(w.ctx, bridge.Filter{})
	if err != nil || len(list) != seedCustomers+seedGuests {
		w.t.Fatalf("%d conversations, %v", len(list), err)
	}
	for _, c := range list {
		entries, err := w.host.engine.Entries(w.ctx, c.ID, 0, 10_000)
		if err != nil {
			w.t.Fatal(err)
		}
		v := &verdict{w: w, c: c, entries: entries}
		v.journal()
		v.bots()
		v.tickets()
		v.agents()
		v.held()
		if w.t.Failed() {
			w.tell("the journal of %s:\n%s", c.ID, strings.Join(linesOf(entries), "\n"))
		}
	}
}

// verdict is about one conversation.
type verdict struct {
	w       *seedWorld
	c       lifecycle.Conversation
	entries []lifecycle.Entry
	// numbers of what the customer said, in order.
	numbers []string
}

func (v *verdict) wrong(format string, args ...any) {
	v.w.t.Errorf("%s: "+format, append([]any{v.c.ID}, args...)...)
}

// journal: each message of the customer's stands in it once, on our own line
// in the order in which they were acknowledged; and what a bot says once, nothing left out.
func (v *verdict) journal() {
	said := map[string]bool{}
	last := -1
	for _, e := range v.entries {
		if e.Kind != lifecycle.EntrySaid {
			continue
		}
		key := fmt.Sprintf("%s %d", e.Turn, e.Seq)
		if e.Author == bot.AuthorCustomer {
			key = numberIn(e.Message.Text)
			v.numbers = append(v.numbers, key)
			n, _ := strconv.Atoi(key[strings.IndexByte(key, '-')+1:])
			if n < last && v.c.Channel == "web" {
				v.wrong("%s came after number %d", key, last)
			}
			last = n
		}
		if e.Author != bot.AuthorAgent && e.Author != bot.AuthorSystem && said[key] {
			v.wrong("%s stands in the journal twice", key)
		}
		if e.Author == bot.AuthorBot && e.Seq > 1 && !said[fmt.Sprintf("%s %d", e.Turn, e.Seq-1)] {
			v.wrong("what the bot said before %s is lost", key)
		}
		said[key] = true
	}
	for n := range seedSteps {
		if who, want := v.who(), fmt.Sprintf("%s-%d", v.who(), n); !said[want] && v.says(who, n) {
			v.wrong("%s was acknowledged and is not in the journal", want)
		}
	}
}

// who is the customer.
func (v *verdict) who() string {
	id := string(v.c.ID)
	return id[strings.LastIndexByte(id, '~')+1:]
}

// says reports whether the n-th thing that somebody did was to say something.
func (v *verdict) says(who string, n int) bool {
	return v.c.Channel == "line" || n == 0 || v.w.dice.roll(100, "customer", who, n) >= 8
}

// bots: no message was put in two turns, but for one that the bot failed at and
// got again when it was back.
func (v *verdict) bots() {
	back := 0 // how often
	for _, e := range v.entries {
		if e.Status == lifecycle.StatusWithdrawn {
			back++
		}
	}
	v.w.undone += back
	for _, number := range v.numbers {
		if turns := v.w.put.turns[number]; len(turns) > 1+back {
			v.wrong("%s was put to the bot in %d turns", number, len(turns))
		}
	}
}

var numbered = regexp.MustCompile(`\b[cW]\d+-\d+\b`)

// tickets: a message stands in a ticket once, in order; and one that no bot
// was given has reached a ticket.
func (v *verdict) tickets() {
	reached := map[string]bool{}
	for _, number := range v.w.centre.refusedNumbers() { // the operator knows, and a later ticket has it
		reached[number] = true
	}
	for _, ticket := range v.w.centre.tickets {
		if ticket.marker.Conversation != v.c.ID && ticket.id != v.who() {
			continue
		}
		var in []string
		for _, m := range ticket.texts() {
			in = append(in, numbered.FindAllString(m.Text, -1)...)
		}
		for i, number := range in {
			reached[number] = true
			if slices.Contains(in[:i], number) {
				v.wrong("%s stands in ticket %s twice", number, ticket.id)
			}
		}
		v.order(ticket, in)
		v.botsWords(ticket)
	}
	for i, number := range v.numbers {
		told := len(v.w.put.turns[number]) > 0 || v.w.put.told[number] || reached[number]
		if !told && !v.leftAfter(number) {
			v.wrong("%s, %d of %d, has reached nobody", number, i+1, len(v.numbers))
		}
	}
}

// order: what a ticket has came in the order in which it was said; what was
// refused may come later, among what was said since.
func (v *verdict) order(ticket *seedTicket, in []string) {
	in = slices.DeleteFunc(in, func(n string) bool { return slices.Contains(v.w.centre.late, n) })
	want := slices.DeleteFunc(slices.Clone(v.numbers), func(n string) bool { return !slices.Contains(in, n) })
	if !ticket.line && !slices.Equal(want, in) {
		v.wrong("ticket %s has %v, want %v", ticket.id, in, want)
	}
}

// leftAfter reports whether the customer has left before a message could be put
// to the bot, which could not be told of the leaving either, or be sent to the
// agents: it is in the history of the next turn and ticket, if there is one.
func (v *verdict) leftAfter(number string) bool {
	var said lifecycle.Entry
	left := false
	for _, e := range v.entries {
		switch {
		case e.Kind == lifecycle.EntrySaid && e.Author == bot.AuthorCustomer && numberIn(e.Message.Text) == number:
			said = e
		case e.Kind == lifecycle.EntryLeft:
			left = left || said.Number > 0
		case e.Kind == lifecycle.EntryDropped && e.Of == said.Number:
			return left
		case e.Kind == lifecycle.EntryFailed && said.To.Has(lifecycle.ToBot) && left:
			return true
		}
	}
	return false
}

// botsWords: on a line of the desk's own, what the bot said reached the
// customer once, in order.
func (v *verdict) botsWords(ticket *seedTicket) {
	if !ticket.line {
		return
	}
	var want, got []string
	for _, e := range v.entries {
		if e.Said() && e.To.Has(lifecycle.ToDesk) && !slices.Contains(v.w.centre.refused, ticket.id+": "+e.Message.Text) {
			want = append(want, e.Message.Text)
		}
	}
	for _, m := range ticket.texts() {
		if m.Author == bot.AuthorBot {
			got = append(got, m.Text)
		}
	}
	if !slices.Equal(want, got) {
		v.wrong("the customer of %s was told %v, want %v", ticket.id, got, want)
	}
}

// agents: each word of an agent's has reached the customer once.
func (v *verdict) agents() {
	var got []string
	for _, e := range v.entries {
		if e.Author == bot.AuthorAgent && e.Said() {
			got = append(got, e.Message.Text)
		}
	}
	var want []string
	for _, ticket := range v.w.centre.tickets {
		if ticket.marker.Conversation == v.c.ID || ticket.id == v.who() {
			want = append(want, slices.DeleteFunc(slices.Clone(v.w.centre.spoken), func(text string) bool {
				return !strings.HasPrefix(text, ticket.id+" ")
			})...)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		v.wrong("agents said %v, the journal has %v", want, got)
	}
}

// held: whoever holds the conversation can do something about it.
func (v *verdict) held() {
	if len(v.c.Turns) > 0 {
		v.wrong("turns are left: %+v", v.c.Turns)
	}
	ticket := v.w.centre.find(v.c.Desk.Ticket)
	atDesk := ticket != nil && ticket.open
	switch v.c.Holder {
	case lifecycle.Queue:
		if !atDesk {
			v.wrong("held by the queue (%s), and no interaction of %q is open", v.c.Reason, v.c.Desk.Ticket)
		}
	case lifecycle.Agent:
		if !atDesk || ticket.agent == "" {
			v.wrong("held by an agent (%s), and nobody has ticket %q", v.c.Reason, v.c.Desk.Ticket)
		}
	default:
		if atDesk && !ticket.line {
			v.wrong("held by %s (%s), and ticket %s is open", v.c.Holder, v.c.Reason, ticket.id)
		}
	}
}

// linesOf is a journal, a line an entry.
func linesOf(entries []lifecycle.Entry) []string {
	var lines []string
	for _, e := range entries {
		line := fmt.Sprintf("  %3d %-11s %s to %d %s %s", e.Number, e.Kind, e.Holder, e.To, e.Author, e.Ticket)
		if e.Message != nil {
			line += " " + e.Message.Text
		}
		lines = append(lines, strings.TrimSpace(line+" "+e.Detail))
	}
	return lines
}
