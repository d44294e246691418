package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// What a step of a script waits for.
const (
	cueOffered = "offered" // a ticket waits that the agent may take
	cueJoined  = "joined"  // the agent has taken a ticket
	cueMessage = "message" // the customer has said something
	cueThen    = "then"    // the step above has been done
)

// What a step does.
const (
	doAccept   = "accept"
	doDecline  = "decline"
	doSay      = "say"
	doCard     = "card"
	doAttach   = "attach"
	doTyping   = "typing"
	doTransfer = "transfer"
	doLeave    = "leave"
)

// Step is one line of an agent's script: when On happens, wait After, then Do.
// Of several steps for one cue the first that fits is done; steps On "then"
// follow the one above them. A step is dropped if the ticket has meanwhile
// changed hands.
type Step struct {
	// On is offered, joined, message or then.
	On string `json:"on" yaml:"on"`
	// Contains limits a message step to texts with one of these words, in any
	// case (none: every text).
	Contains []string `json:"contains,omitempty" yaml:"contains"`
	// After is how long the agent takes.
	After Duration `json:"after,omitempty" yaml:"after"`
	// Do is accept, decline, say, card, attach, typing, transfer or leave.
	Do string `json:"do" yaml:"do"`
	// Text is what to say, also beside a card or a file.
	Text string `json:"text,omitempty" yaml:"text"`
	// Queue is where to transfer to.
	Queue string `json:"queue,omitempty" yaml:"queue"`
	// Card is what to send with Do card.
	Card *StepCard `json:"card,omitempty" yaml:"card"`
	// File is what to send with Do attach.
	File *StepFile `json:"file,omitempty" yaml:"file"`
}

// StepCard is a card of a script: an Adaptive Card unless ContentType names
// another kind.
type StepCard struct {
	ContentType string         `json:"contentType,omitempty" yaml:"contentType"`
	Content     map[string]any `json:"content" yaml:"content"`
}

// request is the card as the API would be sent it.
func (c StepCard) request() (cardRequest, error) {
	content, err := json.Marshal(c.Content)
	if err != nil {
		return cardRequest{}, fmt.Errorf("encode card: %w", err)
	}
	return cardRequest{ContentType: c.ContentType, Content: content}, nil
}

// StepFile is a file of a script. Its type is found out if it is not said.
type StepFile struct {
	Name string `json:"name" yaml:"name"`
	Type string `json:"type,omitempty" yaml:"type"`
	Text string `json:"text" yaml:"text"` // its content
}

// Script is a file of queues, agents, and scripts of the contact centre itself.
type Script struct {
	Queues []Queue `yaml:"queues"`
	Flows  []Flow  `yaml:"flows"`
	Agents []Agent `yaml:"agents"`
}

// ParseScript reads a Script from YAML. Unknown keys are errors; all that is
// wrong with the steps is reported at once.
func ParseScript(data []byte) (Script, error) {
	var s Script
	if err := yaml.UnmarshalWithOptions(data, &s, yaml.Strict()); err != nil {
		return Script{}, fmt.Errorf("parse script: %w", err)
	}
	var wrong []error
	seen := make(map[string]bool)
	for i, a := range s.Agents {
		if seen[a.ID] {
			wrong = append(wrong, fmt.Errorf("agents[%d].id: %q is there twice", i, a.ID))
		}
		seen[a.ID] = true
		if err := a.check(fmt.Sprintf("agents[%d].", i)).err(); err != nil {
			wrong = append(wrong, err)
		}
	}
	for i, q := range s.Queues {
		if q.ID == "" {
			wrong = append(wrong, fmt.Errorf("queues[%d].id is required", i))
		}
	}
	for i, f := range s.Flows {
		if f.ID == "" || f.Queue == "" {
			wrong = append(wrong, fmt.Errorf("flows[%d]: id and queue are required", i))
		}
	}
	if err := errors.Join(wrong...); err != nil {
		return Script{}, fmt.Errorf("check script: %w", err)
	}
	return s, nil
}

// check says what is wrong with an agent; path is put before the names.
func (a Agent) check(path string) violations {
	var v violations
	v.require(path+"id", a.ID)
	if strings.ContainsAny(a.ID, "/?#") {
		v.add(path+"id", a.ID, "invalid_id", "%sid: %q would not fit into a path.", path, a.ID)
	}
	if a.Capacity < 0 {
		v.add(path+"capacity", fmt.Sprint(a.Capacity), "invalid_capacity", "%scapacity: may not be negative.", path)
	}
	for _, l := range a.Languages {
		if !slices.Contains(languages(), l) {
			v.add(path+"languages", l, "invalid_language", "%slanguages: no language %q.", path, l)
		}
	}
	for i, step := range a.Script {
		step.check(&v, fmt.Sprintf("%sscript[%d].", path, i), i)
	}
	return v
}

func (s Step) check(v *violations, path string, position int) {
	if !slices.Contains([]string{cueOffered, cueJoined, cueMessage, cueThen}, s.On) {
		v.add(path+"on", s.On, "invalid_on", "%son: %q is not offered, joined, message or then.", path, s.On)
	}
	if s.On == cueThen && position == 0 {
		v.add(path+"on", s.On, "invalid_on", "%son: then needs a step above it.", path)
	}
	if len(s.Contains) > 0 && s.On != cueMessage {
		v.add(path+"contains", "", "invalid_contains", "%scontains: goes with on: message alone.", path)
	}
	switch s.Do {
	case doSay:
		v.require(path+"text", s.Text)
	case doTransfer:
		v.require(path+"queue", s.Queue)
	case doCard:
		s.checkCard(v, path)
	case doAttach:
		if s.File == nil {
			v.require(path+"file", "")
			return
		}
		v.require(path+"file.name", s.File.Name)
	case doAccept, doDecline, doTyping, doLeave:
	default:
		v.add(path+"do", s.Do, "invalid_do",
			"%sdo: %q is not accept, decline, say, card, attach, typing, transfer or leave.", path, s.Do)
	}
}

func (s Step) checkCard(v *violations, path string) {
	if s.Card == nil {
		v.require(path+"card", "")
		return
	}
	one, err := s.Card.request()
	if err != nil {
		v.add(path+"card", "", "invalid_card", "%scard: %v.", path, err)
		return
	}
	one.check(v, path+"card.")
}
