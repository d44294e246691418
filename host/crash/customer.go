package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// post is a message of a customer's, from the first try to its acknowledgement.
type post struct {
	number, text string
	began, acked time.Time // acked is zero as long as it is not acknowledged
	tries        int
	last         error
	shown        struct{ ID string } // the activity that it is, as acknowledged
}

// activity is what a customer is shown.
type activity struct {
	ID, Type, Text, Name string
	Timestamp            time.Time
	From                 struct{ ID string }
}

// set is some of them, and how far that is.
type set struct {
	Activities []activity
	Watermark  string
}

// customer is somebody on our own line, in one conversation. Each message is
// sent until it is acknowledged, and the next one not before.
type customer struct {
	name         string
	host         *client
	conversation string

	mu        sync.Mutex
	posts     []*post
	seen      []activity // in the order in which they came
	watermark string
	// stayed: read on for as long as the host lived.
	stayed bool
}

func newCustomer(name, host string) *customer { return &customer{name: name, host: newClient(host)} }

// begin gets a token and starts the conversation.
func (c *customer) begin(ctx context.Context) error {
	var granted struct{ ConversationID, Token string }
	user := map[string]any{"user": map[string]string{"id": "dl_" + c.name, "name": c.name}}
	for _, step := range []struct {
		path, bearer string
		body         any
	}{{"/tokens/generate", secret, user}, {"/conversations", "", nil}} {
		c.host.headers = map[string]string{"Authorization": "Bearer " + step.bearer + granted.Token}
		if err := c.insist(ctx, nil, "POST", step.path, step.body, &granted); err != nil {
			return fmt.Errorf("%s begins: %w", c.name, err)
		}
	}
	c.conversation = granted.ConversationID
	return nil
}

// insist makes a request until it is answered with success. What is refused for
// good is an error.
func (c *customer) insist(ctx context.Context, p *post, method, path string, body, answer any) error {
	for {
		err := c.host.call(ctx, method, "/v3/directline"+path, body, answer)
		if p != nil {
			c.mu.Lock()
			p.tries++
			p.last = err
			c.mu.Unlock()
		}
		if err == nil {
			return nil
		}
		if refused, ok := errors.AsType[*refusal](err); ok && refused.status < http.StatusInternalServerError {
			return err
		}
		if !rest(ctx, time.Duration(20+rand.IntN(150))*time.Millisecond) {
			return context.Cause(ctx)
		}
	}
}

func (c *customer) here() string { return "/conversations/" + url.PathEscape(c.conversation) }

// say posts the customer's next message; some are sent twice at the same time,
// as by a client that is impatient.
func (c *customer) say(ctx context.Context, more string) error {
	c.mu.Lock()
	p := &post{number: fmt.Sprintf("%s-%d", c.name, len(c.posts)+1), began: time.Now()}
	p.text = p.number + more
	c.posts = append(c.posts, p)
	c.mu.Unlock()
	body := map[string]any{
		"type": "message", "from": map[string]string{"id": "dl_" + c.name}, "text": p.text,
		"channelData": map[string]string{"clientActivityID": p.number},
	}
	var both sync.WaitGroup
	defer both.Wait()
	if rand.IntN(10) == 0 {
		both.Go(func() { _ = c.insist(ctx, nil, "POST", c.here()+"/activities", body, nil) })
	}
	if err := c.insist(ctx, p, "POST", c.here()+"/activities", body, &p.shown); err != nil {
		return fmt.Errorf("%s: %w", p.number, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	p.acked = time.Now()
	return nil
}

// cancel gives up waiting for an agent, if the customer does.
func (c *customer) cancel(ctx context.Context) error {
	return c.insist(ctx, nil, "POST", c.here()+"/activities", map[string]any{
		"type": "event", "name": "handoff.cancel", "from": map[string]string{"id": "dl_" + c.name},
		"channelData": map[string]string{"clientActivityID": fmt.Sprintf("cancel %d", rand.Int64())},
	}, nil)
}

// live says messages, and reads what is shown meanwhile; a customer who is there
// at the end of the load reads on to the end of the run. A message that was
// begun is sent to its end, however long it takes; ctx is the load's, whole
// that of the run.
func (c *customer) live(ctx, whole context.Context, readers *sync.WaitGroup) error {
	if err := c.begin(whole); err != nil {
		return err
	}
	reading, stop := context.WithCancel(whole)
	readers.Go(func() { c.read(reading, rand.IntN(3) > 0) })
	defer func() {
		if !c.stayed {
			stop()
		}
	}()
	for n := range 20 + rand.IntN(30) {
		if !rest(ctx, pace()) {
			c.stayed = true
			return nil
		}
		more := ""
		switch roll := rand.IntN(100); {
		case n > 0 && roll < 5:
			if err := c.cancel(whole); err != nil {
				return err
			}
			continue
		case roll < 13:
			more = " " + wantsPerson
		case roll < 16:
			more = " " + saysBye
		}
		if err := c.say(whole, more); err != nil {
			return err
		}
	}
	return nil
}

// pace is how long somebody waits between two messages: some type fast.
func pace() time.Duration {
	if rand.IntN(4) == 0 {
		return time.Duration(rand.IntN(30)) * time.Millisecond
	}
	return time.Duration(100+rand.IntN(900)) * time.Millisecond
}
