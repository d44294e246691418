package bridge

import (
	"context"
	"errors"

	"github.com/patchbay-host/patchbay/bridge/faultpoint"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// assign hands a ticket that the customer has brought to a queue or a script.
func (k *keeper) assign(ctx context.Context, desk Desk, c lifecycle.Conversation, entry lifecycle.Entry) error {
	h := entry.Handoff
	faultpoint.Hit(faultpoint.BeforeAssignment)
	err := desk.Assign(ctx, c.Desk.Ticket, lifecycle.Target{Queue: h.Queue, Script: h.Script, DeskChannel: h.DeskChannel})
	if err != nil {
		return err
	}
	faultpoint.Hit(faultpoint.AfterAssignment)
	k.tell(lifecycle.Event{Kind: lifecycle.EventOpened, Entry: entry.Number, Ticket: c.Desk.Ticket})
	return nil
}

// findAssigned reads back whether a ticket has been handed off: an agent, or
// the wanted queue or script, counts as done.
func (k *keeper) findAssigned(ctx context.Context, desk Desk, c lifecycle.Conversation, entry lifecycle.Entry) (bool, error) {
	state, err := desk.Look(ctx, c.Desk.Ticket)
	wanted := func(is, want string) bool { return is != "" && is == want }
	if err != nil || !state.Agent && !wanted(state.Queue, entry.Handoff.Queue) && !wanted(state.Script, entry.Handoff.Script) {
		return false, err
	}
	k.tell(lifecycle.Event{Kind: lifecycle.EventOpened, Entry: entry.Number, Ticket: c.Desk.Ticket})
	return true, nil
}

// lookAt reads how a silent ticket stands, and tells the rules. One that the desk
// refuses to show is gone, and so over.
func (k *keeper) lookAt(ctx context.Context, desk Desk, entry lifecycle.Entry) error {
	state, err := desk.Look(ctx, entry.Ticket)
	if failure, ok := errors.AsType[*DeskError](err); ok && failure.Kind == DeskRefused {
		k.e.log.Warn("a silent ticket is gone", "conversation", k.id, "entry", entry.Number, "err", err)
		state.Over, err = true, nil
	}
	if err != nil {
		return err
	}
	k.tell(lifecycle.Event{Kind: lifecycle.EventLooked, Entry: entry.Number, Ticket: entry.Ticket, Over: state.Over})
	return nil
}

// forCustomer is something that bot or host say to a customer whose line is
// the desk's own. The rules have left in it what that line can show.
func (k *keeper) forCustomer(c lifecycle.Conversation, e lifecycle.Entry) Outgoing {
	o := Outgoing{Author: bot.AuthorBot}
	e, o.Files = k.shownFiles(c, e)
	if m := e.Message; m != nil {
		o.Text, o.Cards, o.QuickReplies = m.Text, m.Cards, m.QuickReplies
	}
	return o
}
