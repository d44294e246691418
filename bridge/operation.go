package bridge

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/patchbay-host/patchbay/bridge/faultpoint"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
)

// errNoDesk refuses what a channel without a desk is asked for.
var errNoDesk = &DeskError{Kind: DeskRefused, Err: errors.New("the channel has no desk")}

// operation is the call that carries an entry out, by some settings. Not ok:
// there is nothing to do.
func (k *keeper) operation(by *settings, entry lifecycle.Entry) (op operation, ok bool) {
	defer func() { op.by = by }()
	k.mu.Lock()
	c := k.state
	k.mu.Unlock()
	ch := by.Channels[c.Channel]
	desk := by.Desks[ch.Desk]
	op = operation{entry: entry}
	switch {
	case desk == nil:
		op.call = func(context.Context) error { return errNoDesk }
	case entry.Kind == lifecycle.EntryHandoff && ch.DeskLine:
		op.call = func(ctx context.Context) error { return k.assign(ctx, desk, c, entry) }
		op.look = func(ctx context.Context) (bool, error) { return k.findAssigned(ctx, desk, c, entry) }
	case entry.Kind == lifecycle.EntryLook:
		op.call = func(ctx context.Context) error { return k.lookAt(ctx, desk, entry) }
	case entry.Kind == lifecycle.EntryGiveBack:
		op.call = func(ctx context.Context) error {
			faultpoint.Hit(faultpoint.BeforeHandBack)
			err := desk.HandBack(ctx, entry.Ticket, ch.DeskChannel)
			faultpoint.Hit(faultpoint.AfterHandBack)
			return err
		}
	case entry.Kind == lifecycle.EntryHandoff:
		op.call = func(ctx context.Context) error { return k.open(ctx, desk, c, entry) }
		op.look = func(ctx context.Context) (bool, error) { return k.findOpened(ctx, desk, entry.Number) }
	case entry.Kind == lifecycle.EntryLeave && entry.Ticket == "":
		return k.settle(desk, entry)
	case entry.Kind == lifecycle.EntryLeave:
		op.call = func(ctx context.Context) error {
			faultpoint.Hit(faultpoint.BeforeLeave)
			err := desk.Leave(ctx, entry.Ticket)
			faultpoint.Hit(faultpoint.AfterLeave)
			return err
		}
	default:
		return k.sending(desk, ch, c, entry)
	}
	return op, true
}

// sending is the call that says something to the desk.
func (k *keeper) sending(desk Desk, ch lifecycle.Channel, c lifecycle.Conversation, entry lifecycle.Entry) (operation, bool) {
	ticket := c.Desk.Ticket
	message, err := k.outgoing(k.e.ctx, ch, c, entry)
	if ticket == "" || err == nil && message.empty() {
		return operation{}, false
	}
	return operation{
		entry: entry, files: len(message.Files),
		call: func(ctx context.Context) error {
			if err != nil {
				return err
			}
			faultpoint.Hit(faultpoint.BeforeSend)
			err := desk.Send(ctx, ticket, message)
			faultpoint.Hit(faultpoint.AfterSend)
			return err
		},
		look: func(ctx context.Context) (bool, error) { return k.findSent(ctx, desk, ch, c, entry) },
	}, true
}

// settle leaves the ticket of a handoff that was given up, if it turns out to
// have been opened after all.
func (k *keeper) settle(desk Desk, entry lifecycle.Entry) (operation, bool) {
	k.mu.Lock()
	begun := k.desk.begun == entry.Of || entry.Number <= k.desk.doubt
	k.mu.Unlock()
	if !begun {
		return operation{}, false
	}
	looked := 0
	return operation{entry: entry, call: func(ctx context.Context) error {
		found, err := k.findOpened(ctx, desk, entry.Of) // an opening not wanted is left by the rules
		if err != nil || found {
			return err
		}
		if looked++; looked < looks {
			return &DeskError{Kind: DeskUnavailable, RetryAfter: 0, Err: errors.New("the ticket is not to be seen yet")}
		}
		return nil
	}}, true
}

// open opens the ticket of a handoff and tells the rules its id.
func (k *keeper) open(ctx context.Context, desk Desk, c lifecycle.Conversation, entry lifecycle.Entry) error {
	k.mu.Lock()
	k.desk.begun = entry.Number
	k.mu.Unlock()
	opening, err := k.opening(ctx, desk, c, entry)
	if err != nil {
		return err
	}
	faultpoint.Hit(faultpoint.BeforeCreate)
	ticket, err := desk.Open(ctx, opening)
	if err != nil {
		return err
	}
	faultpoint.Hit(faultpoint.AfterCreate)
	k.tell(lifecycle.Event{Kind: lifecycle.EventOpened, Entry: entry.Number, Ticket: ticket})
	return nil
}

// findOpened looks for the ticket that a handoff has opened, and tells the
// rules its id.
func (k *keeper) findOpened(ctx context.Context, desk Desk, handoff int64) (bool, error) {
	ticket, err := desk.FindOpened(ctx, lifecycle.Marker{Conversation: k.id, Entry: handoff})
	if err != nil || ticket == "" {
		return false, err
	}
	k.tell(lifecycle.Event{Kind: lifecycle.EventOpened, Entry: handoff, Ticket: ticket})
	return true, nil
}

// opening is what a handoff's ticket is opened with: the same on every try.
func (k *keeper) opening(ctx context.Context, desk Desk, c lifecycle.Conversation, entry lifecycle.Entry) (Opening, error) {
	can := desk.Capabilities()
	history, err := k.wholeHistory(ctx, entry.Number, can.History)
	if err != nil {
		return Opening{}, err
	}
	h := entry.Handoff
	o := Opening{
		Channel: h.DeskChannel, Queue: h.Queue, Customer: c.Customer, Language: c.Language,
		History: history, Marker: lifecycle.Marker{Conversation: c.ID, Entry: entry.Number},
	}
	for _, p := range []Property{{"reason", k.e.cfg.Redact(h.Reason)}, {"summary", k.e.cfg.Redact(h.Summary)}} {
		if p.Value != "" {
			o.Properties = append(o.Properties, p)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(h.Properties)) {
		o.Properties = append(o.Properties, Property{name, h.Properties[name]})
	}
	if room := can.Properties; room > 0 && len(o.Properties) > room {
		k.e.log.Warn("properties left out", "conversation", k.id, "entry", entry.Number, "count", len(o.Properties)-room)
		o.Properties = o.Properties[:room]
	}
	return o, nil
}
