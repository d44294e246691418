package bridge_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// How many customers a seed has, on our own line and on the desk's, and how
// much each of them does.
const (
	seedCustomers = 3
	seedGuests    = 2
	seedSteps     = 25
)

// said is the n-th message of a customer's; a part of them ask for a person.
func (w *seedWorld) said(who string, n int) string {
	text := fmt.Sprintf("%s-%d", who, n)
	if w.dice.chance(200, "person", who, n) {
		text += " person"
	}
	return text
}

// numberIn is the part of a message that tells it from all others.
func numberIn(text string) string {
	number, _, _ := strings.Cut(text, " ")
	return number
}

func wantsPerson(t *bot.Turn) bool { return strings.Contains(t.Text(), "person") }

// customer is somebody on our own line: each message is sent until it is
// acknowledged, and some are sent twice at the same time.
func (w *seedWorld) customer(id string) {
	for n := range seedSteps {
		time.Sleep(w.pace(id, n))
		ev := lifecycle.Event{
			ID: fmt.Sprintf("%s/%d", id, n), Kind: lifecycle.EventSaid, Conversation: bot.ConversationID(id), Channel: "web",
			Message: &bot.Message{Text: w.said(id, n)},
		}
		switch roll := w.dice.roll(100, "customer", id, n); {
		case n > 0 && roll < 4:
			ev.Kind, ev.Message = lifecycle.EventLeft, nil
		case n > 0 && roll < 8:
			ev.Kind, ev.Message = lifecycle.EventCancel, nil
		case roll < 15:
			w.people.Go(func() { w.insist(ev) })
		}
		w.tell("%s: %s %s", id, ev.Kind, ev.ID)
		w.insist(ev)
	}
}

// guest is somebody on one of the desk's own channels.
func (w *seedWorld) guest(ticket string) {
	for n := range seedSteps {
		time.Sleep(w.pace(ticket, n))
		w.centre.hear(ticket, w.said(ticket, n))
	}
}

// pace is how long somebody waits before the n-th thing they do: some type
// fast, and now and then somebody has to think.
func (w *seedWorld) pace(who string, n int) time.Duration {
	if w.dice.chance(400, "fast", who, n) {
		return w.dice.wait(10*time.Millisecond, time.Second, "pace", who, n)
	}
	return w.dice.wait(time.Second, 2*time.Minute, "pace", who, n)
}

// serve is what the agents of a queue do about an interaction.
func (c *seedCentre) serve(ticket *seedTicket, interaction int) {
	d := c.w.dice
	about := func(what string) []any { return []any{"agent", what, ticket.id, interaction} }
	wait := d.wait(500*time.Millisecond, 90*time.Second, about("comes")...)
	if d.chance(100, about("nobody")...) {
		wait = 15 * time.Minute
	}
	time.Sleep(wait)
	agent := []string{"ann", "bob", "cem"}[d.roll(3, about("who")...)]
	if !c.join(ticket, interaction, agent) {
		return
	}
	for n := range 1 + d.roll(4, about("words")...) {
		time.Sleep(d.wait(time.Second, 30*time.Second, append(about("speaks"), n)...))
		if !c.speak(ticket, interaction, agent) {
			return
		}
	}
	time.Sleep(d.wait(0, 30*time.Second, about("leaves")...))
	c.finish(ticket, interaction, agent, d.chance(250, about("transfers")...))
}
