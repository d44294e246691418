package simulator

import "time"

// delivery is one event on its way to a webhook.
type delivery struct {
	eventID      string
	conversation string
	channelID    string
	webhookID    string // empty: the one that the channel has
	body         []byte
	since        time.Time
	retry        int
	record       *eventRecord

	forged bool          // a fault: the first attempt's signature is wrong
	age    time.Duration // a fault: the first attempt says it was sent that long ago
}

// outbox keeps the order of each conversation: one first attempt at a time.
// Whatever fails leaves its lane and is repeated on its own, so later events
// do not wait for it. Not safe for concurrent use.
type outbox struct {
	lanes map[string]*lane
	ready []*lane     // lanes with something to send and nothing in flight
	alone []*delivery // what goes out of order: retries, and what faults delayed
	held  []*delivery // what faults hold back
}

type lane struct {
	conversation string
	queue        []*delivery
	busy         bool
}

// push puts an event behind the others of its conversation.
func (o *outbox) push(d *delivery) {
	l := o.lanes[d.conversation]
	if l == nil {
		l = &lane{conversation: d.conversation}
		o.lanes[d.conversation] = l
	}
	l.queue = append(l.queue, d)
	if !l.busy && len(l.queue) == 1 {
		o.ready = append(o.ready, l)
	}
}

// pop takes what may be sent now; the caller reports back with done.
func (o *outbox) pop() (*delivery, *lane, bool) {
	if len(o.alone) > 0 {
		d := o.alone[0]
		o.alone = o.alone[1:]
		return d, nil, true
	}
	if len(o.ready) == 0 {
		return nil, nil, false
	}
	l := o.ready[0]
	o.ready = o.ready[1:]
	d := l.queue[0]
	l.queue, l.busy = l.queue[1:], true
	return d, l, true
}

// done says that what was popped from l has been tried.
func (o *outbox) done(l *lane) {
	if l == nil {
		return
	}
	l.busy = false
	if len(l.queue) > 0 {
		o.ready = append(o.ready, l)
		return
	}
	delete(o.lanes, l.conversation)
}

// release puts all that was held back into its lane.
func (o *outbox) release() {
	for _, d := range o.held {
		o.push(d)
	}
	o.held = nil
}
