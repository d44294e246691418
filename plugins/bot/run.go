package bot

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"unicode"
)

// Run puts one turn to b and hands what it answers to emit, in order, ending
// with exactly one terminal event: done when Turn returns nil, fail when it
// returns an error, panics, or breaks the contract. Run returns what emit returned, if that failed;
// the turn is over then without a terminal event.
//
// The server behind [Serve] runs its bot so, and the host runs its client of a
// plugin so: a bot in-process cannot be told from one behind the wire.
func Run(ctx context.Context, b Bot, t *Turn, emit func(Event) error) error {
	reply := &Reply{emit: emit}
	return reply.end(protect(func() error { return b.Turn(ctx, t, reply) }))
}

// protect calls f and turns a panic into an error.
func protect(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &PanicError{Value: fmt.Sprint(p), Stack: debug.Stack()}
		}
	}()
	return f()
}

// PanicError is a panic of a bot's.
type PanicError struct {
	Value string
	Stack []byte
}

// Error says what the panic said, without the stack.
func (e *PanicError) Error() string { return "panic: " + e.Value }

// failure is what an error of Turn means as a terminal event.
func failure(err error) *Fail {
	f := &Fail{Reason: oneLine(err.Error(), maxReason), Retryable: true}
	if instruction, ok := errors.AsType[*instructionError](err); ok {
		f.Retryable, f.RetryAfter = !instruction.permanent, min(max(instruction.after, 0), maxRetryAfter)
	}
	return f
}

// oneLine makes any text into one line of at most most bytes of UTF-8.
func oneLine(text string, most int) string {
	if len(text) > most {
		text = text[:most-len("…")] + "…"
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, ""))
}
