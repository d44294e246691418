package host_test

import (
	"fmt"
	"slices"
	"strings"
)

// step is something that happens, and what is new to the customer then.
type step struct {
	happens func(p *play)
	sees    []string
}

// story goes from the bot to two agents and back. The customer cannot be
// reached for a moment, then loses the connection, then the whole host.
var story = []step{
	{begins, see("clerk: Welcome.")},
	{kim("say hello"), see("Kim: hello", "clerk: You said: hello")},
	{kim("say colours"), see("Kim: colours", "clerk: Which one?")},
	{kim("press Blue"), see("Kim: Blue", "clerk: You chose: paint-7")},
	{kim("say colours"), see("Kim: colours", "clerk: Which one?")},
	{kim("press Red"), see("Kim: Red", "clerk: You said: Red")},
	{kim("say form"), see("Kim: form", "clerk: Fill in, please.")},
	{kim("fill 4711"), nil},
	{kim("press Send"), see(pressed, "clerk: Noted in orders: 4711.")},

	{kim("say agent"), see("Kim: agent", "<requested>", "<queued>")},
	{agent("ada", "accept"), see("<joined>")},
	{agent("ada", "say", "text", "Ada here."), see("ada: Ada here.")},
	{kim("say good to hear"), see("Kim: good to hear")},

	{networkStandsStill, nil},
	{agent("ada", "say", "text", "One moment."), see("ada: One moment.")},
	{networkGoesOn, nil},
	{connectionIsLost, nil},
	{agent("ada", "say", "text", "Can you hear me?"), see("ada: Can you hear me?")},
	{agent("ada", "say", "text", "Can you hear me?"), see("ada: Can you hear me?")},
	{kim("say a tunnel"), see("Kim: a tunnel")},
	{connectionIsBack, nil},
	{kim("say I am back"), see("Kim: I am back")},

	{agent("ada", "transfer", "queue", "102"), see("<transferred>", "<agent_left>", "<queued>")},
	{agent("bob", "accept"), see("<joined>")},
	{agent("bob", "say", "text", "Bob here."), see("bob: Bob here.")},
	{hostStops, nil},
	{agent("bob", "say", "text", "Paid, I see."), see("bob: Paid, I see.")},
	{hostStarts, nil},
	{kim("say so I thought"), see("Kim: so I thought")},

	{agent("bob", "leave"), see("<agent_left>", "<completed>", "clerk: Back again.")},
	{kim("say thanks"), see("Kim: thanks", "clerk: You said: thanks")},
}

// atTheDesk is what the agents see of it after the history, in one ticket.
var atTheDesk = []string{
	"user: agent", "agent: Ada here.", "user: good to hear",
	"agent: One moment.", "agent: Can you hear me?", "agent: Can you hear me?", "user: a tunnel", "user: I am back",
	"agent: Bob here.", "agent: Paid, I see.", "user: so I thought",
}

// pressed is a card sent off: there is nothing to show of it.
const pressed = "Kim: "

func see(lines ...string) []string { return lines }

// kim lets the customer do something by the client.
func kim(command string) func(*play) {
	return func(p *play) { p.client.does(command) }
}

// agent lets an agent do something, who has read what the customer said last;
// see [world.agent]. Else what comes into a ticket that an agent has just left
// brings it back to the queue, as 8x8 has it.
func agent(id, action string, details ...string) func(*play) {
	return func(p *play) {
		p.awaitRead()
		p.agent(id, action, details...)
	}
}

// awaitRead waits until the agents see what the customer said last.
func (p *play) awaitRead() {
	p.t.Helper()
	var last string
	for _, line := range p.expected {
		if text, own := strings.CutPrefix(line, "Kim: "); own {
			last = "user: " + text
		}
	}
	p.await("the agents see "+last, func() error {
		if lines := p.agentSees(); !slices.Contains(lines, last) {
			return fmt.Errorf("they see %q", lines)
		}
		return nil
	})
}

func begins(p *play) { p.place = (*play).atTheClient }

func networkStandsStill(p *play) {
	p.customers.becomes(standsStill)
	p.place = (*play).inTheJournal
}

func networkGoesOn(p *play) {
	p.customers.becomes(passes)
	p.place = (*play).atTheClient
}

// connectionIsLost when the host next says something. What the customer says
// arrives, but the client cannot know.
func connectionIsLost(p *play) {
	p.customers.becomes(losesAnswers)
	p.place = (*play).inTheJournal
}

func connectionIsBack(p *play) {
	p.await("the connection and the answer to the customer are lost", func() error {
		if lost := p.customers.losses(); lost < 2 {
			return fmt.Errorf("%d answers are lost", lost)
		}
		return nil
	})
	p.customers.becomes(passes)
	p.clientIsBack()
}

func hostStops(p *play) {
	p.stop()
	p.place = nil
}

func hostStarts(p *play) {
	p.start()
	p.awaitDelivered()
	p.clientIsBack()
}

func (p *play) clientIsBack() {
	if p.givesUp {
		p.client.does("anew")
	}
	p.place = (*play).atTheClient
}
