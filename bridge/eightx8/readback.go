package eightx8

import (
	"context"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// Sent reads a ticket's messages of user and bot, oldest first, at most the
// newest limit; what agents and the system said is left out. What was sent a
// moment ago may not be stored yet.
func (d *Desk) Sent(ctx context.Context, ticket string, limit int) ([]bridge.Outgoing, error) {
	if err := needTicket("list messages", ticket); err != nil || limit <= 0 {
		return nil, err
	}
	return d.says.sent(ctx, ticket, limit)
}

// ours are the messages of user and bot, each once.
func ours(items []messageItem) []bridge.Outgoing {
	var sent []bridge.Outgoing
	seen := map[scalar]bool{}
	for _, item := range items {
		if item.ID != "" && seen[item.ID] {
			continue
		}
		seen[item.ID] = true
		switch {
		case item.Author.Type.is(wireUser):
			sent = append(sent, bridge.Outgoing{Author: bot.AuthorCustomer, Text: string(item.Text)})
		case item.Author.Type.is(wireBot):
			sent = append(sent, bridge.Outgoing{Author: bot.AuthorBot, Text: string(item.Text)})
		}
	}
	return sent
}

// newest are the last limit messages.
func newest(sent []bridge.Outgoing, limit int) []bridge.Outgoing {
	return sent[max(0, len(sent)-limit):]
}
