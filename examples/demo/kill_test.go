package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestKilledInTheMiddle: the host is killed before or while a step is done,
// each step once over all, and started again. 8x8 takes its time, so that calls
// are cut off, too. The conversation goes on to its end; nobody has lost
// anything, or seen it twice.
func TestKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	const every = 5
	for first, after := range []time.Duration{0, 5 * time.Millisecond, 25 * time.Millisecond, 50 * time.Millisecond, 100 * time.Millisecond} {
		kill := func(step int) (time.Duration, bool) { return after, step%every == first }
		t.Run(fmt.Sprintf("every fifth step from %d on, after %s", first+1, after), func(t *testing.T) {
			t.Parallel()
			t.Run("directline", func(t *testing.T) { playKilled(t, kill) })
			t.Run("8x8", func(t *testing.T) { playGuestKilled(t, kill) })
		})
	}
}

// killAt says whether the host is killed at a step, and how long after it has
// begun.
type killAt func(step int) (after time.Duration, yes bool)

// playKilled plays the conversation over Direct Line and looks at what is left
// of it.
func playKilled(t *testing.T, kill killAt) {
	h := newHouse(t, "directline")
	d := newDriver(h.front, demoSecret, h.simulator, h.ops, demoToken)
	h.play(&d.stage, kill, d.run)
	wantWhole(t, h, d)
	h.stop()
	h.clearUp()
}

// playGuestKilled plays that of a customer on a line of 8x8's own.
func playGuestKilled(t *testing.T, kill killAt) {
	h := newHouse(t, "8x8")
	g := newGuest(h.simulator, h.ops, demoToken)
	h.play(&g.stage, kill, g.run)
	var seen []string
	for _, m := range g.view.Messages {
		seen = append(seen, m.AuthorType+": "+m.Text)
	}
	if diff := cmp.Diff(wholeOfGuest, seen); diff != "" {
		t.Errorf("what the customer sees: -want +got\n%s", diff)
	}
	h.stop()
	h.clearUp()
}

// play plays a conversation while the host is killed and started again.
func (h *house) play(s *stage, kill killAt, run func(context.Context) error) {
	h.t.Helper()
	slow := []map[string]string{}
	for _, call := range []string{"/conversations", "/conversations/*", "/conversations/*/messages", "/conversations/*/participants/user"} {
		slow = append(slow, map[string]string{"match": "* " + call, "delay": "50ms"})
	}
	if err := s.simulator.call(h.t.Context(), "PUT", "/faults", slow, nil); err != nil {
		h.t.Fatal(err)
	}
	s.out, s.patience = io.Discard, late
	again := make(chan struct{}, 1) // holds one token while nobody kills
	again <- struct{}{}
	s.before = func(step int) {
		<-again
		after, yes := kill(step)
		switch {
		case !yes:
			again <- struct{}{}
		case after == 0:
			h.killAndStart()
			again <- struct{}{}
		default:
			time.AfterFunc(after, func() {
				defer func() { again <- struct{}{} }()
				h.killAndStart()
			})
		}
	}
	h.t.Cleanup(func() {
		if h.t.Failed() {
			h.t.Logf("the host's log:\n%s", h.log)
		}
	})
	err := run(h.t.Context())
	<-again
	if err != nil {
		h.t.Fatal(err)
	}
}

// wantWhole: customer and agents have seen the conversation as it was said.
func wantWhole(t *testing.T, h *house, d *driver) {
	t.Helper()
	if err := d.readTicket(t.Context()); err != nil {
		t.Fatal(err)
	}
	var atDesk []string
	for _, m := range d.ticket.Messages {
		atDesk = append(atDesk, m.AuthorType+": "+m.Text)
	}
	if diff := cmp.Diff(wholeAtDesk, atDesk); diff != "" {
		t.Errorf("what the agents see: -want +got\n%s", diff)
	}

	var atCustomer []string
	ids := map[string]bool{}
	for _, a := range d.customer.seen {
		if ids[a.ID] {
			t.Errorf("activity %s twice: %+v", a.ID, a)
		}
		ids[a.ID] = true
		if a.Type == "message" {
			atCustomer = append(atCustomer, a.From.ID+": "+a.Text)
		}
	}
	if diff := cmp.Diff(wholeAtCustomer, atCustomer); diff != "" {
		t.Errorf("what the customer sees: -want +got\n%s", diff)
	}
	// Who reads it all anew reads the same.
	var anew = *d.customer
	anew.seen, anew.watermark = nil, ""
	h.await("the conversation can be read again", func() error {
		_, err := anew.poll(t.Context())
		if err == nil && len(anew.seen) < len(d.customer.seen) {
			err = errors.New("there is less of it")
		}
		return err
	})
	if diff := cmp.Diff(d.customer.seen, anew.seen[:len(d.customer.seen)]); diff != "" {
		t.Errorf("what the customer sees when all is read anew: -then +now\n%s", diff)
	}
}

// wholeAtCustomer is all that the customer reads.
var wholeAtCustomer = []string{
	"bot: Hello, this is the assistant of Acme. What would you like to know?",
	"dl_kim: Are you open on weekends?",
	"bot: We are open Monday to Friday, from 8:00 to 18:00.",
	"dl_kim: how long does delivery take",
	"bot: Most orders arrive within two to three working days.",
	"dl_kim: I want to talk to a person",
	"bot: I'll pass you on to one of my colleagues. One moment, please.",
	"ada: Hello Kim, Ada here.",
	"dl_kim: My parcel has not come.",
	"bob: Bob here, I have found it.",
	"bot: Thank you for talking to us. Have a nice day!",
	"dl_kim: One more thing",
}

// wholeAtDesk is all that stands in the ticket.
var wholeAtDesk = []string{
	"bot: Hello, this is the assistant of Acme. What would you like to know?\n" +
		"– When are you open?\n– How long does delivery take?\n– Where do I find my invoice?",
	"user: Are you open on weekends?",
	"bot: We are open Monday to Friday, from 8:00 to 18:00.",
	"user: how long does delivery take",
	"bot: Most orders arrive within two to three working days.",
	"user: I want to talk to a person",
	"bot: I'll pass you on to one of my colleagues. One moment, please.",
	"agent: Hello Kim, Ada here.",
	"user: My parcel has not come.",
	"agent: Bob here, I have found it.",
	"bot: Said since:\nBot: Thank you for talking to us. Have a nice day!",
	"user: One more thing",
}

// wholeOfGuest is all that a customer on a line of 8x8's own says and reads.
var wholeOfGuest = []string{
	"bot: Hello, this is the assistant of Acme. What would you like to know?",
	"user: Are you open on weekends?",
	"bot: We are open Monday to Friday, from 8:00 to 18:00.",
	"user: how long does delivery take",
	"bot: Most orders arrive within two to three working days.",
	"user: I want to talk to a person",
	"bot: I'll pass you on to one of my colleagues. One moment, please.",
	"agent: Hello Mia, Ada here.",
	"user: My parcel has not come.",
	"bot: Thank you for talking to us. Have a nice day!",
}
