package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// customer is somebody who talks Direct Line in one conversation.
type customer struct {
	name, host, path, headers string
	stream                    *websocket.Conn
	// said are the customer's messages, heard the bot's replies.
	said, heard int
}

// newCustomer begins a conversation, as a web page does.
func (w *world) newCustomer(ctx context.Context, name string) (*customer, error) {
	var begun struct{ ConversationID, Token, StreamURL string }
	user := fmt.Sprintf(`{"user":{"id":"dl_%s","name":%q}}`, name, name)
	for _, call := range []struct{ path, bearer, body string }{
		{"/v3/directline/tokens/generate", secret, user},
		{"/v3/directline/conversations", "", ""},
	} {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+w.host+call.path, strings.NewReader(call.body))
		if err != nil {
			return nil, err
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+call.bearer+begun.Token)
		text, err := w.answer(req)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(text, &begun); err != nil {
			return nil, err
		}
	}
	c := &customer{
		name: name, host: w.host, path: "/v3/directline/conversations/" + begun.ConversationID + "/activities",
		headers: "Authorization: Bearer " + begun.Token + "\r\n",
	}
	stream, resp, err := websocket.DefaultDialer.DialContext(ctx, begun.StreamURL, nil)
	if err != nil {
		return nil, fmt.Errorf("open stream: %w", err)
	}
	resp.Body.Close()
	c.stream = stream
	return c, nil
}

// newCustomers begins n conversations, some at a time.
func (w *world) newCustomers(ctx context.Context, n int) ([]*customer, func(), error) {
	made, errs := make([]*customer, n), make([]error, n)
	slots := make(chan struct{}, 8)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			made[i], errs[i] = w.newCustomer(ctx, fmt.Sprintf("customer%d", i))
		})
	}
	all.Wait()
	leave := func() {
		for _, c := range made {
			if c != nil {
				c.stream.Close()
			}
		}
	}
	if err := errors.Join(errs...); err != nil {
		leave()
		return nil, nil, err
	}
	return made, leave, nil
}

// say posts a message on a connection. It is durable when that returns.
func (c *customer) say(on *wire, text string) error {
	c.said++
	body := fmt.Appendf(nil, `{"type":"message","from":{"id":"dl_%s"},"text":%q,"channelData":{"clientActivityID":"%s-%d"}}`,
		c.name, text, c.name, c.said)
	return on.do(post(c.host, c.path, c.headers, body), http.StatusOK)
}

// await reads the stream until it shows a text, and counts the bot's replies on
// the way.
func (c *customer) await(text string) error {
	for {
		if err := c.stream.SetReadDeadline(time.Now().Add(answerWithin)); err != nil {
			return err
		}
		_, frame, err := c.stream.ReadMessage()
		if err != nil {
			return fmt.Errorf("await %q: %w", text, err)
		}
		c.heard += bytes.Count(frame, []byte(reply))
		if bytes.Contains(frame, []byte(text)) {
			return nil
		}
	}
}
