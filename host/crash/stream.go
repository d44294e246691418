package main

import (
	"context"
	"encoding/json"
	"net/url"
	"time"

	"github.com/gorilla/websocket"
)

// read takes what the customer is shown, until ctx is done: by a stream, that is
// opened again when it breaks, or by asking again and again.
func (c *customer) read(ctx context.Context, byStream bool) {
	for ctx.Err() == nil {
		if byStream {
			c.readStream(ctx)
		} else if more, err := c.poll(ctx); more && err == nil {
			continue
		}
		rest(ctx, 150*time.Millisecond)
	}
}

// readStream reads until the stream breaks.
func (c *customer) readStream(ctx context.Context) {
	var granted struct{ StreamURL string }
	if err := c.host.call(ctx, "GET", "/v3/directline"+c.here()+"?watermark="+url.QueryEscape(c.mark()), nil, &granted); err != nil {
		return
	}
	conn, resp, err := websocket.DefaultDialer.DialContext(ctx, granted.StreamURL, nil)
	if err != nil {
		return
	}
	defer resp.Body.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	defer conn.Close()
	for {
		_, frame, err := conn.ReadMessage()
		if err != nil {
			return
		}
		var shown set
		if json.Unmarshal(frame, &shown) == nil {
			c.take(shown)
		}
	}
}

// poll asks for one page; more: there may be another.
func (c *customer) poll(ctx context.Context) (more bool, err error) {
	var shown set
	err = c.host.call(ctx, "GET", "/v3/directline"+c.here()+"/activities?watermark="+url.QueryEscape(c.mark()), nil, &shown)
	if err == nil {
		c.take(shown)
	}
	return len(shown.Activities) > 0, err
}

// mark is how far the customer has read: the start, or a watermark.
func (c *customer) mark() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.watermark == "" {
		return "-"
	}
	return c.watermark
}

func (c *customer) take(shown set) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, a := range shown.Activities {
		if a.Type != "typing" {
			c.seen = append(c.seen, a)
		}
	}
	if shown.Watermark != "" {
		c.watermark = shown.Watermark
	}
}

// finish reads all that is left, and then everything anew, from the start.
func (c *customer) finish(ctx context.Context) (left, anew []activity, err error) {
	if c.conversation == "" {
		return nil, nil, nil
	}
	had := len(c.seen)
	for more := true; more; {
		if more, err = c.poll(ctx); err != nil {
			return nil, nil, err
		}
	}
	again := customer{name: c.name, host: c.host, conversation: c.conversation}
	for more := true; more; {
		if more, err = again.poll(ctx); err != nil {
			return nil, nil, err
		}
	}
	return c.seen[had:], again.seen, nil
}
