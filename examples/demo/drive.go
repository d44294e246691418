package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"time"
)

// patience is how long a step is waited for.
const patience = 20 * time.Second

// driver plays one conversation. It knows Direct Line, the simulator's control
// API and the operator's API, and nothing else.
type driver struct {
	customer  *customer
	simulator api
	ops       api
	// before is called before each step; nil: nothing is.
	before func(step int)

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
	if err := flags.Parse(args); err != nil {
		return err
	}
	return newDriver(*directline, *secret, *simulator, *ops, *token).run(ctx)
}

func newDriver(directline, secret, simulator, ops, token string) *driver {
	return &driver{
		customer:  &customer{directline: api{base: directline, bearer: secret}, user: "dl_kim", name: "Kim"},
		simulator: api{base: simulator + "/simulator/v1"},
		ops:       api{base: ops + "/api/v1", bearer: token},
	}
}

// run plays step after step, and ends at the first that is not seen.
func (d *driver) run(ctx context.Context) error {
	for i, s := range d.steps() {
		if d.before != nil {
			d.before(i)
		}
		if err := d.play(ctx, s); err != nil {
			return fmt.Errorf("not ok %d %s: %w", i+1, s.name, err)
		}
		fmt.Printf("ok %d %s (held by %s)\n", i+1, s.name, d.holder(ctx))
	}
	return nil
}

// play does a step and waits until it is seen. What fails is tried again: the
// host may just be starting anew.
func (d *driver) play(ctx context.Context, s step) error {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errors.New("not seen in time"))
	defer cancel()
	if _, err := d.customer.poll(ctx); err == nil {
		d.mark = len(d.customer.seen)
	}
	done := s.do == nil
	for {
		var err error
		if !done {
			err = s.do(ctx)
			done = err == nil
		}
		if done && d.customer.conversation != "" {
			if _, err = d.customer.poll(ctx); err == nil {
				err = s.seen(ctx)
			}
			if err == nil {
				return nil
			}
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return errors.Join(context.Cause(ctx), err)
		}
	}
}

// holder is who holds the conversation, as the operator sees it.
func (d *driver) holder(ctx context.Context) string {
	var c struct{ Holder string }
	if err := d.ops.call(ctx, "GET", "/conversations/"+url.PathEscape(d.customer.conversation), nil, &c); err != nil {
		return "unknown: " + err.Error()
	}
	return c.Holder
}
