package simulator

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// Fault is a rule about what goes wrong. Match names calls ("POST
// /conversations/*/messages", the path as below the base of either API, "*" for
// any method and for any one part) or events ("webhook QUEUED", "webhook
// MEMBERS_CHANGED agent left", "webhook *"). The first rule that matches and is
// not used up is the one that acts.
type Fault struct {
	Match string `json:"match" yaml:"match"`
	Skip  int    `json:"skip,omitempty" yaml:"skip"`   // matches let through first
	Times int    `json:"times,omitempty" yaml:"times"` // matches acted on (0: all)

	// Delay is for calls and events: it is carried out, or sent, that much later.
	Delay Duration `json:"delay,omitempty" yaml:"delay"`

	// For calls. Status answers without carrying the call out, with RetryAfter
	// as its header.
	Status     int    `json:"status,omitempty" yaml:"status"`
	RetryAfter string `json:"retry_after,omitempty" yaml:"retry_after"`
	// LoseAnswer carries the call out and cuts the connection.
	LoseAnswer bool `json:"lose_answer,omitempty" yaml:"lose_answer"`
	// AnswerDelay carries the call out at once and answers that much later, so
	// that webhooks overtake the answer.
	AnswerDelay Duration `json:"answer_delay,omitempty" yaml:"answer_delay"`
	// Hang cuts the connection after that long, without carrying the call out.
	Hang Duration `json:"hang,omitempty" yaml:"hang"`
	// Lag answers at once what takes effect that much later.
	Lag Duration `json:"lag,omitempty" yaml:"lag"`
	// ExpireToken makes the token that the call carries invalid before the call
	// is carried out.
	ExpireToken bool `json:"expire_token,omitempty" yaml:"expire_token"`

	// For events. Hold keeps one back until the rules are replaced, Drop for
	// ever, and Twice sends it two times, with one event id.
	Hold  bool `json:"hold,omitempty" yaml:"hold"`
	Drop  bool `json:"drop,omitempty" yaml:"drop"`
	Twice bool `json:"twice,omitempty" yaml:"twice"`
	// BadSignature signs the first attempt wrongly; Age lets it claim to have
	// been sent that long ago.
	BadSignature bool     `json:"bad_signature,omitempty" yaml:"bad_signature"`
	Age          Duration `json:"age,omitempty" yaml:"age"`

	Seen int `json:"seen" yaml:"-"` // matches so far
	Used int `json:"used" yaml:"-"` // of these, acted on
}

const eventRule = "webhook"

// check says what is wrong with a rule.
func (f *Fault) check(v *violations, name string) {
	words := strings.Fields(f.Match)
	onCalls := f.Status != 0 || f.LoseAnswer || f.Hang > 0 || f.Lag > 0 || f.AnswerDelay > 0 || f.RetryAfter != "" || f.ExpireToken
	onEvents := f.Hold || f.Drop || f.Twice || f.BadSignature || f.Age > 0
	switch {
	case len(words) < 2:
		v.add(name+".match", f.Match, "invalid_match", "%s.match: say \"METHOD /path\" or \"webhook EVENT\".", name)
	case words[0] == eventRule && onCalls:
		v.add(name, f.Match, "invalid_action", "%s: status, retry_after, lose_answer, answer_delay, hang, lag and expire_token are for calls.", name)
	case words[0] == eventRule:
	case len(words) != 2 || !validPattern(words[1]):
		v.add(name+".match", f.Match, "invalid_match", "%s.match: %q is not \"METHOD /path\".", name, f.Match)
	case onEvents:
		v.add(name, f.Match, "invalid_action", "%s: hold, drop, twice, bad_signature and age are for events.", name)
	}
	if !onCalls && !onEvents && f.Delay == 0 {
		v.add(name, f.Match, "no_action", "%s: says nothing to do.", name)
	}
	if f.Status != 0 && (f.Status < 200 || f.Status > 599) {
		v.add(name+".status", fmt.Sprint(f.Status), "invalid_status", "%s.status: %d is no status.", name, f.Status)
	}
	if f.RetryAfter != "" && f.Status == 0 {
		v.add(name+".retry_after", f.RetryAfter, "invalid_action", "%s.retry_after: goes with status.", name)
	}
	if f.Skip < 0 || f.Times < 0 {
		v.add(name, f.Match, "invalid_times", "%s: skip and times may not be negative.", name)
	}
}

func validPattern(pattern string) bool {
	_, err := path.Match(pattern, "")
	return err == nil && strings.HasPrefix(pattern, "/")
}

// matchesCall tells whether "METHOD /pattern" names a call.
func matchesCall(match, method, where string) bool {
	words := strings.Fields(match)
	if len(words) != 2 || (words[0] != "*" && !strings.EqualFold(words[0], method)) {
		return false
	}
	ok, err := path.Match(words[1], where)
	return err == nil && ok
}

// matchesEvent tells whether "webhook KIND tag…" names an event.
func matchesEvent(match string, e event) bool {
	words := strings.Fields(match)
	if len(words) < 2 || words[0] != eventRule || (words[1] != "*" && words[1] != e.EventType) {
		return false
	}
	for _, tag := range words[2:] {
		if !slices.Contains(e.tags, tag) {
			return false
		}
	}
	return true
}

// faults are the rules in force. Not safe for concurrent use.
type faults struct{ rules []*Fault }

func (f *faults) pickCall(method, where string) *Fault {
	return f.pick(func(r *Fault) bool { return matchesCall(r.Match, method, where) })
}

func (f *faults) pickEvent(e event) *Fault {
	return f.pick(func(r *Fault) bool { return matchesEvent(r.Match, e) })
}

// pick is the rule that acts, nil if none does.
func (f *faults) pick(matches func(*Fault) bool) *Fault {
	for _, r := range f.rules {
		if !matches(r) || (r.Times > 0 && r.Used >= r.Times) {
			continue
		}
		r.Seen++
		if r.Seen <= r.Skip {
			continue
		}
		r.Used++
		return r
	}
	return nil
}
