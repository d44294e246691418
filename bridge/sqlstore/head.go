package sqlstore

import (
	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// leapEvery is how many entries a leap passes over: a journal of n entries is
// read from the start after n/leapEvery steps.
const leapEvery = 64

// head is where a conversation stands: enough to append to its journal, to
// find it for the operator, and to know whether it has work. A head is never
// changed; a commit makes a new one.
type head struct {
	id bot.ConversationID
	// first and position of the conversation's first and newest row.
	first, position int64
	// leap of the next row.
	leap   int64
	number int64
	// desk is the number of the newest entry for the desk.
	desk    int64
	cursors bridge.Cursors

	channel string
	holder  lifecycle.Holder
	// due is the earliest timer in Unix nanoseconds; 0: none.
	due  int64
	turn bool
}

// busy reports whether the conversation has more than a timer to do.
func (h *head) busy() bool { return h.turn || h.desk > h.cursors.Desk }

// works reports whether it has anything to do.
func (h *head) works() bool { return h.due != 0 || h.busy() }

// describe sets what the head knows of the conversation itself.
func (h *head) describe(c *lifecycle.Conversation) {
	h.channel, h.holder, h.turn, h.due = c.Channel, c.Holder, len(c.Turns) > 0, 0
	if due := c.Due(); !due.IsZero() {
		h.due = due.UnixNano()
	}
}

// describeState does so from the text of a journal row.
func (h *head) describeState(state []byte) error {
	var c lifecycle.Conversation
	if err := decodeState(state, h, &c); err != nil {
		return err
	}
	h.describe(&c)
	return nil
}

// advanced is the head with the cursors moved on; a cursor never goes back.
func (h *head) advanced(c bridge.Cursors) *head {
	next := *h
	next.cursors.Desk = max(h.cursors.Desk, c.Desk)
	next.cursors.Observe = max(h.cursors.Observe, c.Observe)
	return &next
}

// nextLeap is the leap of the row after one that holds base+1 to number at
// position and has itself leap.
func nextLeap(position, leap, base, number int64) int64 {
	if number/leapEvery > base/leapEvery {
		return position
	}
	return leap
}
