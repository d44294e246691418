package eightx8

import (
	"context"
	"net/url"
	"slices"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// maxMessagePages bounds reading back one ticket.
const maxMessagePages = 50

// Sent reads a ticket's messages of user and bot, oldest first, at most the
// newest limit; what agents and the system said is left out. What was sent a
// moment ago may not be stored yet.
//
// The list is read in the order in which it grows, so that a page already
// read cannot shift, and from its last page backwards.
func (d *Desk) Sent(ctx context.Context, ticket string, limit int) ([]bridge.Outgoing, error) {
	const op = "list messages"
	if err := needTicket(op, ticket); err != nil || limit <= 0 {
		return nil, err
	}
	do := call{op: op, path: ticketPath(ticket, "/messages"), query: url.Values{"sort": {"createdAt:asc"}}}
	first, err := getPage[messageItem](ctx, d.client, do, "messages", 0)
	if err != nil {
		return nil, err
	}
	if first.pages == unknownPages {
		return d.sentForward(ctx, do, first.items, limit)
	}
	pages := [][]messageItem{first.items} // page 0, then from the last one backwards
	found := 0
	for number := first.pages - 1; number > 0 && found < limit && len(pages) < maxMessagePages; number-- {
		read, err := getPage[messageItem](ctx, d.client, do, "messages", number)
		if err != nil {
			return nil, err
		}
		pages = append(pages, read.items)
		found += len(ours(read.items))
	}
	if first.pages > 1 && len(pages) < first.pages {
		pages[0] = nil // enough was found, and there is a gap after page 0
	}
	slices.Reverse(pages[1:])
	return newest(ours(slices.Concat(pages...)), limit), nil
}

// sentForward reads a list that does not say how long it is, after its first
// page, until a page is empty.
func (d *Desk) sentForward(ctx context.Context, do call, all []messageItem, limit int) ([]bridge.Outgoing, error) {
	more := len(all) > 0
	for number := 1; more && number < maxMessagePages; number++ {
		read, err := getPage[messageItem](ctx, d.client, do, "messages", number)
		if err != nil {
			return nil, err
		}
		all = append(all, read.items...)
		more = len(read.items) > 0
	}
	return newest(ours(all), limit), nil
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
