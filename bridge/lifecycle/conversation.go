package lifecycle

import (
	"time"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// Holder is who may speak to the customer now.
type Holder string

// The holders.
const (
	Nobody Holder = "nobody"
	Bot    Holder = "bot"
	Queue  Holder = "queue"
	Agent  Holder = "agent"
)

// Conversation is one customer on one channel: everything that the rules need
// to know of it. What was said is in the journal alone.
//
// Step never changes the slices and maps of the conversation it is given.
type Conversation struct {
	ID      bot.ConversationID `json:"id"`
	Channel string             `json:"channel"`
	// Number of the newest journal entry; 0: nothing has happened yet.
	Number int64 `json:"number"`

	Holder Holder `json:"holder"`
	// Epoch counts the changes of holder.
	Epoch int64 `json:"epoch"`
	// Reason of the last change of holder, for the operator.
	Reason string `json:"reason,omitempty"`
	// Since when Holder holds.
	Since time.Time `json:"since"`

	Customer bot.Customer `json:"customer,omitzero"`
	Language string       `json:"language,omitempty"`
	// Properties are set by the bot and shown to agents.
	Properties map[string]string `json:"properties,omitempty"`

	// Turns are what is to be put to the bot, in order. The first one is in
	// flight if it is Ready; the others wait for it.
	Turns []Turn `json:"turns,omitempty"`
	// Words is the number of the newest of the customer's words; 0: none.
	Words int64 `json:"words,omitempty"`
	// Heard is the number of the newest of the customer's words that a bot has
	// answered, or chosen not to; 0: none.
	Heard int64 `json:"heard,omitempty"`
	// Cut is the turn with the customer's words that the bot was at, or had
	// failed at, when the conversation was taken from it; nil: none.
	Cut *Turn `json:"cut,omitempty"`
	// StateAt is the number of the entry with the state of the channel's bot,
	// SurveyStateAt of the one with that of its survey bot; 0: none.
	StateAt       int64 `json:"state_at,omitempty"`
	SurveyStateAt int64 `json:"survey_state_at,omitempty"`
	// Deliveries are told to the bot with its next turn.
	Deliveries []bot.Delivery `json:"deliveries,omitempty"`
	// Said counts what was said and pressed, by anybody.
	Said int `json:"said,omitempty"`
	// Files is the number of the newest entry with a file that can be shown
	// to agents; 0: there is none.
	Files int64 `json:"files,omitempty"`
	// Pace counts turns, to notice a bot that goes in circles.
	Pace Pace `json:"pace,omitzero"`
	// Survey: the agents are done, and the channel's survey bot answers.
	Survey bool `json:"survey,omitempty"`
	// Failovers counts how often the bot's failure led to the queue since an
	// agent last said something.
	Failovers int `json:"failovers,omitempty"`

	// Desk is the conversation's side at the contact centre.
	Desk DeskSide `json:"desk,omitzero"`
	// Session is the agent session that is open, or was last.
	Session *Session `json:"session,omitempty"`
	// Timers are when the conversation must be looked at again.
	Timers []Timer `json:"timers,omitempty"`
}

// Turn is one turn that is to be put to the bot.
type Turn struct {
	// ID derives from the event that caused the turn.
	ID   bot.TurnID `json:"id"`
	Kind TurnKind   `json:"kind"`
	// From and Through are the numbers of the first and last journal entry
	// whose customer's words the turn carries; 0: it carries none.
	From    int64 `json:"from,omitempty"`
	Through int64 `json:"through,omitempty"`
	// Returned: the customer's conversation had ended before.
	Returned bool `json:"returned,omitempty"`
	// Outcome of a handoff, for [TurnHandoffOutcome].
	Outcome *bot.HandoffOutcome `json:"outcome,omitempty"`
	// Timer that is due, for [TurnTimerDue].
	Timer string `json:"timer,omitempty"`
	// Attempt is 1 or 2; Before is how often the turn has been taken up again
	// after it was cut off, each time with one attempt more.
	Attempt int `json:"attempt"`
	Before  int `json:"before,omitempty"`
	// Seq is the highest event of the turn that is in the journal.
	Seq int `json:"seq,omitempty"`
	// Ready: it may be put to the bot now. Otherwise a timer makes it ready.
	Ready bool `json:"ready,omitempty"`
	// Alone: nothing else is put along with it.
	Alone bool `json:"alone,omitempty"`
	// Told is how many of the conversation's deliveries the bot is told with
	// it.
	Told int `json:"told,omitempty"`
}

// Pace counts the turns of the minute that began at Since, and those in a row
// that the customer has not caused.
type Pace struct {
	Since      time.Time `json:"since,omitzero"`
	Turns      int       `json:"turns,omitempty"`
	Unprompted int       `json:"unprompted,omitempty"`
}

// TurnKind is what a turn is about.
type TurnKind string

// The kinds of turn.
const (
	TurnStarted           TurnKind = "started"
	TurnMessages          TurnKind = "messages"
	TurnAction            TurnKind = "action"
	TurnAgentSessionEnded TurnKind = "agent_session_ended"
	TurnHandoffOutcome    TurnKind = "handoff_outcome"
	TurnCustomerLeft      TurnKind = "customer_left"
	TurnTimerDue          TurnKind = "timer_due"
)

// DeskSide is what the rules know of a conversation's tickets.
type DeskSide struct {
	// Opening is the number of the handoff entry whose ticket is being
	// opened; 0: none is.
	Opening int64 `json:"opening,omitempty"`
	// Ticket is the current ticket; empty: none was opened yet.
	Ticket string `json:"ticket,omitempty"`
	// Marker is the number of the handoff entry that opened Ticket.
	Marker int64 `json:"marker,omitempty"`
	// Open: as far as is known, an interaction of Ticket is open.
	Open bool `json:"open,omitempty"`
	// Left: we have left Ticket; its events change no holder any more.
	Left bool `json:"left,omitempty"`
	// Closed: what the customer says waits; posted now, it would re-queue
	// the ticket.
	Closed bool `json:"closed,omitempty"`
	// Waiting is the number of the customer's first words since Closed; 0:
	// nothing waits.
	Waiting int64 `json:"waiting,omitempty"`
	// Skip: desk entries up to this number that have not begun are dropped.
	Skip int64 `json:"skip,omitempty"`
	// Delayed: the customer has been told that the handoff takes longer.
	Delayed bool `json:"delayed,omitempty"`
	// Queue that the ticket is or was last in.
	Queue string `json:"queue,omitempty"`
	// Members are the agents of the current ticket, gone ones included.
	Members []Member `json:"members,omitempty"`
	// Newest is the desk's newest time among the events of Ticket that were
	// applied, and Queued that of its newest queued or transfer event.
	Newest time.Time `json:"newest,omitzero"`
	Queued time.Time `json:"queued,omitzero"`
	// HandBackRefused: the desk will not give the conversation back to the
	// bot after the agent.
	HandBackRefused bool `json:"hand_back_refused,omitempty"`
	// Met: an agent took part since the conversation was last taken from
	// nobody.
	Met bool `json:"met,omitempty"`
}

// Member is an agent of a ticket.
type Member struct {
	bot.Agent
	// Present: joined and not left.
	Present bool `json:"present,omitempty"`
	// At is the desk's time of the newest event applied, Joined that of the
	// newest joining.
	At     time.Time `json:"at"`
	Joined time.Time `json:"joined,omitzero"`
}

// Session is an agent session, from handoff to handback.
type Session struct {
	// Handoff is the number of the entry that began it.
	Handoff     int64               `json:"handoff"`
	HandedOffAt time.Time           `json:"handed_off_at"`
	JoinedAt    time.Time           `json:"joined_at,omitzero"`
	EndedAt     time.Time           `json:"ended_at,omitzero"`
	Reason      string              `json:"reason,omitempty"`
	Target      string              `json:"target,omitempty"`
	Agents      []bot.Agent         `json:"agents,omitempty"`
	Queues      []string            `json:"queues,omitempty"`
	End         bot.AgentSessionEnd `json:"end,omitempty"`
	// Through is the number of the newest entry when it ended; 0: it is open.
	Through int64 `json:"through,omitempty"`
	// Failed is the bot whose failure began it; empty: something else did.
	// Unheard is the number of the first of the customer's words that this
	// bot has not answered; 0: there are none.
	Failed  string `json:"failed,omitempty"`
	Unheard int64  `json:"unheard,omitempty"`
}

// Timer is when a conversation must be looked at again.
type Timer struct {
	Name TimerName `json:"name"`
	// Bot is the bot's own name for a [TimerBot].
	Bot string    `json:"bot,omitempty"`
	At  time.Time `json:"at"`
}

// TimerName says what a timer is for.
type TimerName string

// The timers.
const (
	TimerDebounce TimerName = "debounce"       // the burst of messages is over
	TimerRetry    TimerName = "retry"          // the turn is put once more
	TimerNoAgent  TimerName = "no_agent"       // nobody has come
	TimerGrace    TimerName = "transfer_grace" // no transfer has followed
	TimerBot      TimerName = "bot"            // the bot asked for it
	TimerInactive TimerName = "inactive"       // the customer has been silent
	TimerSilent   TimerName = "silent_ticket"  // the ticket has been silent
)

// Answers is the bot that answers the conversation's turns.
func (c Conversation) Answers(ch Channel) string {
	if c.Survey && ch.SurveyBot != "" {
		return ch.SurveyBot
	}
	return ch.Bot
}

// StateOf is the number of the entry with the state of the bot that answers; 0:
// none.
func (c Conversation) StateOf(ch Channel) int64 {
	if c.Answers(ch) != ch.Bot {
		return c.SurveyStateAt
	}
	return c.StateAt
}

// Deadline is how long the conversation's turns may take.
func (c Conversation) Deadline(ch Channel) time.Duration {
	if c.Survey && ch.SurveyBot != "" {
		return ch.SurveyDeadline
	}
	return ch.TurnDeadline
}

// Due is the earliest of the conversation's timers; zero: it has none.
func (c Conversation) Due() time.Time {
	var due time.Time
	for _, t := range c.Timers {
		if due.IsZero() || t.At.Before(due) {
			due = t.At
		}
	}
	return due
}

// Rests reports whether nobody waits for anything: neither agents nor the bot
// have something open, and nothing will happen by itself.
func (c Conversation) Rests() bool {
	return (c.Holder == Nobody || c.Holder == Bot) && len(c.Turns) == 0 && len(c.Timers) == 0 && c.Desk.Opening == 0
}

// Over reports whether nothing is left to do: nobody holds the conversation,
// and no turn and no timer waits.
func (c Conversation) Over() bool {
	return c.Holder == Nobody && len(c.Turns) == 0 && len(c.Timers) == 0
}
