package bot

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// What an error means on the wire and back, for Turn:
//
//	the bot                        the wire                      the host
//	returns nil                    done                          nil
//	returns Permanent(err)         fail, not retryable           Permanent
//	returns RetryAfter(d, err)     fail, retryable, retry_after  RetryAfter
//	returns any other error        fail, retryable               an error: once more
//	panics                         fail, retryable, "panic: …"   an error: once more
//	breaks the contract            fail, retryable, if in Go     *ContractError: once more
//	ctx is done                    CANCELLED, DEADLINE_EXCEEDED  the cause of ctx
//
// A bot in another language may also answer a status, and every bot does for
// Configure, Observe and Drain:
//
//	RetryInfo in the details                                     RetryAfter
//	ErrorInfo with metadata "retryable": "true" or "false"       as it says
//	INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS, OUT_OF_RANGE,
//	PERMISSION_DENIED, UNAUTHENTICATED, FAILED_PRECONDITION,
//	UNIMPLEMENTED                                                Permanent
//	DEADLINE_EXCEEDED, CANCELLED                                 is context.DeadlineExceeded, Canceled
//	any other, a lost connection among them                      an error: once more
//
// UNIMPLEMENTED for Observe and Drain is nil: they are optional. A Go bot's
// Permanent is FAILED_PRECONDITION there, its RetryAfter UNAVAILABLE with
// RetryInfo, its panic INTERNAL. What a Factory says about settings is no
// status but the answer of Configure, and SettingErrors at the host.

// RetryAfter says that the turn failed because of err and should be put again
// after d, at most 10 minutes: the customer waits for that long.
func RetryAfter(d time.Duration, err error) error {
	return &instructionError{err: err, after: d}
}

// Permanent says that the turn failed because of err and that putting it once
// more would not help.
func Permanent(err error) error {
	return &instructionError{err: err, permanent: true}
}

// instructionError is an error that says what to do about it.
type instructionError struct {
	err       error
	after     time.Duration
	permanent bool
}

func (e *instructionError) Error() string { return e.err.Error() }
func (e *instructionError) Unwrap() error { return e.err }

// ContractError says how a bot broke the contract: too much, too long, out of
// order, not text. The turn has failed; it is worth one more attempt.
type ContractError struct {
	// Problem in one line, for the operator and the bot's author.
	Problem string
}

// Error is the problem, and whose it is.
func (e *ContractError) Error() string { return "the bot broke the contract: " + e.Problem }

func broken(format string, args ...any) *ContractError {
	return &ContractError{Problem: fmt.Sprintf(format, args...)}
}

// Err is the failure as an error that [RetryAfter] or [Permanent] could
// have made, so that Run gives the same failure again.
func (f *Fail) Err() error {
	err := errors.New(f.Reason)
	switch {
	case !f.Retryable:
		return Permanent(err)
	case f.RetryAfter > 0:
		return RetryAfter(f.RetryAfter, err)
	}
	return err
}

// SettingError is one thing wrong with a bot's settings.
type SettingError struct {
	// Key is the path of the key, such as answers[2].keywords; empty: the
	// settings as a whole.
	Key string
	// Problem says what is wrong, and what would do.
	Problem string
}

// Error is the key and the problem.
func (e SettingError) Error() string {
	if e.Key == "" {
		return e.Problem
	}
	return fmt.Sprintf("%s: %s", e.Key, e.Problem)
}

// SettingErrors is all that is wrong with a bot's settings.
type SettingErrors []SettingError

// Error is one problem a line.
func (es SettingErrors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}
