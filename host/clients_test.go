package host_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"
)

// play is a story as it is played with one of Microsoft's clients.
type play struct {
	*stage
	kim    *customer
	client *client
	// givesUp: the client does not come back by itself once it was cut off; its
	// page connects anew.
	givesUp bool
	// shows is what of all that there is to see the client shows, and in which
	// order.
	shows func(lines []string) []string

	expected []string    // is there to see
	place    func(*play) // where it is looked for now; nil: nowhere
}

// perform plays the story: after each step exactly what was said so far can be
// seen, each thing once.
func (p *play) perform() {
	p.t.Helper()
	for _, s := range story {
		s.happens(p)
		p.expected = append(p.expected, s.sees...)
		if p.place != nil {
			p.place(p)
		}
	}
	p.inTheJournal()
	p.awaitLines("what the agents see", func() []string {
		lines := p.agentSees()
		return lines[max(0, slices.Index(lines, atTheDesk[0])):]
	}, atTheDesk...)
}

func (p *play) atTheClient() {
	p.t.Helper()
	p.awaitLines("what the client shows", p.client.sees, p.shows(p.expected)...)
}

func (p *play) inTheJournal() {
	p.t.Helper()
	p.awaitLines("what there is to see", p.kim.sees, p.expected...)
}

// TestDirectLineJS: botframework-directlinejs sees each thing once and in
// order, whatever happens to its connection.
func TestDirectLineJS(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]map[string]any{
		"WebSocket": {"timeout": 2000}, // of a call, and until it is tried again
		"polling":   {"timeout": 20000, "webSocket": false, "pollingInterval": 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := &play{stage: newStage(t), shows: everything}
			p.kim = p.invite(webSecret)
			options["domain"], options["token"] = p.domain(), p.kim.Token
			raw, err := json.Marshal(options)
			if err != nil {
				t.Fatal(err)
			}
			p.client = newClient(t, "directline.mjs", string(raw))
			p.givesUp = options["webSocket"] == false // the first poll that fails is its last
			p.perform()
		})
	}
}

// domain is where clients find the host.
func (p *play) domain() string { return p.customers.url() + "/v3/directline" }

func everything(lines []string) []string { return lines }

// TestWebChat: the same with botframework-webchat, by what stands on its page,
// also when that is loaded once more.
func TestWebChat(t *testing.T) {
	t.Parallel()
	p := &play{stage: newStage(t), shows: saidThenNews}
	p.kim = p.invite(webSecret)
	pages := httptest.NewServer(http.FileServer(http.Dir(clientsFolder)))
	t.Cleanup(pages.Close)
	at := url.Values{"domain": {p.domain()}, "token": {p.kim.Token}}
	p.client = newClient(t, "webchat.mjs",
		pages.URL+"/webchat.html#"+at.Encode(), program(t, "chromium", "chromium-browser", "google-chrome"), t.TempDir())
	p.perform()

	p.client.forget()
	p.client.does("reload")
	p.atTheClient()
}

// saidThenNews: the page shows what was said, cards sent off aside, and beside
// it the news.
func saidThenNews(lines []string) []string {
	var said, news []string
	for _, line := range lines {
		switch {
		case line[0] == '<':
			news = append(news, line)
		case line != pressed:
			said = append(said, line)
		}
	}
	return append(said, news...)
}
