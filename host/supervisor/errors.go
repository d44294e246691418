package supervisor

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// StartError is a bot that could not be started.
type StartError struct {
	// Bot is the instance's name.
	Bot string
	// Step that failed: pin, prepare, start, connect, health, describe or
	// configure.
	Step string
	// Err is the cause, and what would help.
	Err error
	// Log is what the process had logged, at most 50 lines, oldest first.
	Log []string
}

// logsInError is how many lines of the log an error's text shows, and
// logBytesInError how much of each.
const (
	logsInError     = 5
	logBytesInError = 300
)

// Error is the cause with the last lines of the log.
func (e *StartError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "start bot %s: %s: %v", e.Bot, e.Step, e.Err)
	if len(e.Log) > 0 {
		b.WriteString("; the last it logged:")
		for _, line := range e.Log[max(0, len(e.Log)-logsInError):] {
			fmt.Fprintf(&b, " %q", shorten(line, logBytesInError))
		}
	}
	return b.String()
}

// Unwrap is the cause.
func (e *StartError) Unwrap() error { return e.Err }

// hopeless reports whether another start would end the same way until
// somebody changes something.
func (e *StartError) hopeless() bool {
	if _, ok := errors.AsType[bot.SettingErrors](e.Err); ok {
		return true
	}
	denied := errors.Is(e.Err, fs.ErrNotExist) || errors.Is(e.Err, fs.ErrPermission) || errors.Is(e.Err, syscall.ENOEXEC)
	switch e.Step {
	case "pin":
		return denied || errors.Is(e.Err, errPin)
	case "start":
		path, ok := errors.AsType[*fs.PathError](e.Err)
		return denied && ok && (path.Op == "fork/exec" || path.Op == "chdir") // not what the bot itself leaves undone
	}
	return false
}

// ExitError is a bot's process that ended although nobody had asked it to. A
// turn that it had in hand may be put once more: another process will take it.
type ExitError struct {
	// Bot is the instance's name.
	Bot        string
	Generation int
	PID        int
	Exit       Exit
	// LastLine is the last that the process logged; empty: nothing.
	LastLine string
	// Limits of the process.
	Limits Limits
}

// Error says how the process ended, and what it said last.
func (e *ExitError) Error() string {
	text := fmt.Sprintf("bot %s: its process %d ended: %s%s", e.Bot, e.PID, e.Exit, e.Limits)
	if e.LastLine != "" {
		text += fmt.Sprintf("; the last it logged: %q", shorten(e.LastLine, logBytesInError))
	}
	return text
}

// retold is an error whose text was changed for showing.
type retold struct {
	text string
	err  error
}

func (r *retold) Error() string { return r.text }
func (r *retold) Unwrap() error { return r.err }

// errStopping is what becomes of calls when their process is being stopped.
var errStopping = errors.New("the bot is being stopped")
