package simulator

import (
	"net/http"
	"strconv"
	"testing"
	"time"
)

func TestControlToken(t *testing.T) {
	inBox(t, Options{ControlToken: "secret"}, func(b *box) {
		for token, status := range map[string]int{"": 401, "Bearer wrong": 401, "Bearer secret": 200} {
			r, err := b.send(b.t.Context(), "GET", controlPath+"/state", http.Header{"Authorization": {token}}, nil)
			if err != nil || r.status != status {
				t.Errorf("%q: %d %s %v", token, r.status, r.raw, err)
			}
		}
	})
}

func TestControlRefusals(t *testing.T) {
	inBox(t, Options{}, func(b *box) {
		id := b.open()
		for call, want := range map[[3]string]string{
			{"GET", "/agents/x", ""}:                                          "404 not_found",
			{"GET", "/conversations/x", ""}:                                   "404 not_found",
			{"POST", "/agents/x/accept", ""}:                                  "404 not_found",
			{"POST", "/agents/ada/accept", `{"conversationId":"x"}`}:          "404 not_found",
			{"POST", "/agents/bob/accept", `{"conversationId":"` + id + `"}`}: "409 not_offered",
			{"POST", "/agents/ada/say", `{"text":"x"}`}:                       "409 which_conversation",
			{"POST", "/agents/ada/leave", `{"conversationId":"` + id + `"}`}:  "409 not_in_conversation",
			{"POST", "/agents/ada/accept", `{"conversation":"` + id + `"}`}:   "400 invalid_json_object",
			{"POST", "/agents", `{"id":"eve","queues":["112"]}`}:              "400 invalid_queue",
			{"POST", "/agents", `{"name":"Eve"}`}:                             "400 required",
			{"POST", "/queues", `{"name":"Sales"}`}:                           "400 required",
			{"PATCH", "/agents/ada", `{"queues":["112"]}`}:                    "400 invalid_queue",
			{"PATCH", "/agents/ada", `{"capacity":-1}`}:                       "400 invalid_capacity",
		} {
			r, err := b.send(b.t.Context(), call[0], controlPath+call[1], nil, call[2])
			if got := strconv.Itoa(r.status) + " " + r.text("error.code"); err != nil || got != want {
				t.Errorf("%v: %d %s %v, want %s", call, r.status, r.raw, err, want)
			}
		}
		b.control("POST", "/agents/ada/accept", nil)
		for path, body := range map[string]string{"say": `{"text":""}`, "transfer": `{"queue":"112"}`} {
			if r, _ := b.send(b.t.Context(), "POST", controlPath+"/agents/ada/"+path, nil, body); r.status != http.StatusBadRequest {
				t.Errorf("%s: %d %s", path, r.status, r.raw)
			}
		}
	})
}

func TestQueuesAndAgentsByControl(t *testing.T) {
	inBox(t, Options{}, func(b *box) {
		b.control("POST", "/queues", `{"id":"103","name":"Sales"}`)
		made := b.control("POST", "/agents", `{"id":"eve","name":"Eve","queues":["103"],"capacity":2,"away":true}`)
		if made.status != http.StatusCreated {
			t.Errorf("made: %d %s", made.status, made.raw)
		}
		b.gateway("POST", "/conversations", `{"channelId":"7","user":{},"assignment":{"id":"103"}}`)
		b.control("PATCH", "/agents/eve", `{"available":true}`)
		seen := b.control("POST", "/agents/eve/accept", nil)
		if seen.text("queue.name") != "Sales" || seen.text("holder") != "agent" || seen.text("agent") != "eve" {
			t.Errorf("accepted: %s", seen.raw)
		}
		if r := b.control("GET", "/state", nil); r.text("conversations.agent") != "1" || r.get("running") != true {
			t.Errorf("state: %s", r.raw)
		}
		if r := b.control("GET", "/conversations", nil); r.text("conversations.0.messageCount") != "0" {
			t.Errorf("conversations: %s", r.raw)
		}
	})
}

func TestRequestRecord(t *testing.T) {
	inBox(t, Options{}, func(b *box) {
		b.open()
		b.gateway("GET", "/conversations/x", nil)
		r := b.control("GET", "/requests", nil)
		if r.text("total") != "2" || r.text("requests.1.path") != "/chat-gateway/v1/conversations/x" || r.text("requests.1.status") != "404" {
			t.Errorf("requests: %s", r.raw)
		}
		b.control("DELETE", "/requests", nil)
		if r := b.control("GET", "/requests", nil); r.text("total") != "2" || len(r.list("requests")) != 0 {
			t.Errorf("after forgetting: %s", r.raw)
		}
	})
}

func TestJournalIsBounded(t *testing.T) {
	var j journal
	for range 3 * journalLength {
		j.call(time.Time{}, "GET", "/", "/")
	}
	if len(j.calls) > journalLength || j.calls[len(j.calls)-1].Number != 3*journalLength {
		t.Errorf("%d calls are kept", len(j.calls))
	}
}
