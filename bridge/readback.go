package bridge

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

const (
	// readBack is how many of our messages are read back.
	readBackLimit = 100
	// compareAtMost is how many messages before those in doubt are compared.
	compareAtMost = 20
)

// findSent reads back whether an entry has reached the ticket: what the desk
// has of ours is aligned with what was sent. Equal texts are told apart by
// their position, never by the text alone.
func (k *keeper) findSent(ctx context.Context, desk Desk, ch lifecycle.Channel, c lifecycle.Conversation, entry lifecycle.Entry) (bool, error) {
	k.mu.Lock()
	last, cursor, number := k.desk.last, k.cursors.Desk, k.state.Number
	k.mu.Unlock()
	has, err := desk.Sent(ctx, c.Desk.Ticket, readBackLimit)
	if err != nil {
		return false, err
	}
	from := c.Desk.Marker
	var history []Outgoing
	if ch.DeskLine { // of ours are the bot's words alone, from the beginning
		from = 0
		has = slices.DeleteFunc(has, func(o Outgoing) bool { return o.Author != bot.AuthorBot })
	} else if history, err = k.wholeHistory(ctx, from, desk.Capabilities().History); err != nil {
		return false, err
	}
	entries, err := k.e.cfg.Store.Entries(ctx, k.id, from, int(number-from))
	if err != nil {
		return false, fmt.Errorf("read what was sent: %w", err)
	}
	var sent, doubt []Outgoing
	lost := notGiven(entries)
	for _, e := range entries {
		if !speaks(e) || !e.To.Has(lifecycle.ToDesk) || lost[e.Number] || e.Number > last {
			continue
		}
		message, err := k.outgoing(ctx, ch, c, e)
		if err != nil {
			return false, err
		}
		switch {
		case message.empty():
		case e.Number <= cursor:
			sent = append(sent, message)
		default:
			doubt = append(doubt, message)
		}
	}
	return arrived(has, history, sent, doubt, len(has) < readBackLimit) > 0, nil
}

// arrived is how many of the messages in doubt the desk has. Has is what it
// has of ours, whole or only the newest; it may or may not contain the
// history that the ticket was opened with.
func arrived(has, history, sent, doubt []Outgoing, whole bool) int {
	if whole {
		for _, start := range [][]Outgoing{slices.Concat(history, sent), sent} {
			for n := len(doubt); n >= 0; n-- {
				if slices.EqualFunc(has, slices.Concat(start, doubt[:n]), same) {
					return n
				}
			}
		}
	}
	// Some of what counts as sent may have been dropped on the way: compare
	// the newest few.
	for n := len(doubt); n > 0; n-- {
		all := slices.Concat(sent, doubt[:n])
		compare := min(len(all), n+compareAtMost)
		if len(has) >= compare && slices.EqualFunc(has[len(has)-compare:], all[len(all)-compare:], same) {
			return n
		}
	}
	return 0
}

// same reports whether the desk has a message as it was sent, as far as a desk
// keeps it. Files that it did not take are named behind the text.
func same(has, sent Outgoing) bool {
	text, want := strings.TrimSpace(has.Text), strings.TrimSpace(sent.Text)
	return has.Author == sent.Author && (text == want || len(sent.Files) > 0 && strings.HasPrefix(text, want))
}
