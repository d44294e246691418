package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// mostAnswers is how many answers are given at once.
const mostAnswers = 10

// heard is what is to be done about the things a customer said in one turn.
type heard struct {
	answers  []int  // to give, each once
	options  []int  // to offer, for several fit as well
	close    []int  // to offer with the fallback, for none fits well
	handoff  string // reason, if people are wanted
	declined bool   // the offer of a person
}

// nothing reports that nothing was understood.
func (h heard) nothing() bool {
	return len(h.answers) == 0 && len(h.options) == 0 && h.handoff == "" && !h.declined
}

// hear answers what the customer said: each thing once, and whoever asks for
// people gets them when all the rest is answered.
func (t *talk) hear(texts []string) error {
	said := distinct(texts)
	h := t.understand(said)
	t.state.Offered = false
	if err := t.answer(&h); err != nil {
		return err
	}
	options := slices.DeleteFunc(h.options, func(a int) bool { return slices.Contains(h.answers, a) })
	switch {
	case h.handoff != "":
		return t.handOff(h)
	case len(options) > 0:
		return t.offer("did_you_mean", t.questions(options))
	case h.declined:
		t.state.Misses = 0
		return t.say("declined")
	case h.nothing():
		return t.miss(h)
	}
	return nil
}

// distinct leaves out what is empty or said before.
func distinct(texts []string) []string {
	var said, seen []string
	for _, text := range texts {
		if key := plain(text); key != "" && !slices.Contains(seen, key) {
			said, seen = append(said, text), append(seen, key)
		}
	}
	return said
}

// understand finds out what is wanted. A question in pieces is put together
// when that is a known one, or when the pieces alone mean nothing.
func (t *talk) understand(said []string) heard {
	var h heard
	if _, exact := t.matcher.exact(strings.Join(said, " ")); exact {
		said = []string{strings.Join(said, " ")}
	}
	for _, text := range said {
		t.understandOne(text, &h)
	}
	if whole := strings.Join(said, " "); h.nothing() && len(said) > 1 {
		if f := t.matcher.find(whole); len(f.sure) > 0 {
			h.take(f)
		}
	}
	return h
}

func (t *talk) understandOne(text string, h *heard) {
	answer, exact := t.matcher.exact(text)
	switch {
	case t.state.Offered && t.isOneOf(text, "yes", t.file.YesWords):
		h.handoff = "accepted the offer of a person"
	case t.state.Offered && t.isOneOf(text, "no", t.file.NoWords):
		h.declined = true
	case exact:
		t.state.asked(text)
		h.add(answer)
	case t.wantsPeople(text):
		h.handoff = "asked for a person"
		t.state.asked(text)
		if f := t.matcher.find(text); len(f.sure) == 1 {
			t.state.about(t.file.Answers[f.sure[0]].Topic)
		}
	default:
		t.state.asked(text)
		h.take(t.matcher.find(text))
	}
}

// take adds what was found: one that is sure is the answer.
func (h *heard) take(f found) {
	if len(f.sure) == 1 {
		h.add(f.sure[0])
	} else {
		h.options = merge(h.options, f.sure)
	}
	h.close = merge(h.close, f.close)
}

func (h *heard) add(answer int) {
	if len(h.answers) < mostAnswers {
		h.answers = merge(h.answers, []int{answer})
	}
}

// merge appends what is not there yet.
func merge(to, from []int) []int {
	for _, n := range from {
		if !slices.Contains(to, n) {
			to = append(to, n)
		}
	}
	return to
}

// isOneOf reports whether text is a button's title or one of the words for it.
func (t *talk) isOneOf(text, button string, words []string) bool {
	said := plain(text)
	return said == plain(t.file.Texts[button]) || slices.ContainsFunc(words, func(w string) bool { return plain(w) == said })
}

func (t *talk) wantsPeople(text string) bool {
	said := words(text)
	return slices.ContainsFunc(t.file.HandoffWords, func(w string) bool { return hasPhrase(said, words(w)) })
}

// answer gives the answers; one that hands off is the last word.
func (t *talk) answer(h *heard) error {
	for _, n := range h.answers {
		a := t.file.Answers[n]
		t.state.Misses = 0
		t.state.about(a.Topic)
		if err := t.ask(a.Answer, a.QuickReplies); err != nil {
			return err
		}
		if a.Handoff && h.handoff == "" {
			h.handoff = fmt.Sprintf("asked: %s", a.Question)
		}
	}
	return nil
}

// miss is about a turn that asks for nothing that is known.
func (t *talk) miss(h heard) error {
	t.state.Misses++
	switch {
	case t.file.Misses == 0 || t.state.Misses < t.file.Misses:
		return t.offer("fallback", t.questions(h.close[:min(len(h.close), mostOptions)]))
	case t.file.OnMisses == "handoff":
		h.handoff = fmt.Sprintf("no answer to the last questions (%d)", t.state.Misses)
		return t.handOff(h)
	}
	t.state.Offered = true
	return t.offer("offer", []string{t.file.Texts["yes"], t.file.Texts["no"]})
}

// handOff asks for people and tells them what was talked about.
func (t *talk) handOff(h heard) error {
	if err := t.say("handoff"); err != nil {
		return err
	}
	properties := map[string]string{}
	if t.state.Topic != "" {
		properties["topic"] = t.state.Topic
	}
	if t.state.Misses > 0 {
		properties["misses"] = strconv.Itoa(t.state.Misses)
	}
	handoff := bot.Handoff{Target: t.target(), Reason: h.handoff, Summary: t.summary(), Properties: properties}
	t.state.Misses = 0
	return t.reply.Handoff(handoff)
}

// target is where people for the last topic are found; without one of its own it
// is the file's, and without that the channel's default.
func (t *talk) target() string {
	return cmp.Or(t.file.Topics[t.state.Topic].Target, t.file.Target)
}

// summary says in a few lines what was talked about.
func (t *talk) summary() string {
	var lines []string
	if len(t.state.Topics) > 0 {
		var titles []string
		for _, name := range t.state.Topics {
			if topic, ok := t.file.Topics[name]; ok {
				name = topic.Title
			}
			titles = append(titles, name)
		}
		lines = append(lines, "Topics: "+strings.Join(titles, ", "))
	}
	if len(t.state.Questions) > 0 {
		lines = append(lines, "Last questions:")
		for _, question := range t.state.Questions {
			lines = append(lines, "- "+question)
		}
	}
	return strings.Join(lines, "\n")
}
