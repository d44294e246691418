package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"syscall"
	"testing"
)

// TestPeople: what is kept of one person is shown and erased, by a host that
// runs; others are not touched, and who comes back is new.
func TestPeople(t *testing.T) {
	t.Parallel()
	file := withDesk(t, centre(t), `ops: {listen: "127.0.0.1:0"`, `ops: {listen: "`+free(t)+`"`)
	who := []string{"-c", file, "--channel", "web", "--user"}
	call := func(command string, more ...string) (stdout, stderr string, code int) {
		t.Helper()
		return called(t, append([]string{command}, append(who, more...)...)...)
	}
	if _, stderr, code := call("export", "kim"); code != exitWrong || !strings.Contains(stderr, "the host does not run") {
		t.Errorf("without a host: exit %d, %q", code, stderr)
	}
	p := serving(t, file)
	kim, again := begun(t, p.front), begun(t, p.front)
	for _, c := range []*chat{kim, again} {
		c.says(p.front, "my number is 4711")
		c.sees(p.front, "You said: my number is 4711")
	}
	body, _ := fetched(t, http.MethodPost, p.front+"/v3/directline/conversations", secret, `{"user":{"id":"lee"}}`)
	if !strings.Contains(body, "token") {
		t.Fatal(body)
	}

	stdout, stderr, code := call("export", "kim")
	var all struct {
		User          string
		Conversations []struct {
			Conversation struct{ ID string }
			Entries      []struct {
				Message struct{ Text string }
			}
		}
	}
	if err := json.Unmarshal([]byte(stdout), &all); err != nil || code != exitFine {
		t.Fatalf("exit %d, %v\n%s%s", code, err, stdout, stderr)
	}
	if len(all.Conversations) != 2 || all.Conversations[0].Conversation.ID != again.id || strings.Count(stdout, "You said: my number is 4711") != 2 {
		t.Errorf("exported\n%s", stdout)
	}
	if _, stderr, code = call("erase", "kim"); code != exitUsage || !strings.Contains(stderr, "--dry-run") {
		t.Errorf("neither: exit %d, %q", code, stderr)
	}
	if stdout, _, code = call("erase", "kim", "--dry-run"); code != exitFine || !strings.HasSuffix(stdout, "2 conversations, 2 would be erased\n") {
		t.Errorf("dry: exit %d, %q", code, stdout)
	}
	kim.sees(p.front, "You said: my number is 4711")
	if stdout, _, code = call("erase", "kim", "--yes"); code != exitFine || !strings.HasSuffix(stdout, "2 conversations, 2 erased\n") {
		t.Errorf("exit %d, %q", code, stdout)
	}
	if stdout, _, code = call("export", "kim"); code != exitFine || strings.Contains(stdout, "4711") {
		t.Errorf("exit %d, %q", code, stdout)
	}
	if stdout, _, _ = call("export", "lee"); !strings.Contains(stdout, `"id": "lee"`) {
		t.Errorf("lee's: %s", stdout)
	}
	if _, status := fetched(t, http.MethodGet, p.front+"/v3/directline/conversations/"+kim.id+"/activities", kim.token, ""); status != http.StatusNotFound {
		t.Errorf("the erased conversation: %d", status)
	}
	if _, status := fetched(t, http.MethodPost, p.front+"/v3/directline/conversations", kim.token, ""); status != http.StatusCreated {
		t.Errorf("kim comes back: %d", status)
	}
	kim.says(p.front, "hi")
	kim.sees(p.front, "You said: hi")
	if stdout, _, _ = call("export", "kim"); strings.Contains(stdout, "4711") || !strings.Contains(stdout, "You said: hi") {
		t.Errorf("the new one: %s", stdout)
	}
	if _, stderr, code = call("export", "kim", "--channel", "webb"); code != exitFine || !strings.Contains(stderr, `has no channel "webb"`) {
		t.Errorf("a channel that there is not: exit %d, %q", code, stderr)
	}
	p.signal(t, syscall.SIGTERM)
	p.ends(t)
}

// TestEraseWhatIsUnderWay: it is left, and named.
func TestEraseWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	asked := newErrands(t)
	file := withDesk(t, centre(t), `ops: {listen: "127.0.0.1:0"`, `ops: {listen: "`+free(t)+`"`, ", echo]", ", errand]")
	p := serving(t, file)
	c := begun(t, p.front)
	c.says(p.front, asked.url+"/first")
	<-asked.asked
	erase := func() (string, string, int) {
		return called(t, "erase", "-c", file, "--channel", "web", "--user", "kim", "--yes")
	}
	stdout, stderr, code := erase()
	if code != exitWrong || !strings.Contains(stdout, c.id+", 2 entries: kept: it is under way, held by bot\n") || !strings.Contains(stderr, "not everything") {
		t.Errorf("exit %d, %q, %q", code, stdout, stderr)
	}
	asked.answers <- "the answer"
	c.sees(p.front, "the answer")
	eventually(t, "erased", func() bool {
		_, _, code := erase()
		return code == exitFine
	})
}
