package lifecycle

import (
	"strings"
	"time"
)

// Channel is a channel's settings, as the rules need them. The host makes it
// from the configuration; durations of zero mean at once or never, as said.
type Channel struct {
	Name string
	// Bot and Desk by name.
	Bot  string
	Desk string
	// DeskChannel at the desk, by id or name.
	DeskChannel string
	// DeskLine: the customers come by one of the desk's own channels; what
	// they say arrives as events of a ticket that they bring.
	DeskLine bool
	// SurveyBot gets the conversation after the agents; empty: Bot.
	SurveyBot string
	// Greet: the bot gets a turn when a conversation starts.
	Greet bool
	// Language of conversations that do not say theirs; BCP 47.
	Language string

	// Targets of handoffs by name; "default" is the one for no name.
	Targets map[string]Target
	// Hours in which handoffs are taken; nil: always.
	Hours *Hours
	// NoAgentAfter is how long a customer waits for an agent; 0: for ever.
	NoAgentAfter time.Duration
	// TransferGrace is how long a transfer may follow an agent's leaving.
	TransferGrace time.Duration
	// Debounce is how long a burst of messages is waited out.
	Debounce time.Duration
	// TurnDeadline is how long a turn of Bot may take, and SurveyDeadline one
	// of SurveyBot.
	TurnDeadline   time.Duration
	SurveyDeadline time.Duration
	// Inactivity is how long a customer may be silent while the bot holds the
	// conversation before it ends; 0: for ever.
	Inactivity time.Duration
	// Keep is how long a conversation is kept after its last entry, once it
	// rests; 0: for ever.
	Keep time.Duration
	// SilentTicket is how long a ticket held by queue or agent may be without
	// an event before it is looked at; 0: for ever.
	SilentTicket time.Duration
	// CancelWords: said while queued, they cancel the handoff. Lower case.
	CancelWords []string

	// OnFailure of the bot: Queue or Bot.
	OnFailure Holder
	// Failback: who went to the queue for the bot's failure, and has met no
	// agent, returns when the bot is back. On lines of our own alone.
	Failback bool
	// AfterAgent: Bot or Nobody.
	AfterAgent Holder
	// OnReturn of a customer who had met an agent: Queue or Bot.
	OnReturn Holder
	// Texts said by the host itself, by language, "" for those not listed; a
	// missing or empty one is not said.
	Texts map[Text]map[string]string

	// DeskCan and LineCan are what the two sides can do.
	DeskCan Capabilities
	LineCan Capabilities
}

// Text names something that the host itself says to the customer.
type Text string

// The texts: one for each status of a handoff, of the same name, and those of
// the bot's own part.
const (
	// TextBotFailed: the bot has failed and nobody else takes over.
	TextBotFailed Text = "bot_failed"
	// TextInactive: the customer has been silent for so long that the
	// conversation ends.
	TextInactive Text = "inactive"
)

// textOf is the text of a handoff's status.
func textOf(status Status) Text { return Text(status) }

// text is what the host says, in the conversation's language.
func (ch Channel) text(name Text, language string) string {
	texts := ch.Texts[name]
	for tag := language; tag != ""; {
		for of, text := range texts {
			if strings.EqualFold(of, tag) { // BCP 47 tags have no case
				return text
			}
		}
		i := strings.LastIndexByte(tag, '-')
		tag = tag[:max(i, 0)]
	}
	return texts[""]
}

// Target is where a handoff goes.
type Target struct {
	// Queue is the id of a queue; empty: the desk channel's own. Script is
	// that of a script, instead.
	Queue  string
	Script string
	// DeskChannel is the id of the desk's channel.
	DeskChannel string
}

// DefaultTarget is the target of a handoff that names none.
const DefaultTarget = "default"

// Capabilities is what a desk or a line can do; the rules ask it.
type Capabilities struct {
	// Cards are the media types shown as cards; of adaptive cards those up to
	// AdaptiveVersion, such as 1.6. Empty: of any version.
	Cards           []string
	AdaptiveVersion string
	QuickReplies    bool
	// Attachments: files that the host has; Links: files that are elsewhere,
	// by their address.
	Attachments bool
	Links       bool
	Typing      bool
	// Assign: a ticket's assignment can be changed, and given back to the bot
	// after the agent.
	Assign   bool
	HandBack bool
	// History is how many messages a ticket can be opened with.
	History int
	// Properties is how many properties a ticket can carry.
	Properties int
	// Languages that are known, as BCP 47 tags; empty: any.
	Languages []string
}
