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
	items, err := d.says.messages(ctx, ticket, limit, ours)
	if err != nil {
		return nil, err
	}
	var sent []bridge.Outgoing
	for _, item := range items {
		author := bot.AuthorBot
		if item.Author.Type.is(wireUser) {
			author = bot.AuthorCustomer
		}
		sent = append(sent, bridge.Outgoing{Author: author, Text: string(item.Text)})
	}
	return sent, nil
}

// ours reports whether a message is of user or bot.
func ours(item messageItem) bool {
	return item.Author.Type.is(wireUser) || item.Author.Type.is(wireBot)
}

// newest are the last limit of those items that are wanted, each once.
func newest(items []messageItem, limit int, wanted func(messageItem) bool) []messageItem {
	found := sieve(items, wanted)
	return found[max(0, len(found)-limit):]
}

// sieve keeps the items that are wanted, each once.
func sieve(items []messageItem, wanted func(messageItem) bool) []messageItem {
	var found []messageItem
	seen := map[scalar]bool{}
	for _, item := range items {
		if item.ID != "" && seen[item.ID] {
			continue
		}
		seen[item.ID] = true
		if wanted(item) {
			found = append(found, item)
		}
	}
	return found
}
