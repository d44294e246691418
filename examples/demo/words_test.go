package main

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWords: what a terminal shows of activities, as the host writes them.
func TestWords(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`{"type":"message","from":{"id":"bot","name":"faq"},"text":"Hello"}`: "faq: Hello\n",
		`{"type":"message","from":{"id":"bot","name":"faq"},"text":"Well?","suggestedActions":{"actions":[
			{"type":"imBack","title":"Yes","value":"Yes"},{"type":"messageBack","title":"No, thanks","value":"n"}]}}`: "faq: Well?\n  [Yes] [No, thanks]\n",
		`{"type":"message","from":{"id":"system"},"attachments":[{"contentType":"image/png","name":"a.png"},
			{"contentType":"application/vnd.microsoft.card.adaptive","content":{}}]}`: "  (system shows a file a.png)\n  (system shows a card)\n",
		`{"type":"typing","from":{"id":"bot"}}`:                                                                 "",
		`{"type":"event","name":"handoff.status","value":{"status":"requested"}}`:                               "  (an agent is asked for)\n",
		`{"type":"event","name":"handoff.status","value":{"status":"queued","queue":"101"}}`:                    "  (queued in 101)\n",
		`{"type":"event","name":"handoff.status","value":{"status":"queued"}}`:                                  "  (queued)\n",
		`{"type":"event","name":"handoff.status","value":{"status":"joined","agent":{"id":"a1","name":"Ada"}}}`: "  (Ada joined)\n",
		`{"type":"event","name":"handoff.status","value":{"status":"agent_left","agent":{"id":"a1"}}}`:          "  (a1 left)\n",
		`{"type":"event","name":"handoff.status","value":{"status":"transferred"}}`:                             "  (transferred)\n",
		`{"type":"event","name":"handoff.status","value":{"status":"completed"}}`:                               "  (the agents are done)\n",
		`{"type":"event","name":"conversation.status","value":{"status":"ended"}}`:                              "  (the conversation has ended)\n",
		`{"type":"event","name":"handoff.status","value":{"status":"something new"}}`:                           "  (handoff.status something new)\n",
		`{"type":"event","name":"weather","value":["rain"]}`:                                                    "  (weather [\"rain\"])\n",
	} {
		var a activity
		if err := json.Unmarshal([]byte(raw), &a); err != nil {
			t.Fatal(raw, err)
		}
		if got := a.String(); got != want {
			t.Errorf("%s\nis shown as %q, not %q", raw, got, want)
		}
	}
}

// TestPressed: a quick reply that is typed is pressed, as a client does it.
func TestPressed(t *testing.T) {
	t.Parallel()
	offer := activity{Type: "message"}
	offer.From.ID = "bot"
	offer.SuggestedActions.Actions = []button{
		{Type: "imBack", Title: "Yes"}, {Type: "messageBack", Title: "No", Text: "No", DisplayText: "No", Value: "n"},
	}
	for text, want := range map[string]map[string]any{
		"Yes":   {"type": "message", "text": "Yes", "channelData": map[string]any{"clientActivityID": "demo-1"}},
		"Maybe": {"type": "message", "text": "Maybe", "channelData": map[string]any{"clientActivityID": "demo-1"}},
		" no ": {"type": "message", "text": "No", "value": "n", "channelData": map[string]any{
			"clientActivityID": "demo-1", "messageBack": map[string]string{"displayText": "No"},
		}},
	} {
		c := &customer{user: "dl_you", seen: []activity{offer, {Type: "event"}}}
		if diff := cmp.Diff(want, c.pressed(c.says(text))); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestHostURL(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"localhost:8080":                     "http://localhost:8080",
		"127.0.0.1:8080/":                    "http://127.0.0.1:8080",
		"http://h.test:1/v3/directline":      "http://h.test:1",
		"https://chat.example.com/patchbay/": "https://chat.example.com/patchbay",
	} {
		if got := hostURL(given); got != want {
			t.Errorf("%s is %s, not %s", given, got, want)
		}
	}
}
