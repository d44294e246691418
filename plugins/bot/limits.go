package bot

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"
)

// What a bot may say at most; the comments in bot.proto promise the same
// numbers.
const (
	maxEvents      = 1000 // in a turn
	maxMessages    = 50   // in a turn
	maxMessage     = 3 << 20
	maxText        = 16 << 10
	maxCards       = 10
	maxCard        = 64 << 10
	maxNesting     = 100 // of JSON; what holds JSON that is far deeper cannot be read
	maxQuickReply  = 13
	maxTitle       = 256
	maxValue       = 1 << 10
	maxAttachments = 10
	maxAttachment  = 1 << 20
	maxURL         = 4 << 10
	maxTyping      = 10 * time.Minute
	maxState       = 64 << 10
	maxProperties  = 30
	maxName        = 64
	maxReason      = 1 << 10
	maxRetryAfter  = 10 * time.Minute
	maxSummary     = 4 << 10
	maxTimers      = 10
	maxTimer       = 30 * 24 * time.Hour
	maxSchema      = 64 << 10
)

// Check reports as a [*ContractError] why a host would refuse m from a bot.
func (m Message) Check() error {
	var c checker
	if m.Empty() {
		c.refuse("message", "says nothing")
	}
	c.text("text", m.Text, maxText)
	c.count("cards", len(m.Cards), maxCards)
	c.count("quick replies", len(m.QuickReplies), maxQuickReply)
	c.count("attachments", len(m.Attachments), maxAttachments)
	total := len(m.Text)
	for i, card := range m.Cards {
		c.card(fmt.Sprintf("card %d", i+1), card)
		total += len(card.Content) + len(card.Fallback)
	}
	for i, reply := range m.QuickReplies {
		what := fmt.Sprintf("quick reply %d", i+1)
		c.required(what+": title", reply.Title, maxTitle)
		c.text(what+": value", reply.Value, maxValue)
	}
	for i, attachment := range m.Attachments {
		c.attachment(fmt.Sprintf("attachment %d", i+1), attachment)
		total += len(attachment.Data)
	}
	c.size("message", total, maxMessage)
	return c.err()
}

// Check reports as a [*ContractError] why a host would refuse a from a
// customer.
func (a Action) Check() error {
	var c checker
	c.text("title", a.Title, maxTitle)
	c.text("value", a.Value, maxValue)
	if len(a.Data) > 0 {
		c.json("data", a.Data, maxCard)
	}
	return c.err()
}

// Check reports as a [*ContractError] why a host would refuse card from a bot.
func (card Card) Check() error {
	var c checker
	c.card("card", card)
	return c.err()
}

// checkTyping reports why a host would refuse t.
func checkTyping(t Typing) error {
	var c checker
	c.duration("typing", t.For, maxTyping)
	return c.err()
}

// checkDone reports why a host would refuse d.
func checkDone(d *Done) error {
	var c checker
	c.size("state", len(d.State), maxState)
	c.properties("properties", d.Properties)
	if d.Handoff != nil {
		c.text("handoff: target", d.Handoff.Target, maxName)
		c.text("handoff: reason", d.Handoff.Reason, maxReason)
		c.text("handoff: summary", d.Handoff.Summary, maxSummary)
		c.properties("handoff: properties", d.Handoff.Properties)
	}
	if d.End != nil {
		c.text("end: reason", d.End.Reason, maxReason)
	}
	c.count("timers", len(d.Timers), maxTimers)
	for i, timer := range d.Timers {
		what := fmt.Sprintf("timer %d", i+1)
		c.required(what+": name", timer.Name, maxName)
		c.duration(what, timer.After, maxTimer)
	}
	return c.err()
}

// checkDescription reports why a host would refuse d.
func checkDescription(d Description) error {
	var c checker
	c.text("name", d.Name, maxName)
	c.text("version", d.Version, maxName)
	c.text("settings schema", d.SettingsSchema, maxSchema)
	c.count("capabilities", len(d.Capabilities), maxName)
	for i, capability := range d.Capabilities {
		c.text(fmt.Sprintf("capability %d", i+1), capability, maxName)
	}
	return c.err()
}

// checker keeps the first thing that breaks the contract.
type checker struct{ first *ContractError }

func (c *checker) err() error {
	if c.first == nil {
		return nil
	}
	return c.first
}

func (c *checker) refuse(what, format string, args ...any) {
	if c.first == nil {
		c.first = broken("%s "+format, append([]any{what}, args...)...)
	}
}

func (c *checker) size(what string, size, most int) {
	if size > most {
		c.refuse(what, "has %d bytes, at most %d are allowed", size, most)
	}
}

func (c *checker) count(what string, count, most int) {
	if count > most {
		c.refuse(what, "are %d, at most %d are allowed", count, most)
	}
}

// text refuses what is too long, is not UTF-8, or holds a NUL, which stores
// and logs trip over.
func (c *checker) text(what, text string, most int) {
	c.size(what, len(text), most)
	if !utf8.ValidString(text) {
		c.refuse(what, "is not UTF-8")
	}
	if strings.ContainsRune(text, 0) {
		c.refuse(what, "contains a NUL")
	}
}

func (c *checker) required(what, text string, most int) {
	if text == "" {
		c.refuse(what, "is empty")
	}
	c.text(what, text, most)
}

func (c *checker) duration(what string, d, most time.Duration) {
	if d < 0 || d > most {
		c.refuse(what, "lasts %v, from 0 to %v is allowed", d, most)
	}
}

func (c *checker) properties(what string, properties map[string]string) {
	c.count(what, len(properties), maxProperties)
	for name, value := range properties {
		c.required(what+": name", name, maxName)
		c.text(what+": value", value, maxValue)
	}
}

func (c *checker) card(what string, card Card) {
	c.required(what+": content type", card.ContentType, maxTitle)
	c.text(what+": fallback", card.Fallback, maxText)
	c.json(what, card.Content, maxCard)
}

func (c *checker) json(what string, raw []byte, most int) {
	c.size(what, len(raw), most)
	switch {
	case !json.Valid(raw) || !utf8.Valid(raw):
		c.refuse(what, "is not JSON")
	case nesting(raw) > maxNesting:
		c.refuse(what, "is nested more than %d deep", maxNesting)
	}
}

// nesting is how deep valid JSON is nested.
func nesting(raw []byte) (deepest int) {
	depth, inText := 0, false
	for i := 0; i < len(raw); i++ {
		switch b := raw[i]; {
		case inText && b == '\\':
			i++
		case b == '"':
			inText = !inText
		case inText:
		case b == '{' || b == '[':
			depth++
			deepest = max(deepest, depth)
		case b == '}' || b == ']':
			depth--
		}
	}
	return deepest
}

// attachment refuses addresses that a customer's browser would run.
func (c *checker) attachment(what string, a Attachment) {
	c.text(what+": name", a.Name, maxTitle)
	c.text(what+": content type", a.ContentType, maxTitle)
	c.size(what, len(a.Data), maxAttachment)
	c.text(what+": url", a.URL, maxURL)
	if (a.URL == "") == (len(a.Data) == 0) {
		c.refuse(what, "must have either a url or data")
	}
	if a.URL == "" {
		return
	}
	if u, err := url.Parse(a.URL); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		c.refuse(what, "must have an absolute http or https url")
	}
}
