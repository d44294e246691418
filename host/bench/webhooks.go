package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"net/http"
	"runtime"
	"sync"
	"time"
)

const webhooksLine = "webhooks, 64 connections"

// signPerSecond is how many webhooks are signed for each second: more than can
// be taken in, as the measurement ends when they are spent.
const signPerSecond = 30_000

// words are what an agent says: a webhook's body is of about 500 bytes.
const words = "Thank you for waiting. I have looked at your order and can see that the parcel left our " +
	"warehouse on Monday, but that the carrier has not scanned it since. I have asked them to look into it " +
	"and will send you a replacement today if they cannot tell me where it is within the hour. Is that all right?"

// webhooks measures from a signed webhook, sent on a connection that is kept,
// to its 204. It is verified then, and what the agent said in it durable in its
// conversation. Each is an event of its own, each connection has a ticket of its
// own, and all are signed before.
func webhooks(ctx context.Context, b *bench) (figure, error) {
	w, err := b.newWorld(ctx)
	if err != nil {
		return figure{}, err
	}
	f, err := w.takeIn(ctx, b)
	return f, errors.Join(err, w.close())
}

func (w *world) takeIn(ctx context.Context, b *bench) (figure, error) {
	tickets, err := w.handOff(ctx, many)
	if err != nil {
		return figure{}, fmt.Errorf("hand off: %w", err)
	}
	signed := b.sign(w.host, tickets)
	wires, hangUp, err := dialMany(ctx, w.host, many) // not before: a silent connection is cut off
	if err != nil {
		return figure{}, err
	}
	defer hangUp()
	l := load{during: b.during}
	for i, requests := range signed {
		l.callers = append(l.callers, sendAll(wires[i], requests))
	}
	f, entries, err := w.measure(ctx, b, "webhooks", l)
	if lost := f.calls - entries; lost != 0 {
		f.fail(max(lost, -lost), fmt.Errorf("%d webhooks left %d entries", f.calls, entries))
	}
	return f, err
}

// sendAll sends one request after the other.
func sendAll(w *wire, requests [][]byte) caller {
	next := 0
	return func() error {
		if next == len(requests) {
			return errSpent
		}
		next++
		return w.do(requests[next-1], http.StatusNoContent)
	}
}

// handOff begins n conversations, lets their customers ask for an agent and
// waits until the agent is there. It answers the ids of the tickets.
func (w *world) handOff(ctx context.Context, n int) ([]string, error) {
	customers, leave, err := w.newCustomers(ctx, n)
	if err != nil {
		return nil, err
	}
	defer leave()
	post, err := dial(ctx, w.host)
	if err != nil {
		return nil, err
	}
	defer post.Close()
	for _, c := range customers {
		if err := c.say(post, "agent"); err != nil {
			return nil, err
		}
	}
	for _, c := range customers {
		if err := c.await(`"status":"joined"`); err != nil {
			return nil, err
		}
	}
	text, err := w.get(ctx, w.centre+"/simulator/v1/conversations")
	if err != nil {
		return nil, err
	}
	var found struct{ Conversations []struct{ ID string } }
	if err := json.Unmarshal(text, &found); err != nil {
		return nil, err
	}
	if len(found.Conversations) != n {
		return nil, fmt.Errorf("%d customers have %d tickets", n, len(found.Conversations))
	}
	ids := make([]string, n)
	for i, c := range found.Conversations {
		ids[i] = c.ID
	}
	return ids, nil
}

// sign makes webhooks for each ticket, on all cores.
func (b *bench) sign(host string, tickets []string) [][][]byte {
	each := int(b.during.Seconds()*signPerSecond)/len(tickets) + 1
	made := make([][][]byte, len(tickets))
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	for i, ticket := range tickets {
		all.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			for n := range each {
				made[i] = append(made[i], b.webhook(host, ticket, fmt.Sprintf("event-%d-%d", i, n)))
			}
		})
	}
	all.Wait()
	return made
}

// webhook is a whole request, as 8x8 sends it when an agent has said something.
func (b *bench) webhook(host, ticket, event string) []byte {
	now := time.Now().UnixMilli()
	body := fmt.Appendf(nil, `{"eventType":"MESSAGE","conversationId":%q,"timestamp":%d,"data":{"isEcho":false,"sender":{"id":%q,"type":"agent"},"text":%q}}`,
		ticket, now, agent, words)
	header := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","b64":false,"crit":["b64"],"kid":"` + keyID + `"}`))
	signed := fmt.Sprintf(`%s.{"checksum":%d,"cid":"customer01","eid":%q,"retry":0,"tid":%q,"tt":%d}`,
		header, crc32.ChecksumIEEE(body), event, tenant, now)
	value := base64.RawURLEncoding.EncodeToString(b.key.sign([]byte(signed)))
	return post(host, hookPath, fmt.Sprintf("x-8x8-tenant-id: %s\r\nx-8x8-customer-id: customer01\r\nx-8x8-event-id: %s\r\n"+
		"x-8x8-transmission-time: %d\r\nx-8x8-retry: 0\r\nx-8x8-signature: %s..%s\r\n", tenant, event, now, header, value), body)
}
