package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"time"
)

// guest is a customer on a line of 8x8's own, whom 8x8 itself listens to.
type guest struct {
	name   string
	centre *client
	ticket string
	said   []*post
}

// live says messages, as long as ctx lasts.
func (g *guest) live(ctx context.Context) error {
	for n := range 20 + rand.IntN(30) {
		if !rest(ctx, pace()) {
			return nil
		}
		p := &post{number: fmt.Sprintf("%s-%d", g.name, n+1), began: time.Now()}
		p.text = p.number
		if rand.IntN(100) < 9 {
			p.text += " " + wantsPerson
		}
		path, body := "/customers/"+url.PathEscape(g.name)+"/say", map[string]string{"text": p.text}
		if n == 0 {
			path, body = "/customers", map[string]string{"id": g.name, "channel": "WhatsApp", "name": g.name, "text": p.text}
		}
		var shown struct{ ConversationID string }
		if err := g.centre.call(context.WithoutCancel(ctx), "POST", path, body, &shown); err != nil {
			return fmt.Errorf("%s: %w", p.number, err)
		}
		p.acked, p.tries = time.Now(), 1
		g.ticket = shown.ConversationID
		g.said = append(g.said, p)
	}
	return nil
}
