package eightx8

import (
	"context"

	"github.com/patchbay-host/patchbay/bridge"
)

// creation has the queue, which goes before the channel's own.
func (g gateway) creation(ctx context.Context, channel string, o bridge.Opening) (any, error) {
	body := createRequest{ChannelID: channel, User: g.user(ctx, o, maxProperties)}
	if o.Queue != "" {
		body.Assignment = &assignment{Type: assignedToQueue, ID: o.Queue}
	}
	for _, m := range g.history(ctx, o) {
		if body.History == nil {
			body.History = &historyRequest{}
		}
		body.History.Messages = append(body.History.Messages, messageRequest{AuthorType: wireAuthor(m.Author), Text: m.Text})
	}
	return body, nil
}
