package bot

import "context"

// Bot answers turns. It is what an author writes, what the host's client of a
// plugin process is, and what runs in-process in tests.
type Bot interface {
	// Turn answers one turn through reply. A nil return ends the turn well:
	// everything set on reply takes effect together. An error ends it badly;
	// see [RetryAfter] and [Permanent] for errors that say what to do. So does
	// a panic; one in a goroutine of the bot's own ends the whole process.
	//
	// Turns of one conversation never overlap; turns of different
	// conversations do, so Turn must be safe for concurrent use. It may be
	// called again with the same Turn.ID and a higher Turn.Attempt. It must
	// return soon after ctx is done: nobody waits for the answer then.
	Turn(ctx context.Context, t *Turn, reply *Reply) error
}

// Func is a function that is a [Bot].
type Func func(ctx context.Context, t *Turn, reply *Reply) error

// Turn calls f.
func (f Func) Turn(ctx context.Context, t *Turn, reply *Reply) error { return f(ctx, t, reply) }

// Observer is a [Bot] that also wants to know what goes on while it does not
// hold a conversation.
type Observer interface {
	// Observe is told what happened in one conversation, in order, batched,
	// best effort. It may be called concurrently for different conversations.
	Observe(ctx context.Context, o *Observed) error
}

// Drainer is a [Bot] that wants to know when no further turn will come.
type Drainer interface {
	// Drain is called once, before the process is asked to stop, with 5 s.
	Drain(ctx context.Context) error
}

// Factory makes a bot from the settings of one configured instance. Settings
// that it cannot use are reported with [Settings.Errorf] or as [SettingErrors],
// several with [errors.Join]; any other error is about the settings as a whole.
// It may be called more than once in one process: once for each check, and
// once for the instance. What it makes for a check is dropped, so a bot begins
// no work of its own before its first turn.
type Factory func(Settings) (Bot, error)

// Description says what a bot is.
type Description struct {
	// Name, at most 64 bytes. Default: the name of the executable.
	Name string
	// Version, at most 64 bytes. Default: the version of the main module.
	Version string
	// Capabilities beyond the base, as short lower-case words. [Serve] adds
	// "observe" for an [Observer]; a bot of [ServeFactory] names it here.
	Capabilities []string
	// SettingsSchema is a JSON Schema of the settings, at most 64 KiB.
	SettingsSchema string
	// StateSchema numbers the layout of the bot's state. 0: no state.
	StateSchema uint32
	// Turns is how many turns the bot can take at once. 0: no limit.
	Turns uint32
	// History is how many messages of history the bot wants, the newest ones.
	// 0, and what is above it: the host's 50.
	History uint32
}
