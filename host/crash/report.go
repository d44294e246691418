package main

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/patchbay-host/patchbay/bridge/faultpoint"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
)

// shownStories is how many conversations are told whole of each kind.
const shownStories = 3

func numberOf(e lifecycle.Entry) string { return strconv.FormatInt(e.Number, 10) }

// report prints what was found; an error if that is not well.
func (v *verdict) report(k *killer, out io.Writer) error {
	told := map[string]bool{} // conversations
	wrong := 0
	for _, kind := range []kind{lost, twice, disorder, stranded} {
		stories := 0
		for _, f := range v.found[kind] {
			wrong++
			fmt.Fprintf(out, "%s: %s %s\n", strings.ToUpper(string(kind)), f.word, f.says)
			if !told[f.conversation] && stories < shownStories {
				stories++
				told[f.conversation] = true
				v.story(out, f)
			}
		}
	}
	fmt.Fprintf(out, "killed at: %s\n", k.perPoint())
	fmt.Fprintf(out, "conversations %d, tickets %d, turns %d, words of agents %d, events of 8x8 %d\n",
		len(v.conversations), len(v.tickets), len(v.puts), len(v.spoken), len(v.relay.order))
	p50, most := quantile(k.back, 0.5), quantile(k.back, 1)
	fmt.Fprintf(out, "kills %d, messages %d, lost %d, twice %d, disorder %d, stranded %d, back in %d/%d ms (p50/max)\n",
		k.total, v.messages, len(v.found[lost]), len(v.found[twice]), len(v.found[disorder]), len(v.found[stranded]),
		p50.Milliseconds(), most.Milliseconds())
	switch {
	case wrong > 0:
		return errors.New("a promise was broken")
	case k.planned >= len(faultpoint.All()) && len(k.missed()) > 0:
		return fmt.Errorf("the host has never died at %s", strings.Join(k.missed(), ", "))
	case most >= k.within || len(k.back) == 0:
		return fmt.Errorf("the host was not serving within %s", k.within)
	}
	return nil
}

// story tells all that is known around a finding.
func (v *verdict) story(out io.Writer, f finding) {
	fmt.Fprintf(out, "  the story of %s in %s:\n", f.word, f.conversation)
	for _, c := range v.customers {
		for _, p := range c.posts {
			if p.number == f.word {
				fmt.Fprintf(out, "  posted at %s, %d tries, acknowledged at %s, last error %v\n", clock(p.began), p.tries, clock(p.acked), p.last)
			}
		}
	}
	for _, e := range v.relay.order {
		if e.word == f.word && f.word != "" {
			fmt.Fprintf(out, "  told by 8x8 at %s, %d tries, acknowledged at %s\n", clock(e.sent), e.tries, clock(e.acked))
		}
	}
	for _, p := range v.puts {
		if p.Conversation == f.conversation {
			fmt.Fprintf(out, "  bot     %s %s attempt %d: %s %v told %v\n", clock(p.At), p.Turn, p.Attempt, p.What, p.Numbers, p.Told)
		}
	}
	for _, e := range v.journals[f.conversation] {
		text := ""
		if e.Message != nil {
			text = e.Message.Text
		}
		fmt.Fprintf(out, "  journal %s %3d %-11s %s/%d to %d %s %s %.8s.%d of %d %s %s\n", clock(e.At), e.Number, e.Kind, e.Holder, e.Epoch, e.To,
			e.Author, e.Ticket, e.Turn, e.Seq, e.Of, text, e.Detail)
	}
	for _, t := range v.tickets {
		if !strings.HasSuffix(t.marker(), "/"+f.conversation) && "8x8~acme~"+t.ID != f.conversation {
			continue
		}
		fmt.Fprintf(out, "  ticket  %s of %s, held by %s\n", t.ID, t.marker(), t.Holder)
		for _, m := range t.Messages {
			fmt.Fprintf(out, "          %s %s history %t: %q\n", m.At, m.AuthorType, m.History, m.Text)
		}
	}
	for _, c := range v.customers {
		if c.conversation != f.conversation {
			continue
		}
		for _, a := range c.seen {
			fmt.Fprintf(out, "  shown   %s %s %s %q\n", a.ID, a.Type, a.From.ID, a.Text)
		}
	}
}

func clock(at time.Time) string {
	if at.IsZero() {
		return "never"
	}
	return at.UTC().Format("15:04:05.000")
}
