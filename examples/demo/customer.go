package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
)

// customer is somebody who talks Direct Line.
type customer struct {
	directline   api
	user, name   string
	conversation string
	watermark    string
	// seen are all activities so far.
	seen []activity
	sent int
}

// start mints a token for the user, as a web site's server would, and begins
// a conversation with it. It may be repeated.
func (c *customer) start(ctx context.Context) error {
	if c.conversation == "" {
		var token struct{ ConversationID, Token string }
		user := map[string]any{"user": map[string]string{"id": c.user, "name": c.name}}
		if err := c.directline.call(ctx, "POST", "/v3/directline/tokens/generate", user, &token); err != nil {
			return err
		}
		c.directline.bearer, c.conversation = token.Token, token.ConversationID
	}
	return c.directline.call(ctx, "POST", "/v3/directline/conversations", nil, nil)
}

func (c *customer) path() string {
	return "/v3/directline/conversations/" + url.PathEscape(c.conversation) + "/activities"
}

// post sends an activity. It may be repeated: the client's own id of the
// activity makes that happen once.
func (c *customer) post(ctx context.Context, activity map[string]any) error {
	activity["from"] = map[string]string{"id": c.user, "name": c.name}
	return c.directline.call(ctx, "POST", c.path(), activity, nil)
}

// says is a message with an id of its own.
func (c *customer) says(text string) map[string]any {
	c.sent++
	return map[string]any{
		"type": "message", "text": text,
		"channelData": map[string]any{"clientActivityID": fmt.Sprintf("demo-%d", c.sent)},
	}
}

// poll gets what is new.
func (c *customer) poll(ctx context.Context) ([]activity, error) {
	var set struct {
		Activities []activity
		Watermark  string
	}
	query := "?watermark=" + url.QueryEscape(c.watermark)
	if err := c.directline.call(ctx, "GET", c.path()+query, nil, &set); err != nil {
		return nil, err
	}
	c.watermark = set.Watermark
	c.seen = append(c.seen, set.Activities...)
	return set.Activities, nil
}

// told reports whether the customer was told something after the first from
// activities.
func (c *customer) told(from int, by, text string) bool {
	for _, a := range c.seen[min(from, len(c.seen)):] {
		if a.Type == "message" && a.From.ID != c.user && strings.Contains(a.Text, text) &&
			(by == "" || strings.EqualFold(a.From.ID, by) || strings.EqualFold(a.From.Name, by)) {
			return true
		}
	}
	return false
}

// status reports whether a handoff.status was seen after the first from
// activities.
func (c *customer) status(from int, status string) bool {
	for _, a := range c.seen[min(from, len(c.seen)):] {
		var value struct{ Status string }
		if a.Type == "event" && a.Name == "handoff.status" && json.Unmarshal(a.Value, &value) == nil && value.Status == status {
			return true
		}
	}
	return false
}
