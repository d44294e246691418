package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
)

// activity is what the demo looks at in a Direct Line activity.
type activity struct {
	Type             string                     `json:"type"`
	ID               string                     `json:"id"`
	Name             string                     `json:"name"`
	Text             string                     `json:"text"`
	From             struct{ ID, Name string }  `json:"from"`
	Value            json.RawMessage            `json:"value"`
	Attachments      []attachment               `json:"attachments"`
	SuggestedActions struct{ Actions []button } `json:"suggestedActions"`
}

// attachment is a card, or a file by its name.
type attachment struct{ ContentType, Name string }

// button is a quick reply.
type button struct{ Type, Title, Text, DisplayText, Value string }

// String is an activity as lines for a terminal; empty: it has nothing to show.
func (a activity) String() string {
	if a.Type == "event" {
		return "  (" + a.news() + ")\n"
	}
	if a.Type != "message" {
		return ""
	}
	by := cmp.Or(a.From.Name, a.From.ID)
	var b strings.Builder
	if a.Text != "" {
		fmt.Fprintf(&b, "%s: %s\n", by, a.Text)
	}
	for _, one := range a.Attachments {
		what := "card"
		if one.Name != "" {
			what = "file " + one.Name
		}
		fmt.Fprintf(&b, "  (%s shows a %s)\n", by, what)
	}
	var titles []string
	for _, one := range a.SuggestedActions.Actions {
		titles = append(titles, "["+one.Title+"]")
	}
	if len(titles) > 0 {
		fmt.Fprintf(&b, "  %s\n", strings.Join(titles, " "))
	}
	return b.String()
}

// news is an event in words.
func (a activity) news() string {
	var value struct {
		Status, Queue string
		Agent         struct{ ID, Name string }
	}
	if err := json.Unmarshal(a.Value, &value); err != nil || value.Status == "" {
		return strings.TrimSpace(a.Name + " " + string(a.Value))
	}
	agent := cmp.Or(value.Agent.Name, value.Agent.ID, "an agent")
	queued := "queued"
	if value.Queue != "" {
		queued += " in " + value.Queue
	}
	words := map[string]string{
		"handoff.status requested":   "an agent is asked for",
		"handoff.status delayed":     "an agent is asked for, and it takes longer",
		"handoff.status queued":      queued,
		"handoff.status joined":      agent + " joined",
		"handoff.status transferred": "transferred",
		"handoff.status agent_left":  agent + " left",
		"handoff.status refused":     "no agent is to be had",
		"handoff.status failed":      "no agent was to be had",
		"handoff.status cancelled":   "no agent is asked for any more",
		"handoff.status completed":   "the agents are done",
		"conversation.status ended":  "the conversation has ended",
	}
	return cmp.Or(words[a.Name+" "+value.Status], a.Name+" "+value.Status)
}
