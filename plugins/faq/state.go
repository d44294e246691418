package main

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// stateSchema numbers the layout of state. A change that an older faq could not
// read gets a new number.
const stateSchema = 1

const (
	mostTopics    = 10
	mostQuestions = 5
	mostQuestion  = 200 // bytes
)

// state is what faq keeps of a conversation.
type state struct {
	// Misses in a row.
	Misses int `json:"misses,omitempty"`
	// Offered: the last thing said was the offer of a person.
	Offered bool `json:"offered,omitempty"`
	// Topics asked about, in order.
	Topics []string `json:"topics,omitempty"`
	// Topic is the last of them.
	Topic string `json:"topic,omitempty"`
	// Questions, the last few, as the customer put them.
	Questions []string `json:"questions,omitempty"`
}

// stateOf reads the state of a conversation; one that cannot be read is worth
// less than an answer, so it is begun anew.
func stateOf(t *bot.Turn) state {
	var s state
	if len(t.State) == 0 || t.StateSchema != stateSchema || json.Unmarshal(t.State, &s) != nil {
		return state{}
	}
	return s
}

func (s state) encode() []byte {
	raw, err := json.Marshal(s)
	if err != nil {
		return nil // a struct of texts and numbers has no errors
	}
	return raw
}

// asked remembers a question.
func (s *state) asked(text string) {
	if len(text) > mostQuestion {
		text = strings.ToValidUTF8(text[:mostQuestion], "") + "…"
	}
	s.Questions = append(s.Questions, strings.Join(strings.Fields(text), " "))
	s.Questions = s.Questions[max(0, len(s.Questions)-mostQuestions):]
}

// about remembers a topic.
func (s *state) about(topic string) {
	if topic == "" {
		return
	}
	s.Topic = topic
	if !slices.Contains(s.Topics, topic) {
		s.Topics = append(s.Topics, topic)
	}
	s.Topics = s.Topics[max(0, len(s.Topics)-mostTopics):]
}
