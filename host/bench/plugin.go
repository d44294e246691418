package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"

	"github.com/patchbay-host/patchbay/host/supervisor"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// The lines of plugin calls.
const (
	bareCallLine  = "bare plugin call, one at a time"
	bareCallsLine = "bare plugin call, 64 callers"
)

// bareCalls measures a turn through supervisor, client and gRPC to echobot and
// back: no history, nothing stored.
func bareCalls(callers int) func(context.Context, *bench) (figure, error) {
	return func(ctx context.Context, b *bench) (figure, error) {
		s, err := supervisor.New(
			[]supervisor.Config{{Name: "echo", Command: []string{b.echobot}, BaseDir: b.dir}},
			supervisor.Options{Logger: slog.New(slog.DiscardHandler), HostVersion: "bench"})
		if err != nil {
			return figure{}, err
		}
		running, stop := context.WithCancel(ctx)
		var all sync.WaitGroup
		all.Go(func() { err = s.Run(running) })
		f, failed := b.call(ctx, s, callers)
		stop()
		all.Wait()
		return f, errors.Join(failed, err)
	}
}

func (b *bench) call(ctx context.Context, s *supervisor.Supervisor, callers int) (figure, error) {
	if err := s.Settled(ctx); err != nil {
		return figure{}, err
	}
	if up := s.Status()[0]; up.State != supervisor.StateReady {
		return figure{}, fmt.Errorf("echobot does not start: %s", up.LastError)
	}
	echo, _ := s.Bot("echo")
	l := load{during: b.during}
	for i := range callers {
		n := 0
		l.callers = append(l.callers, func() error {
			n++
			return turn(ctx, echo, fmt.Sprintf("caller%d-%d", i, n))
		})
	}
	return l.run(ctx), nil
}

// turn puts a message of 200 bytes to the bot and checks what it answers.
func turn(ctx context.Context, echo bot.Bot, id string) error {
	text := strings.Repeat("words ", 33) + id
	var heard string
	var done bool
	err := bot.Run(ctx, echo, &bot.Turn{
		ID: bot.TurnID(id), Attempt: 1, Conversation: "conversation", Channel: "web", Messages: []bot.Message{{Text: text}},
	}, func(e bot.Event) error {
		if e.Message != nil {
			heard = e.Message.Text
		}
		done = done || e.Done != nil
		return nil
	})
	if err == nil && (heard != reply+text || !done) {
		err = fmt.Errorf("the bot answered %q", heard)
	}
	return err
}
