package bot

import (
	"cmp"
	"errors"
	"sync"
	"time"
)

// Reply collects what a bot answers in one turn. What is said goes out at
// once; all the rest takes effect together when Turn returns nil. Safe for
// concurrent use, and of no use after Turn has returned: what is said then
// fails, and what is set is passed over.
type Reply struct {
	emit func(Event) error

	mu       sync.Mutex // held while an event is emitted, so that they go one by one
	seq      int
	messages int
	done     Done
	over     bool
	// refused is the first thing said that breaks the contract: it fails the
	// turn, whatever Turn returns, for otherwise it would be lost silently.
	refused error
	// lost is why nobody takes any more events.
	lost error
}

// errOver is answered to a bot that goes on after its turn has ended.
var errOver = errors.New("the turn is over: say it before Turn returns, or in the turn of a timer")

// Say says something in plain text. It fails when nobody waits for the answer
// any more, and with a [*ContractError] when the host would refuse the message
// (see [Message.Check]), which fails the turn; a bot then returns the error.
func (r *Reply) Say(text string) error { return r.Send(Message{Text: text}) }

// Send says something with cards, quick replies or attachments.
func (r *Reply) Send(m Message) error { return r.send(Event{Message: &m}, m.Check()) }

// Ask says something and offers quick replies, each with its title as value.
func (r *Reply) Ask(text string, titles ...string) error {
	m := Message{Text: text}
	for _, title := range titles {
		m.QuickReplies = append(m.QuickReplies, QuickReply{Title: title})
	}
	return r.Send(m)
}

// Type shows that the bot is at work.
func (r *Reply) Type(t Typing) error { return r.send(Event{Typing: &t}, checkTyping(t)) }

// Handoff asks for a human when the turn ends. A later Handoff or End in the
// same turn replaces it.
func (r *Reply) Handoff(h Handoff) error {
	return r.set(func(d *Done) { d.Handoff, d.End = &h, nil })
}

// End ends the conversation when the turn ends.
func (r *Reply) End(e End) error {
	return r.set(func(d *Done) { d.Handoff, d.End = nil, &e })
}

// SetState replaces the bot's state for this conversation, at most 64 KiB.
func (r *Reply) SetState(state []byte) {
	if state == nil {
		state = []byte{}
	}
	_ = r.set(func(d *Done) { d.State = state })
}

// SetProperty sets a property of the conversation, which agents see; an empty
// value removes it.
func (r *Reply) SetProperty(name, value string) {
	_ = r.set(func(d *Done) {
		if d.Properties == nil {
			d.Properties = map[string]string{}
		}
		d.Properties[name] = value
	})
}

// SetTimer asks for a turn later; after 0 removes the timer.
func (r *Reply) SetTimer(name string, after time.Duration) {
	_ = r.set(func(d *Done) { d.Timers = append(d.Timers, Timer{Name: name, After: after}) })
}

// set changes what takes effect at the end of the turn.
func (r *Reply) set(change func(*Done)) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over {
		return errOver
	}
	change(&r.done)
	return nil
}

// send emits an event that is not terminal, unless wrong says that it breaks
// the contract, or one more would.
func (r *Reply) send(e Event, wrong error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over {
		return errOver
	}
	if e.Message != nil {
		r.messages++
	}
	switch {
	case r.messages > maxMessages:
		wrong = broken("more than %d messages in a turn", maxMessages)
	case r.seq == maxEvents-1 && wrong == nil: // the last one is the terminal
		wrong = broken("more than %d events in a turn", maxEvents)
	}
	if wrong != nil {
		r.refused = cmp.Or(r.refused, wrong)
		return wrong
	}
	return r.pass(e)
}

// end ends a turn of which the bot says err, with a terminal event if anybody
// takes it.
func (r *Reply) end(err error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.over = true
	if err == nil {
		err = cmp.Or(r.refused, checkDone(&r.done))
	}
	if err != nil {
		return r.pass(Event{Fail: failure(err)})
	}
	return r.pass(Event{Done: &r.done})
}

// pass numbers an event and emits it.
func (r *Reply) pass(e Event) error {
	if r.lost == nil {
		r.seq++
		e.Seq = r.seq
		r.lost = r.emit(e)
	}
	return r.lost
}
