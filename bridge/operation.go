package bridge

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/patchbay-host/patchbay/bridge/faultpoint"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// errNoDesk refuses what a channel without a desk is asked for.
var errNoDesk = &DeskError{Kind: DeskRefused, Err: errors.New("the channel has no desk")}

// operation is the call that carries an entry out, by some settings. Not ok:
// there is nothing to do.
func (k *keeper) operation(by *settings, entry lifecycle.Entry) (op operation, ok bool) {
	defer func() { op.by = by }()
	k.mu.Lock()
	c := k.state
	k.mu.Unlock()
	ch := by.Channels[c.Channel]
	desk := by.Desks[ch.Desk]
	op = operation{entry: entry}
	switch {
	case desk == nil:
		op.call = func(context.Context) error { return errNoDesk }
	case entry.Kind == lifecycle.EntryHandoff && ch.DeskLine:
		op.call = func(ctx context.Context) error { return k.assign(ctx, desk, c, entry) }
		op.look = func(ctx context.Context) (bool, error) { return k.findAssigned(ctx, desk, c, entry) }
	case entry.Kind == lifecycle.EntryLook:
		op.call = func(ctx context.Context) error { return k.lookAt(ctx, desk, entry) }
	case entry.Kind == lifecycle.EntryGiveBack:
		op.call = func(ctx context.Context) error {
			faultpoint.Hit(faultpoint.BeforeHandBack)
			err := desk.HandBack(ctx, entry.Ticket, ch.DeskChannel)
			faultpoint.Hit(faultpoint.AfterHandBack)
			return err
		}
	case entry.Kind == lifecycle.EntryHandoff:
		op.call = func(ctx context.Context) error { return k.open(ctx, desk, c, entry) }
		op.look = func(ctx context.Context) (bool, error) { return k.findOpened(ctx, desk, entry.Number) }
	case entry.Kind == lifecycle.EntryLeave && entry.Ticket == "":
		return k.settle(desk, entry)
	case entry.Kind == lifecycle.EntryLeave:
		op.call = func(ctx context.Context) error {
			faultpoint.Hit(faultpoint.BeforeLeave)
			err := desk.Leave(ctx, entry.Ticket)
			faultpoint.Hit(faultpoint.AfterLeave)
			return err
		}
	default:
		return k.sending(desk, ch, c, entry)
	}
	return op, true
}

// sending is the call that says something to the desk.
func (k *keeper) sending(desk Desk, ch lifecycle.Channel, c lifecycle.Conversation, entry lifecycle.Entry) (operation, bool) {
	ticket := c.Desk.Ticket
	message, err := k.outgoing(k.e.ctx, ch, c, entry)
	if ticket == "" || err == nil && message.empty() {
		return operation{}, false
	}
	return operation{
		entry: entry,
		call: func(ctx context.Context) error {
			if err != nil {
				return err
			}
			faultpoint.Hit(faultpoint.BeforeSend)
			err := desk.Send(ctx, ticket, message)
			faultpoint.Hit(faultpoint.AfterSend)
			return err
		},
		look: func(ctx context.Context) (bool, error) { return k.findSent(ctx, desk, ch, c, entry) },
	}, true
}

// settle leaves the ticket of a handoff that was given up, if it turns out to
// have been opened after all.
func (k *keeper) settle(desk Desk, entry lifecycle.Entry) (operation, bool) {
	k.mu.Lock()
	begun := k.desk.begun == entry.Of || entry.Number <= k.desk.doubt
	k.mu.Unlock()
	if !begun {
		return operation{}, false
	}
	looked := 0
	return operation{entry: entry, call: func(ctx context.Context) error {
		found, err := k.findOpened(ctx, desk, entry.Of) // an opening not wanted is left by the rules
		if err != nil || found {
			return err
		}
		if looked++; looked < looks {
			return &DeskError{Kind: DeskUnavailable, RetryAfter: 0, Err: errors.New("the ticket is not to be seen yet")}
		}
		return nil
	}}, true
}

// open opens the ticket of a handoff and tells the rules its id.
func (k *keeper) open(ctx context.Context, desk Desk, c lifecycle.Conversation, entry lifecycle.Entry) error {
	k.mu.Lock()
	k.desk.begun = entry.Number
	k.mu.Unlock()
	opening, err := k.opening(ctx, desk, c, entry)
	if err != nil {
		return err
	}
	faultpoint.Hit(faultpoint.BeforeCreate)
	ticket, err := desk.Open(ctx, opening)
	if err != nil {
		return err
	}
	faultpoint.Hit(faultpoint.AfterCreate)
	k.tell(lifecycle.Event{Kind: lifecycle.EventOpened, Entry: entry.Number, Ticket: ticket})
	return nil
}

// findOpened looks for the ticket that a handoff has opened, and tells the
// rules its id.
func (k *keeper) findOpened(ctx context.Context, desk Desk, handoff int64) (bool, error) {
	ticket, err := desk.FindOpened(ctx, lifecycle.Marker{Conversation: k.id, Entry: handoff})
	if err != nil || ticket == "" {
		return false, err
	}
	k.tell(lifecycle.Event{Kind: lifecycle.EventOpened, Entry: handoff, Ticket: ticket})
	return true, nil
}

// opening is what a handoff's ticket is opened with: the same on every try.
func (k *keeper) opening(ctx context.Context, desk Desk, c lifecycle.Conversation, entry lifecycle.Entry) (Opening, error) {
	can := desk.Capabilities()
	history, err := k.wholeHistory(ctx, entry.Number, can.History)
	if err != nil {
		return Opening{}, err
	}
	h := entry.Handoff
	o := Opening{
		Channel: h.DeskChannel, Queue: h.Queue, Customer: c.Customer, Language: c.Language,
		History: history, Marker: lifecycle.Marker{Conversation: c.ID, Entry: entry.Number},
	}
	for _, p := range []Property{{"reason", k.e.cfg.Redact(h.Reason)}, {"summary", k.e.cfg.Redact(h.Summary)}} {
		if p.Value != "" {
			o.Properties = append(o.Properties, p)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(h.Properties)) {
		o.Properties = append(o.Properties, Property{name, h.Properties[name]})
	}
	if room := can.Properties; room > 0 && len(o.Properties) > room {
		k.e.log.Warn("properties left out", "conversation", k.id, "entry", entry.Number, "count", len(o.Properties)-room)
		o.Properties = o.Properties[:room]
	}
	return o, nil
}

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
	from, since := c.Desk.Marker, entry.Of
	for _, e := range entries {
		switch {
		case e.Kind != lifecycle.EntryReturn || e.Number >= entry.Number:
		case lost[e.Number]:
			since = min(since, e.Of)
		default: // what came before has been shown
			from, since = e.Number, entry.Of
		}
	}
	var lines []string
	var files []File
	for _, e := range entries {
		unseen := e.Number > since
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
