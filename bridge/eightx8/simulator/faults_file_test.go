package simulator

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParseFaults(t *testing.T) {
	want := []Fault{
		{Match: "POST /conversations", Times: 2, Status: 503, RetryAfter: "1"},
		{Match: "webhook QUEUED", Delay: Duration(10 * time.Second), Twice: true},
	}
	for name, text := range map[string]string{
		"a list": `
- {match: POST /conversations, times: 2, status: 503, retry_after: "1"}
- match: webhook QUEUED
  delay: 10s
  twice: true
`,
		"an object": `faults: [{match: POST /conversations, times: 2, status: 503, retry_after: "1"},
  {match: webhook QUEUED, delay: 10s, twice: true}]`,
		"JSON": `[{"match":"POST /conversations","times":2,"status":503,"retry_after":"1"},
			{"match":"webhook QUEUED","delay":"10s","twice":true}]`,
	} {
		got, err := ParseFaults([]byte(text))
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
	if got, err := ParseFaults(nil); err != nil || len(got) != 0 {
		t.Errorf("nothing: %v, %v", got, err)
	}
	for text, want := range map[string]string{
		"- {match: POST /x, stats: 500}":              `unknown field "stats"`,
		"- {match: POST /x, seen: 1, status: 500}":    "unknown field",
		"- {match: POST /x}":                          "faults[0]: says nothing to do",
		"- {match: x, status: 500}":                   `faults[0].match: say "METHOD /path"`,
		"- {match: POST /x, delay: soon}":             "parse duration",
		"- {match: webhook QUEUED, answer_delay: 1s}": "are for calls",
		"-":      "faults[0] is required",
		"a word": "parse faults",
	} {
		if _, err := ParseFaults([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n  = %v\n  want %s", text, err, want)
		}
	}
}

func TestFaultsFromTheStart(t *testing.T) {
	inBox(t, Options{Faults: []Fault{{Match: "GET /channels", Times: 1, Status: 500}}}, func(b *box) {
		for _, want := range []int{500, 200} {
			if r := b.gateway("GET", "/channels", nil); r.status != want {
				t.Errorf("%d, want %d", r.status, want)
			}
		}
	})
}

func TestWebhooksOvertakeTheAnswer(t *testing.T) {
	inBox(t, Options{}, func(b *box) {
		b.faults(`[{"match":"POST /conversations","times":1,"answer_delay":"5s"}]`)
		start := time.Now()
		done := make(chan reply, 1)
		go func() {
			done <- b.gateway("POST", "/conversations", `{"channelId":"7","user":{}}`)
		}()
		b.expect(
			"CONVERSATION_UPDATE created queue 101", "CONVERSATION_UPDATE active queue 101",
			"MEMBERS_CHANGED user user joined", "QUEUED 101 Support",
		)
		r := <-done
		if r.status != http.StatusAccepted || r.text("conversationId") == "" || time.Since(start) != 5*time.Second {
			t.Errorf("answer after %s: %d %s", time.Since(start), r.status, r.raw)
		}
	})
}
