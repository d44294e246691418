package host_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestReloadWithAgents: as long as customers are with the agents a channel
// keeps its contact centre, and always its line; anything else changes around
// them.
func TestReloadWithAgents(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	c := s.newCustomer(webSecret)
	c.says("agent")
	c.awaitLast("<queued>")
	was := s.text

	status, answer := s.reload(strings.ReplaceAll(was, "tenant01", "tenant02"))
	if status != http.StatusUnprocessableEntity || len(answer.Problems) != 1 ||
		!strings.Contains(answer.Problems[0], "channels.web.desk: cannot change now: customers of the channel are in a queue") {
		t.Errorf("another tenant: %d %+v", status, answer)
	}
	status, answer = s.reload(strings.NewReplacer(
		"line: directline", "line: 8x8", "    secrets", "    #", "transfer_grace: 1s, ", "no_agent_after: 0s, ").Replace(was))
	if status != http.StatusUnprocessableEntity || !strings.Contains(answer.Problems[0], "channels.web.line: cannot change") {
		t.Errorf("another line: %d %+v", status, answer)
	}
	status, answer = s.reload(strings.ReplaceAll(was, "transfer_grace: 1s", "transfer_grace: 2s, cancel_words: [never mind]"))
	if status != http.StatusOK || !cmp.Equal(answer.Changed, []string{"channels.web"}) {
		t.Errorf("another setting: %d %+v", status, answer)
	}
	c.says("still here", "never mind")
	c.awaitLast("<cancelled>")
}

// TestReloadLimits: limits and proxies change with the rest, and with them whom
// a limit is for.
func TestReloadLimits(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	starts := func(customer string) int {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.front+"/v3/directline/tokens/generate", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+webSecret)
		req.Header.Set("X-Forwarded-For", customer)
		return s.do(req, nil)
	}
	limited := strings.ReplaceAll(s.text, "    desk: acme", "    limits: {starts: 1/h burst 1}\n    desk: acme")
	status, answer := s.reload(limited)
	if status != http.StatusOK || starts("192.0.2.1") != http.StatusOK || starts("192.0.2.2") != http.StatusTooManyRequests {
		t.Errorf("one for all: %d %+v", status, answer)
	}
	status, answer = s.reload("trusted_proxies: [127.0.0.0/8]\n" + limited)
	if status != http.StatusOK || !cmp.Equal(answer.Changed, []string{"trusted_proxies"}) {
		t.Errorf("a proxy: %d %+v", status, answer)
	}
	for _, customer := range []string{"192.0.2.3", "192.0.2.4"} {
		if first, second := starts(customer), starts(customer); first != http.StatusOK || second != http.StatusTooManyRequests {
			t.Errorf("one for each: %d, %d", first, second)
		}
	}
}

// TestReloadAddsAChannel: whoever is let in to a new channel finds it there.
func TestReloadAddsAChannel(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	channel := s.text[strings.Index(s.text, "  web:"):]
	for i := range 20 {
		name := fmt.Sprintf("web%d", i)
		secret := "secret of " + name + " only"
		text := s.text + strings.NewReplacer("  web:", "  "+name+":", webSecret, secret).Replace(channel)
		begun := make(chan int)
		go func() {
			status := http.StatusUnauthorized
			for status == http.StatusUnauthorized && t.Context().Err() == nil {
				req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, s.front+"/v3/directline/conversations", nil)
				req.Header.Set("Authorization", "Bearer "+secret)
				status = s.do(req, nil)
			}
			begun <- status
		}()
		if status, answer := s.reload(text); status != http.StatusOK {
			t.Fatalf("%d %+v", status, answer)
		}
		if status := <-begun; status != http.StatusCreated {
			t.Errorf("a conversation in %s: %d", name, status)
		}
	}
}

// reloaded is what a reload answers.
type reloaded struct{ Problems, Changed []string }

// reload has the host read another configuration.
func (s *stage) reload(text string) (status int, answer reloaded) {
	s.t.Helper()
	s.text = text
	status = s.call("POST", s.ops+"/api/v1/reload", opsToken, nil, &answer)
	return status, answer
}
