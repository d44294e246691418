package bridge

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// historyForBot is how many messages of history a turn carries.
const historyForBot = 50

// turnFor is a turn as the bot gets it. Tail is the end of the journal.
func (k *keeper) turnFor(ctx context.Context, ch lifecycle.Channel, c lifecycle.Conversation, t lifecycle.Turn, tail []lifecycle.Entry) (*bot.Turn, error) {
	out := &bot.Turn{
		ID: t.ID, Attempt: t.Before + t.Attempt, Epoch: c.Epoch, Conversation: c.ID, Channel: c.Channel,
		Customer: c.Customer, Language: c.Language, Returned: t.Returned, Deliveries: c.Deliveries[:min(t.Told, len(c.Deliveries))],
		Line: bot.LineCapabilities{
			Cards: ch.LineCan.Cards, QuickReplies: ch.LineCan.QuickReplies,
			Attachments: ch.LineCan.Attachments, Typing: ch.LineCan.Typing,
		},
	}
	if err := k.stateFor(ctx, c.StateOf(ch), tail, out); err != nil {
		return nil, err
	}
	carried, err := k.entries(ctx, tail, t.From, t.Through)
	if err != nil {
		return nil, err
	}
	switch t.Kind {
	case lifecycle.TurnStarted:
		out.Started = true
	case lifecycle.TurnMessages:
		out.Messages = k.customersWords(ctx, carried)
	case lifecycle.TurnAction:
		for _, e := range carried {
			out.Action = e.Action
		}
	case lifecycle.TurnAgentSessionEnded:
		out.AgentSessionEnded, err = k.sessionFor(ctx, c, carried, tail)
	case lifecycle.TurnHandoffOutcome:
		out.HandoffOutcome = t.Outcome
	case lifecycle.TurnCustomerLeft:
		out.CustomerLeft = true
	case lifecycle.TurnTimerDue:
		out.TimerDue = t.Timer
	}
	before := c.Number + 1
	if t.From > 0 {
		before = t.From
	}
	out.History = spoken(tail, before, historyForBot)
	return out, err
}

// stateFor finds the bot's state: it is kept in the entry that set it, of this
// number.
func (k *keeper) stateFor(ctx context.Context, number int64, tail []lifecycle.Entry, out *bot.Turn) error {
	entries, err := k.entries(ctx, tail, number, number)
	if err != nil {
		return err
	}
	for _, e := range entries {
		out.State, out.StateSchema = e.State, e.StateSchema
	}
	return nil
}

// sessionFor is the record of the agent session that has ended. Carried are
// the entries since the customer's first words that nobody has answered.
func (k *keeper) sessionFor(ctx context.Context, c lifecycle.Conversation, carried, tail []lifecycle.Entry) (*bot.AgentSession, error) {
	s := c.Session
	if s == nil {
		return &bot.AgentSession{}, nil
	}
	entries, err := k.entries(ctx, tail, s.Handoff, s.Through)
	if err != nil {
		return nil, err
	}
	return &bot.AgentSession{
		HandedOffAt: s.HandedOffAt, JoinedAt: s.JoinedAt, EndedAt: s.EndedAt, Reason: s.Reason,
		Agents: s.Agents, Queues: s.Queues, End: s.End,
		Messages: spoken(entries, s.Through+1, historyForBot), Waiting: k.customersWords(ctx, carried),
	}, nil
}

// entries are those numbered from from to through: of the tail, and what is
// older from the store.
func (k *keeper) entries(ctx context.Context, tail []lifecycle.Entry, from, through int64) ([]lifecycle.Entry, error) {
	if from == 0 {
		return nil, nil
	}
	kept := between(tail, from, through)
	last := through
	if len(tail) > 0 {
		if tail[0].Number <= from {
			return kept, nil
		}
		last = min(last, tail[0].Number-1)
	}
	older, err := k.e.cfg.Store.Entries(ctx, k.id, from-1, int(last-from+1))
	if err != nil {
		return nil, fmt.Errorf("read journal: %w", err)
	}
	return append(older, kept...), nil
}

// between are the entries numbered from from to through, of some whose numbers
// follow one another. They are not copied.
func between(entries []lifecycle.Entry, from, through int64) []lifecycle.Entry {
	if len(entries) == 0 {
		return nil
	}
	first, n := entries[0].Number, int64(len(entries))
	begin := min(max(from-first, 0), n)
	end := min(max(through-first+1, begin), n)
	return entries[begin:end:end]
}

// customersWords are the messages that the customer said, with their files as
// a bot can have them; presses among them as their title.
func (k *keeper) customersWords(ctx context.Context, entries []lifecycle.Entry) []bot.Message {
	var words []bot.Message
	inline := inlineInTurn
	for i := range entries {
		e := &entries[i]
		if !e.Said() || e.Author != bot.AuthorCustomer {
			continue
		}
		m := bot.Message{Text: textOf(e)}
		if e.Message != nil {
			m = *e.Message
			m.Attachments = k.filesForBot(ctx, e, &inline)
		}
		m.ID, m.At = fmt.Sprintf("%d", e.Number), e.At
		words = append(words, m)
	}
	return words
}

// spoken is what was said before a number, at most the newest limit messages.
func spoken(entries []lifecycle.Entry, before int64, limit int) []bot.HistoryMessage {
	var said []bot.HistoryMessage
	for i := len(entries) - 1; i >= 0 && len(said) < limit; i-- {
		if e := &entries[i]; e.Said() && e.Number < before {
			said = append(said, bot.HistoryMessage{Author: e.Author, Name: e.Name, Text: textOf(e), At: e.At})
		}
	}
	slices.Reverse(said)
	return said
}

// textOf is what was said or pressed, as plain text.
func textOf(e *lifecycle.Entry) string {
	var parts []string
	add := func(text string) {
		if text != "" {
			parts = append(parts, text)
		}
	}
	if a := e.Action; a != nil {
		add(a.Title)
		switch {
		case len(a.Data) > 0:
			add(string(a.Data))
		case a.Value != a.Title:
			add(a.Value)
		}
	}
	if m := e.Message; m != nil {
		add(m.Text)
		for _, card := range m.Cards {
			add(lifecycle.CardText(card))
		}
		for _, reply := range m.QuickReplies {
			add("– " + reply.Title)
		}
		for _, file := range m.Attachments {
			address := file.URL
			if place, _ := lifecycle.PlaceOf(file); place != "" {
				address = ""
			}
			add(strings.TrimSpace("[attachment " + file.Name + "] " + address))
		}
	}
	return strings.Join(parts, "\n")
}
