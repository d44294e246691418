package eightx8

import (
	"context"
	"net/url"
	"slices"
)

// maxMessagePages bounds reading back one ticket.
const maxMessagePages = 50

// messages reads the list in the order in which it grows, so that a page already
// read cannot shift, and from its last page backwards.
func (g gateway) messages(ctx context.Context, ticket string, limit int, wanted func(messageItem) bool) ([]messageItem, error) {
	do := call{op: "list messages", path: ticketPath(ticket, "/messages"), query: url.Values{"sort": {"createdAt:asc"}}}
	first, err := getPage[messageItem](ctx, g.client, do, "messages", 0)
	if err != nil {
		return nil, err
	}
	if first.pages == unknownPages {
		return g.messagesForward(ctx, do, first.items, limit, wanted)
	}
	pages := [][]messageItem{first.items} // page 0, then from the last one backwards
	found := 0
	for number := first.pages - 1; number > 0 && found < limit && len(pages) < maxMessagePages; number-- {
		read, err := getPage[messageItem](ctx, g.client, do, "messages", number)
		if err != nil {
			return nil, err
		}
		pages = append(pages, read.items)
		found += len(sieve(read.items, wanted))
	}
	if first.pages > 1 && len(pages) < first.pages {
		pages[0] = nil // enough was found, and there is a gap after page 0
	}
	slices.Reverse(pages[1:])
	return newest(slices.Concat(pages...), limit, wanted), nil
}

// messagesForward reads a list that does not say how long it is, after its first
// page, until a page is empty.
func (g gateway) messagesForward(ctx context.Context, do call, all []messageItem, limit int, wanted func(messageItem) bool) ([]messageItem, error) {
	more := len(all) > 0
	for number := 1; more && number < maxMessagePages; number++ {
		read, err := getPage[messageItem](ctx, g.client, do, "messages", number)
		if err != nil {
			return nil, err
		}
		all = append(all, read.items...)
		more = len(read.items) > 0
	}
	return newest(all, limit, wanted), nil
}
