package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// told is an event of 8x8's on its way to the host.
type told struct {
	ticket, word string // the number or word in it; empty: it holds none
	// sent is when it was first sent, acked when a 2xx first came back to 8x8;
	// zero: not yet.
	sent, acked time.Time
	tries       int
}

// relay stands between 8x8 and the host, and keeps when each event was delivered:
// what 8x8 did not deliver in order cannot arrive in order.
type relay struct {
	address, host string
	client        *http.Client
	// stormy: answers are lost now and then.
	stormy atomic.Bool

	mu     sync.Mutex
	events map[string]*told // by event id
	order  []*told
}

// startRelay starts one in front of a host.
func startRelay(host string) (*relay, func(), error) {
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	r := &relay{
		address: socket.Addr().String(), host: host, events: map[string]*told{},
		client: &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64}},
	}
	server := &http.Server{Handler: r, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(socket) }() // until it is closed
	return r, func() { server.Close() }, nil
}

// ServeHTTP passes an event on.
func (r *relay) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	ev := r.note(req.Header.Get("x-8x8-event-id"), body)
	status := r.pass(req.Context(), req, body)
	if status < 300 && r.stormy.Load() && rand.IntN(20) == 0 {
		status = http.StatusBadGateway // the host has it, and 8x8 does not know
	}
	if status < 300 {
		r.mu.Lock()
		if ev.acked.IsZero() {
			ev.acked = time.Now()
		}
		r.mu.Unlock()
	}
	w.WriteHeader(status)
}

// note takes down an event before it is passed on.
func (r *relay) note(id string, body []byte) *told {
	var e struct {
		ConversationID string
		Data           struct{ Text string }
	}
	_ = json.Unmarshal(body, &e) // what is no JSON holds no word
	r.mu.Lock()
	defer r.mu.Unlock()
	ev := r.events[id]
	if ev == nil {
		ev = &told{ticket: e.ConversationID, sent: time.Now()}
		if words := wordsIn(e.Data.Text); len(words) > 0 {
			ev.word = words[0]
		}
		r.events[id] = ev
		r.order = append(r.order, ev)
	}
	ev.tries++
	return ev
}

// pass answers the host's status; without one that of a gateway.
func (r *relay) pass(ctx context.Context, from *http.Request, body []byte) int {
	req, err := http.NewRequestWithContext(ctx, from.Method, "http://"+r.host+from.URL.Path, bytes.NewReader(body))
	if err != nil {
		return http.StatusBadGateway
	}
	req.Header = from.Header.Clone()
	resp, err := r.client.Do(req)
	if err != nil {
		return http.StatusBadGateway
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body) // so that the connection is used again
	return resp.StatusCode
}

// of are the events of a ticket with a word in them, by word.
func (r *relay) of(ticket string) map[string]*told {
	r.mu.Lock()
	defer r.mu.Unlock()
	events := map[string]*told{}
	for _, ev := range r.order {
		if ev.ticket == ticket && ev.word != "" && events[ev.word] == nil {
			events[ev.word] = ev
		}
	}
	return events
}

// waiting is how many events are not delivered.
func (r *relay) waiting() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for _, ev := range r.order {
		if ev.acked.IsZero() {
			n++
		}
	}
	return n
}
