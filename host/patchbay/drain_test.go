package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// secret of the channel of these tests.
const secret = "sixteen-characters-or-more"

// errands is a place where bots of the name ask, and wait for an answer.
type errands struct {
	url   string
	asked chan string
	// answers are what they are told, one each.
	answers chan string
}

func newErrands(t *testing.T) *errands {
	e := &errands{asked: make(chan string, 10), answers: make(chan string, 10)}
	e.url = served(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e.asked <- r.URL.Path
		select {
		case answer := <-e.answers:
			fmt.Fprint(w, answer)
		case <-r.Context().Done():
		}
	}))
	return e
}

// chat is a conversation of a customer's.
type chat struct {
	t         *testing.T
	id, token string
}

// begun is a conversation that has begun.
func begun(t *testing.T, front string) *chat {
	t.Helper()
	body, status := fetched(t, http.MethodPost, front+"/v3/directline/conversations", secret, `{"user":{"id":"kim"}}`)
	var c struct{ ConversationID, Token string }
	if err := json.Unmarshal([]byte(body), &c); err != nil || status != http.StatusCreated {
		t.Fatal(err, status, body)
	}
	return &chat{t, c.ConversationID, c.Token}
}

func (c *chat) says(front, text string) {
	c.t.Helper()
	body, status := fetched(c.t, http.MethodPost, front+"/v3/directline/conversations/"+c.id+"/activities", c.token,
		fmt.Sprintf(`{"type":"message","text":%q}`, text))
	if status != http.StatusOK {
		c.t.Fatalf("say %q: %d %s", text, status, body)
	}
}

// sees waits until the customer sees a text.
func (c *chat) sees(front, text string) {
	c.t.Helper()
	eventually(c.t, text, func() bool {
		body, _ := fetched(c.t, http.MethodGet, front+"/v3/directline/conversations/"+c.id+"/activities", c.token, "")
		return strings.Contains(body, `"`+text+`"`)
	})
}

func (p *process) signal(t *testing.T, signal syscall.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
}

// ends waits until the process has ended well.
func (p *process) ends(t *testing.T) {
	t.Helper()
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, &p.log)
	}
}

// logs waits until the process has logged something.
func (p *process) logs(t *testing.T, text string) {
	t.Helper()
	eventually(t, text, func() bool { return strings.Contains(p.log.String(), text) })
}

// TestDrain: a host that is told to stop says that it is not ready, begins no
// conversations, goes on with those that have begun, and lets a turn come to
// its end. What was said meanwhile is answered by the next host. A connection
// that was made ahead of its use is not waited for.
func TestDrain(t *testing.T) {
	t.Parallel()
	asked := newErrands(t)
	file := withDesk(t, centre(t), "drain: 0s", "drain: 1s", ", echo]", ", errand]")
	p := serving(t, file)
	ahead, err := net.Dial("tcp", strings.TrimPrefix(p.front, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer ahead.Close()
	c := begun(t, p.front)
	c.says(p.front, asked.url+"/first")
	<-asked.asked
	p.signal(t, syscall.SIGTERM)
	eventually(t, "readyz fails", func() bool {
		body, status := fetched(t, http.MethodGet, p.ops+"/readyz", "", "")
		return status == http.StatusServiceUnavailable && strings.Contains(body, "the host is stopping")
	})
	for _, path := range []string{"conversations", "tokens/generate"} {
		if body, status := fetched(t, http.MethodPost, p.front+"/v3/directline/"+path, secret, ""); status != http.StatusServiceUnavailable {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	p.logs(t, "no more turns begin")
	c.says(p.front, asked.url+"/second")
	asked.answers <- "the answer to the first"
	told := time.Now()
	p.ends(t)
	if took := time.Since(told); took > endsWithin {
		t.Errorf("it has taken %s to end\n%s", took, &p.log)
	}
	if strings.Contains(p.log.String(), "cut off") || len(asked.asked) > 0 {
		t.Errorf("%d turns began\n%s", len(asked.asked), &p.log)
	}

	p = serving(t, file)
	c.sees(p.front, "the answer to the first")
	if path := <-asked.asked; path != "/second" {
		t.Errorf("put to the bot: %s", path)
	}
	asked.answers <- "the answer to the second"
	c.sees(p.front, "the answer to the second")
}

// endsWithin is less than a server waits for connections without requests, and
// than a turn may take.
const endsWithin = 4 * time.Second

// TestSecondSignal: nothing is waited for, and the turn that was cut off is put
// to the bot again by the next host.
func TestSecondSignal(t *testing.T) {
	t.Parallel()
	asked := newErrands(t)
	file := withDesk(t, centre(t), "drain: 0s", "drain: 1m", ", echo]", ", errand]")
	p := serving(t, file)
	c := begun(t, p.front)
	c.says(p.front, asked.url+"/first")
	<-asked.asked
	p.signal(t, syscall.SIGTERM)
	p.logs(t, "msg=\"stopping")
	told := time.Now()
	p.signal(t, syscall.SIGINT)
	p.ends(t)
	if took := time.Since(told); took > endsWithin {
		t.Errorf("it has taken %s to end\n%s", took, &p.log)
	}

	p = serving(t, file)
	if path := <-asked.asked; path != "/first" {
		t.Errorf("put to the bot: %s", path)
	}
	asked.answers <- "the answer to the first"
	c.sees(p.front, "the answer to the first")
}
