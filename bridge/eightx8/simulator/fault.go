package simulator

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// fault is a rule about what goes wrong. Match names calls ("POST
// /conversations/*/messages", the path as below /chat-gateway/v1, "*" for any
// method and for any one part) or events ("webhook QUEUED", "webhook
// MEMBERS_CHANGED agent left", "webhook *"). The first rule that matches and is
// not used up is the one that acts.
type fault struct {
	Match string `json:"match"`
	Skip  int    `json:"skip,omitempty"`  // matches let through first
	Times int    `json:"times,omitempty"` // matches acted on (0: all)

	// For calls and events.
	Delay Duration `json:"delay,omitempty"` // a call is carried out, an event sent, that much later

	// For calls.
	Status     int      `json:"status,omitempty"`      // answered, not carried out
	RetryAfter string   `json:"retry_after,omitempty"` // the header that goes with status
	LoseAnswer bool     `json:"lose_answer,omitempty"` // carried out, then the connection is cut
	Hang       Duration `json:"hang,omitempty"`        // not carried out; cut after that long
	Lag        Duration `json:"lag,omitempty"`         // answered at once, takes effect that much later
	// ExpireToken makes the token that the call carries invalid before the call
	// is carried out.
	ExpireToken bool `json:"expire_token,omitempty"`

	// For events.
	Hold         bool     `json:"hold,omitempty"`          // kept back until the rules are replaced
	Drop         bool     `json:"drop,omitempty"`          // never sent
	Twice        bool     `json:"twice,omitempty"`         // sent two times, with one event id
	BadSignature bool     `json:"bad_signature,omitempty"` // the first attempt is signed wrongly
	Age          Duration `json:"age,omitempty"`           // the first attempt claims to be that old

	Seen int `json:"seen"` // matches so far
	Used int `json:"used"` // of these, acted on
}

const eventRule = "webhook"

// check says what is wrong with a rule.
func (f *fault) check(v *violations, name string) {
	words := strings.Fields(f.Match)
	onCalls := f.Status != 0 || f.LoseAnswer || f.Hang > 0 || f.Lag > 0 || f.RetryAfter != "" || f.ExpireToken
	onEvents := f.Hold || f.Drop || f.Twice || f.BadSignature || f.Age > 0
	switch {
	case len(words) < 2:
		v.add(name+".match", f.Match, "invalid_match", "%s.match: say \"METHOD /path\" or \"webhook EVENT\".", name)
	case words[0] == eventRule && onCalls:
		v.add(name, f.Match, "invalid_action", "%s: status, retry_after, lose_answer, hang, lag and expire_token are for calls.", name)
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
type faults struct{ rules []*fault }

func (f *faults) pickCall(method, where string) *fault {
	return f.pick(func(r *fault) bool { return matchesCall(r.Match, method, where) })
}

func (f *faults) pickEvent(e event) *fault {
	return f.pick(func(r *fault) bool { return matchesEvent(r.Match, e) })
}

// pick is the rule that acts, nil if none does.
func (f *faults) pick(matches func(*fault) bool) *fault {
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
