package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"time"
)

// defaultPatience is how long a step is waited for.
const defaultPatience = 20 * time.Second

// stage is where a conversation is played: what is looked at from outside.
type stage struct {
	simulator api
	ops       api
	// patience is how long a step is waited for.
	patience time.Duration
	// out is told of each step that was seen.
	out io.Writer
	// before is called before each step; nil: nothing is.
	before func(step int)
	// look sees what is new, and conversation is its id; empty: not begun.
	look         func(context.Context) error
	conversation func() string
}

// driver plays a conversation over Direct Line. It knows that, the simulator's
// control API and the operator's API, and nothing else.
type driver struct {
	stage
	customer *customer
	// mark is how many activities the customer had seen when the step began.
	mark   int
	ticket ticket
}

// step is one thing that happens in the conversation.
type step struct {
	name string
	// do is done once; it is repeated only while nobody answers.
	do func(context.Context) error
	// seen reports what is still missing; nil: the step was seen.
	seen func(context.Context) error
}

// drive plays the conversation against what already runs.
func drive(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("drive", flag.ContinueOnError)
	directline := flags.String("directline", "", "base `URL` of Direct Line")
	secret := flags.String("secret", "", "the channel's secret")
	simulator := flags.String("simulator", "", "base `URL` of the simulator")
	ops := flags.String("ops", "", "base `URL` of the operator's API")
	token := flags.String("token", "", "the operator's token")
	line := flags.String("line", "directline", "the customer's line: directline or 8x8")
	patience := flags.Duration("patience", defaultPatience, "how long a step is waited for")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return err
	} else if err != nil {
		return &usageError{"drive is called wrongly, see above\n"}
	}
	if flags.NArg() > 0 || *simulator == "" || *ops == "" {
		return &usageError{"drive takes flags alone, of which -simulator and -ops must be given\n"}
	}
	if *line == "8x8" {
		g := newGuest(*simulator, *ops, *token)
		g.patience = *patience
		return g.run(ctx)
	}
	d := newDriver(*directline, *secret, *simulator, *ops, *token)
	d.patience = *patience
	return d.run(ctx)
}

func newStage(simulator, ops, token string) stage {
	return stage{
		simulator: api{base: simulator + "/simulator/v1"}, ops: api{base: ops + "/api/v1", bearer: token},
		patience: defaultPatience, out: os.Stdout,
	}
}

func newDriver(directline, secret, simulator, ops, token string) *driver {
	d := &driver{
		stage:    newStage(simulator, ops, token),
		customer: &customer{directline: api{base: directline, bearer: secret}, user: "dl_kim", name: "Kim"},
	}
	d.stage.look = func(ctx context.Context) error {
		_, err := d.customer.poll(ctx)
		return err
	}
	d.conversation = func() string { return d.customer.conversation }
	return d
}

// run plays the conversation.
func (d *driver) run(ctx context.Context) error { return d.playAll(ctx, d.steps(), d.begin) }

// begin keeps what was seen before a step.
func (d *driver) begin() { d.mark = len(d.customer.seen) }

// playAll plays step after step, and ends at the first that is not seen.
func (s *stage) playAll(ctx context.Context, steps []step, begin func()) error {
	for i, one := range steps {
		if s.before != nil {
			s.before(i)
		}
		if err := s.play(ctx, one, begin); err != nil {
			return fmt.Errorf("not ok %d %s: %w", i+1, one.name, err)
		}
		fmt.Fprintf(s.out, "ok %d %s (held by %s)\n", i+1, one.name, s.holder(ctx))
	}
	return nil
}

// play does a step and waits until it is seen. What fails is tried again: the
// host may just be starting anew.
func (s *stage) play(ctx context.Context, one step, begin func()) error {
	ctx, cancel := context.WithTimeoutCause(ctx, s.patience, errors.New("not seen in time"))
	defer cancel()
	if s.conversation() != "" && s.look(ctx) == nil {
		begin()
	}
	done := one.do == nil
	var missing error
	for {
		var err error
		if !done {
			err = one.do(ctx)
			done = err == nil
		}
		if done && s.conversation() != "" {
			if err = s.look(ctx); err == nil {
				err = one.seen(ctx)
			}
			if err == nil {
				return nil
			}
		}
		if ctx.Err() == nil || missing == nil { // not that there was no time to look
			missing = err
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return errors.Join(context.Cause(ctx), missing)
		}
	}
}

// holder is who holds the conversation, as the operator sees it.
func (s *stage) holder(ctx context.Context) string {
	var c struct{ Holder string }
	if err := s.ops.call(ctx, "GET", "/conversations/"+url.PathEscape(s.conversation()), nil, &c); err != nil {
		return "unknown: " + err.Error()
	}
	return c.Holder
}
