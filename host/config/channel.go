package config

import (
	"net/url"
	"strings"
	"time"
)

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

	// Desk by its name here, DeskChannel by its name or id at 8x8. Without a
	// desk there are no handoffs.
	Desk        string `key:"desk"`
	DeskChannel string `key:"desk_channel"`
	Bot         string `key:"bot,required"`
	// Greet: the bot gets a turn when a conversation starts.
	Greet bool `key:"greet"`
	// Language of conversations that do not say theirs; BCP 47.
	Language string `key:"language"`

	Handoff Handoff `key:"handoff"`
	// Debounce is how long a burst of messages is waited out.
	Debounce time.Duration `key:"debounce" default:"0s" min:"0s" max:"1m"`
	// OnFailure of the bot, AfterAgent, OnReturn of a customer who had met
	// an agent: who holds the conversation then.
	OnFailure  Holder `key:"on_failure" default:"queue" oneof:"queue bot"`
	AfterAgent Holder `key:"after_agent" default:"bot" oneof:"bot nobody"`
	OnReturn   Holder `key:"on_return" default:"queue" oneof:"queue bot"`
	Texts      Texts  `key:"texts"`
}

// Texts are what the host itself says to customers; an empty one is not said.
type Texts struct {
	// Failed: the bot has failed and nobody else takes over.
	Failed string `key:"failed" default:"Sorry, I cannot answer right now. Please try again later."`
}

func (r *reader) checkChannel(key string, c *Channel, all *Config) {
	known(r, key, "bot", c.Bot, all.Bots)
	r.checkHandoff(key, c, all)
	if c.Language != "" && !languageTag(c.Language) {
		r.problem(key+".language", "%q is not a language tag (BCP 47), as en or pt-BR are", c.Language)
	}
	switch c.Line {
	case EightXLine:
		r.problem(key+".line", "8x8 is not supported yet; use directline")
	case DirectLine:
		if len(c.Secrets) == 0 {
			r.problem(key+".secrets", "is missing; a directline channel needs at least one")
		}
		for i, origin := range c.Origins {
			c.Origins[i] = r.checkOrigin(index(key+".origins", i), origin)
		}
	}
}

// minSecret is the shortest Direct Line secret: every customer has a token that
// was signed with it, and could try out shorter ones.
const minSecret = 16

// checkSecrets reports Direct Line secrets that are too short, or that two
// channels share: the secret is what tells the channel.
func (r *reader) checkSecrets(channels map[string]Channel) {
	first := map[string]string{}
	for _, name := range sorted(channels) {
		for i, secret := range channels[name].Secrets {
			key := index(join("channels", name)+".secrets", i)
			if secret.IsZero() {
				continue
			}
			if other, taken := first[secret.Reveal()]; taken {
				r.problem(key, "is the same secret as %s; each channel needs its own", other)
				continue
			}
			first[secret.Reveal()] = key
			if len(secret.Reveal()) < minSecret {
				r.problem(key, "is shorter than %d characters and can be guessed; openssl rand -base64 32 makes a good one", minSecret)
			}
		}
	}
}

func (r *reader) checkOrigin(key, text string) string {
	text = strings.ToLower(text)
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.Scheme+"://"+u.Host != text {
		r.problem(key, "%q is not an origin, as https://www.example.com is: scheme, host and port alone", text)
	}
	return text
}

// languageTag reports whether text has the form of a BCP 47 tag.
func languageTag(text string) bool {
	for i, part := range strings.Split(text, "-") {
		if part == "" || len(part) > 8 || strings.Trim(strings.ToLower(part), "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			return false
		}
		if i == 0 && (len(part) < 2 || strings.ContainsAny(part, "0123456789")) {
			return false
		}
	}
	return true
}
