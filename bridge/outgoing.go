package bridge

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// wholeHistory is what was said up to an entry, in the desk's words: at most
// limit messages, the newest, and a line saying how many were left out.
func (k *keeper) wholeHistory(ctx context.Context, through int64, limit int) ([]Outgoing, error) {
	var history []Outgoing
	err := k.eachEntry(ctx, through, func(e lifecycle.Entry) {
		if e.Said() {
			said := forDesk(e)
			said.Text = k.e.cfg.Redact(said.Text)
			history = append(history, said)
		}
	})
	if err != nil {
		return nil, err
	}
	history = slices.DeleteFunc(history, func(o Outgoing) bool { return o.Text == "" })
	if over := len(history) - limit; limit > 0 && over > 0 {
		k.e.log.Warn("history left out", "conversation", k.id, "entry", through, "count", over+1)
		history = history[over+1:]
		note := Outgoing{Author: bot.AuthorBot, Text: fmt.Sprintf("[%d earlier messages are left out]", over+1)}
		history = append([]Outgoing{note}, history...)
	}
	return history, nil
}

// outgoing is the message that an entry says to the desk; an empty one: none.
func (k *keeper) outgoing(ctx context.Context, ch lifecycle.Channel, c lifecycle.Conversation, entry lifecycle.Entry) (Outgoing, error) {
	switch {
	case entry.Kind == lifecycle.EntryFiles:
		return k.filesBefore(ctx, c, entry.Of)
	case ch.DeskLine:
		return k.forCustomer(c, entry), nil
	case entry.Kind == lifecycle.EntryReturn:
		return k.saidSince(ctx, ch, c, entry)
	}
	var files []File
	if ch.DeskCan.Attachments {
		entry, files = k.shownFiles(c, entry)
	}
	message := forDesk(entry)
	message.Files = files
	return message, nil
}

// saidSince is what the agents of a ticket have not seen, in one message, with
// the newest of its files: what was said since they were last there, and what
// they were not given while they were.
func (k *keeper) saidSince(ctx context.Context, ch lifecycle.Channel, c lifecycle.Conversation, entry lifecycle.Entry) (Outgoing, error) {
	entries, err := k.e.cfg.Store.Entries(ctx, k.id, c.Desk.Marker, int(c.Number-c.Desk.Marker))
	if err != nil {
		return Outgoing{}, fmt.Errorf("read what was said since: %w", err)
	}
	lost := notGiven(entries)
	from := c.Desk.Marker
	for _, e := range entries {
		if e.Kind == lifecycle.EntryReturn && e.Number < entry.Number && !lost[e.Number] {
			from = e.Number // what came before has been shown
		}
	}
	var lines []string
	var files []File
	for _, e := range entries {
		unseen := e.Holder == lifecycle.Bot || e.Holder == lifecycle.Nobody
		if e.To.Has(lifecycle.ToDesk) {
			unseen = lost[e.Number]
		}
		theirs := e.Author == bot.AuthorAgent && e.Ticket == c.Desk.Ticket
		if !e.Said() || theirs || !unseen || e.Number <= from || e.Number >= entry.Number {
			continue
		}
		lines = append(lines, speaker(e)+": "+k.e.cfg.Redact(textOf(&e)))
		if ch.DeskCan.Attachments {
			_, shown := k.shownFiles(c, e)
			files = append(files, shown...)
		}
	}
	if len(lines) == 0 {
		return Outgoing{}, nil
	}
	return Outgoing{
		Author: bot.AuthorBot, Text: "Said since:\n" + strings.Join(lines, "\n"),
		Files: files[max(0, len(files)-filesAtOnce):],
	}, nil
}

// notGiven are the numbers of entries that the desk was not given, or refused.
func notGiven(entries []lifecycle.Entry) map[int64]bool {
	lost := map[int64]bool{}
	for _, e := range entries {
		if e.Of != 0 && (e.Kind == lifecycle.EntryDropped || e.Kind == lifecycle.EntryNoted) {
			lost[e.Of] = true
		}
	}
	return lost
}

// speaker is who said something, as agents are told.
func speaker(e lifecycle.Entry) string {
	switch e.Author {
	case bot.AuthorCustomer:
		return "Customer"
	case bot.AuthorAgent:
		return agentName(e)
	case bot.AuthorSystem:
		return "System"
	}
	return "Bot"
}

// forDesk is something said in the desk's words, which knows customer and bot
// alone: others go as the bot's, with the name in front.
func forDesk(e lifecycle.Entry) Outgoing {
	text := textOf(&e)
	switch e.Author {
	case bot.AuthorCustomer:
		return Outgoing{Author: bot.AuthorCustomer, Text: text}
	case bot.AuthorAgent:
		return Outgoing{Author: bot.AuthorBot, Text: "[" + agentName(e) + "] " + text}
	case bot.AuthorSystem:
		return Outgoing{Author: bot.AuthorBot, Text: "[System] " + text}
	}
	return Outgoing{Author: bot.AuthorBot, Text: text}
}

func agentName(e lifecycle.Entry) string {
	if e.Name != "" {
		return e.Name
	}
	return "Agent"
}
