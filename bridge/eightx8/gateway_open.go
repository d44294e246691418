package eightx8

import (
	"context"
	"slices"

	"github.com/patchbay-host/patchbay/bridge"
)

// creation has the queue, which goes before the channel's own.
func (g gateway) creation(ctx context.Context, channel string, o bridge.Opening) (any, error) {
	body := createRequest{ChannelID: channel, User: g.user(ctx, o)}
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

// user is the user's data; properties that the gateway has fields for are in
// those. The chat-api has them beside all others.
func (g gateway) user(ctx context.Context, o bridge.Opening) userRequest {
	made := g.client.user(ctx, o, maxProperties)
	made.Properties = slices.DeleteFunc(made.Properties, func(p propertyRequest) bool {
		switch p.Key {
		case "company":
			made.Company = p.Value
		case "caseId":
			made.CaseID = p.Value
		default:
			return false
		}
		return true
	})
	return made
}
