package host_test

import (
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

// reloaded is what a reload answers.
type reloaded struct{ Problems, Changed []string }

// reload has the host read another configuration.
func (s *stage) reload(text string) (status int, answer reloaded) {
	s.t.Helper()
	s.text = text
	status = s.call("POST", s.ops+"/api/v1/reload", opsToken, nil, &answer)
	return status, answer
}
