package config

import "time"

// Line is the customers' side of a channel.
type Line string

// The lines.
const (
	DirectLine Line = "directline"
	EightXLine Line = "8x8"
)

// Holder is who may speak to the customer.
type Holder string

// The holders that can be chosen.
const (
	HolderBot    Holder = "bot"
	HolderQueue  Holder = "queue"
	HolderNobody Holder = "nobody"
)

// Channel is a way in for customers.
type Channel struct {
	Line Line `key:"line,required" oneof:"directline 8x8"`
	// Secrets of the Direct Line, of at least 16 bytes each; the first one signs, all are accepted.
	Secrets []Secret `key:"secrets"`
	// Origins that browsers may call from, as scheme://host[:port] in lower
	// case; none: any.
	Origins []string `key:"origins"`
	// TokenLife is how long a Direct Line token is good.
	TokenLife time.Duration `key:"token_life" default:"30m" min:"1m" max:"24h"`

	// Limits of what the customers of a Direct Line do.
	Limits Limits `key:"limits"`

	// Desk by its name here, DeskChannel by its name or id at 8x8. Without a
	// desk there are no handoffs.
	Desk        string `key:"desk"`
	DeskChannel string `key:"desk_channel"`
	Bot         string `key:"bot,required"`
	// SurveyBot answers after the agents, until the conversation ends; empty:
	// Bot does.
	SurveyBot string `key:"survey_bot"`
	// Greet: the bot gets a turn when a conversation starts.
	Greet bool `key:"greet"`
	// Language of conversations that do not say theirs; BCP 47.
	Language string `key:"language"`

	Handoff Handoff `key:"handoff"`
	// Debounce is how long a burst of messages is waited out.
	Debounce time.Duration `key:"debounce" default:"0s" min:"0s" max:"1m"`
	// Inactivity is how long a customer may be silent while the bot holds the
	// conversation; 0: for ever.
	Inactivity time.Duration `key:"inactivity" default:"0s" min:"0s"`
	// Keep is how long a conversation is kept after its last entry, once it
	// rests; 0: for ever.
	Keep time.Duration `key:"keep" default:"0s" min:"0s"`
	// OnFailure of the bot, AfterAgent, OnReturn of a customer who had met
	// an agent: who holds the conversation then.
	OnFailure  Holder `key:"on_failure" default:"queue" oneof:"queue bot"`
	AfterAgent Holder `key:"after_agent" default:"bot" oneof:"bot nobody"`
	OnReturn   Holder `key:"on_return" default:"queue" oneof:"queue bot"`
	// Failback: who went to the queue for the bot's failure, and has met no
	// agent, returns when the bot is back.
	Failback bool  `key:"failback"`
	Texts    Texts `key:"texts"`
}

func (r *reader) checkChannel(key string, c *Channel, all *Config) {
	known(r, key+".bot", "bot", c.Bot, all.Bots)
	if c.SurveyBot != "" {
		r.checkSurveyBot(key, c, all)
	}
	r.checkHandoff(key, c, all)
	if c.Keep > 0 && c.Keep < time.Hour {
		r.problem(key+".keep", "must be 0s, for ever, or at least 1h")
	}
	if c.Failback && c.OnFailure == HolderBot {
		r.problem(key+".failback", "needs on_failure: queue; with bot nobody goes to a queue when the bot fails")
	}
	if c.Language != "" && !languageTag(c.Language) {
		r.problem(key+".language", "%q is not a language tag (BCP 47), as en or pt-BR are", c.Language)
	}
	c.Language = canonicalTag(c.Language)
	switch c.Line {
	case EightXLine:
		r.checkEightXLine(key, c, all)
	case DirectLine:
		r.checkDirectLine(key, c)
	}
}

// checkSurveyBot looks at the bot that comes after the agents.
func (r *reader) checkSurveyBot(key string, c *Channel, all *Config) {
	known(r, key+".survey_bot", "bot", c.SurveyBot, all.Bots)
	switch {
	case c.Desk == "":
		r.warning(key+".survey_bot", "is never asked: without a desk there are no agents for it to follow")
	case c.AfterAgent == HolderNobody:
		r.warning(key+".survey_bot", "is never asked: after_agent: nobody gives the conversation to no bot")
	}
}
