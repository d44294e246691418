package bridge_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
)

// seedDesk is the contact centre as one life of the host reaches it: calls
// are slow, refused for a while, lost on the way there or back, and the host
// may die during one. Whatever has been sent takes effect all the same.
type seedDesk struct {
	h  *seedHost
	mu sync.Mutex
	n  map[string]int
}

// do is one call. What is stored may lag for a moment behind the answer.
func (s *seedDesk) do(ctx context.Context, call, ticket string, f func(c *seedCentre)) error {
	w := s.h.w
	if s.h.dead.Load() {
		return &bridge.DeskError{Kind: bridge.DeskUnavailable, Doubt: true, Err: errDown}
	}
	s.mu.Lock()
	if s.n == nil {
		s.n = map[string]int{}
	}
	s.n[call+ticket]++
	about := []any{call, ticket, s.h.life, s.n[call+ticket]}
	s.mu.Unlock()
	effect := func() {
		w.centre.mu.Lock()
		defer w.centre.mu.Unlock()
		f(w.centre)
	}
	if s.h.maybeDies(3, append([]any{"before "}, about...)...) {
		return &bridge.DeskError{Kind: bridge.DeskUnavailable, Doubt: true, Err: errDown}
	}
	roll := w.dice.roll(1000, append([]any{"fault"}, about...)...)
	if w.calm.Load() {
		roll = 1000
	}
	unavailable := func(doubt bool, retryAfter time.Duration) error {
		w.tell("%s: %s fails, doubt %t", ticket, call, doubt)
		return &bridge.DeskError{Kind: bridge.DeskUnavailable, Doubt: doubt, RetryAfter: retryAfter, Err: errors.New("fault")}
	}
	time.Sleep(w.dice.wait(time.Millisecond, 700*time.Millisecond, append([]any{"there"}, about...)...))
	switch {
	case roll < 30:
		return unavailable(false, 0)
	case roll < 50:
		return unavailable(false, 5*time.Second)
	case roll < 80: // lost on the way there
		return unavailable(true, 0)
	case roll < 90 && (call == "open" || call == "send" || call == "assign"):
		w.tell("%s: %s refused", ticket, call)
		return &bridge.DeskError{Kind: bridge.DeskRefused, Err: errors.New("422")}
	}
	effect()
	w.tell("%s: %s", ticket, call)
	s.h.maybeDies(3, append([]any{"after "}, about...)...)
	switch {
	case roll < 130: // lost on the way back
		return unavailable(true, 0)
	case roll < 140:
		<-ctx.Done()
		return unavailable(true, 0)
	}
	time.Sleep(w.dice.wait(time.Millisecond, 300*time.Millisecond, append([]any{"back"}, about...)...))
	return nil
}

// stored reports whether what happened at a time can be read by now.
func stored(at time.Time) bool { return time.Since(at) > 1500*time.Millisecond }

func (s *seedDesk) Open(ctx context.Context, o bridge.Opening) (string, error) {
	var id string
	err := s.do(ctx, "open", string(o.Marker.Conversation), func(c *seedCentre) {
		id = fmt.Sprintf("T%d", len(c.tickets)+1)
		ticket := &seedTicket{id: id, marker: o.Marker, opened: time.Now()}
		for _, m := range o.History {
			ticket.said = append(ticket.said, seedSaid{time.Now(), m})
		}
		c.tickets = append(c.tickets, ticket)
		c.emit(ticket, lifecycle.Event{Kind: lifecycle.EventTicket, Marker: o.Marker, Active: true})
		c.begin(ticket)
	})
	if err != nil {
		return "", err
	}
	return id, nil
}

func (s *seedDesk) FindOpened(ctx context.Context, m lifecycle.Marker) (id string, err error) {
	err = s.do(ctx, "find", string(m.Conversation), func(c *seedCentre) {
		for _, ticket := range c.tickets {
			if ticket.marker == m && stored(ticket.opened) {
				id = ticket.id
			}
		}
	})
	return id, err
}

func (s *seedDesk) Send(ctx context.Context, id string, m bridge.Outgoing) error {
	err := s.do(ctx, "send", id, func(c *seedCentre) {
		ticket := c.find(id)
		for _, number := range numbered.FindAllString(m.Text, -1) {
			if slices.ContainsFunc(ticket.texts(), func(o bridge.Outgoing) bool {
				return slices.Contains(numbered.FindAllString(o.Text, -1), number)
			}) {
				s.h.w.t.Errorf("%s is sent into ticket %s twice", number, id)
			}
		}
		ticket.said = append(ticket.said, seedSaid{time.Now(), m})
		c.refused = slices.DeleteFunc(c.refused, func(text string) bool { return text == id+": "+m.Text }) // nobody heard the no
		if !ticket.open && !ticket.line {
			c.begin(ticket)
		}
	})
	if failed, ok := errors.AsType[*bridge.DeskError](err); ok && failed.Kind == bridge.DeskRefused {
		s.h.w.centre.refuse(id, m.Text)
	}
	return err
}

func (s *seedDesk) Sent(ctx context.Context, id string, limit int) (sent []bridge.Outgoing, err error) {
	err = s.do(ctx, "sent", id, func(c *seedCentre) {
		for _, said := range c.find(id).said {
			if stored(said.at) {
				sent = append(sent, said.m)
			}
		}
	})
	return sent[max(0, len(sent)-limit):], err
}

func (s *seedDesk) Leave(ctx context.Context, id string) error {
	return s.do(ctx, "leave", id, func(c *seedCentre) { c.close(c.find(id)) })
}

func (s *seedDesk) Assign(ctx context.Context, id string, _ lifecycle.Target) error {
	return s.do(ctx, "assign", id, func(c *seedCentre) {
		if ticket := c.find(id); !ticket.open {
			ticket.handsBack = false
			c.begin(ticket)
		}
	})
}

func (s *seedDesk) HandBack(ctx context.Context, id, _ string) error {
	return s.do(ctx, "hand back", id, func(c *seedCentre) { c.find(id).handsBack = true })
}

func (s *seedDesk) Look(ctx context.Context, id string) (state bridge.TicketState, err error) {
	err = s.do(ctx, "look", id, func(c *seedCentre) {
		ticket := c.find(id)
		state = bridge.TicketState{Over: !ticket.open, Agent: ticket.agent != ""}
		if ticket.open {
			state.Queue = "101"
		}
	})
	return state, err
}

func (s *seedDesk) Fetch(context.Context, string, string) (bridge.File, error) {
	return bridge.File{}, &bridge.DeskError{Kind: bridge.DeskRefused, Err: errors.New("no files")}
}

func (s *seedDesk) Signal(context.Context, string, bridge.Signal) error { return nil }

func (s *seedDesk) Capabilities() lifecycle.Capabilities {
	return lifecycle.Capabilities{History: 200, Properties: 29, HandBack: true}
}

// texts are what we have said in a ticket.
func (t *seedTicket) texts() []bridge.Outgoing {
	var all []bridge.Outgoing
	for _, said := range t.said {
		all = append(all, said.m)
	}
	return slices.Clip(all)
}
