package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// rewrite changes a file, as old, new, old, new …; what is old must be in it.
func rewrite(t *testing.T, file string, changes ...string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(changes); i += 2 {
		if !strings.Contains(string(text), changes[i]) {
			t.Fatalf("%q is not in\n%s", changes[i], text)
		}
	}
	if err := os.WriteFile(file, []byte(strings.NewReplacer(changes...).Replace(string(text))), 0o600); err != nil {
		t.Fatal(err)
	}
}

// reloaded is what the operator's API answers.
type reloaded struct {
	Applied      bool
	Problems     []string
	Changed      []string
	NeedsRestart []string `json:"needs_restart"`
}

func (p *process) reload(t *testing.T) (answer reloaded, status int) {
	t.Helper()
	body, status := fetched(t, http.MethodPost, p.ops+"/api/v1/reload", "operator", "")
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatal(err, body)
	}
	return answer, status
}

const shop = `channels:
  shop:
    line: directline
    secrets: [sixteen-characters-of-a-shop]
    desk: acme
    desk_channel: Web support
    bot: echo
    handoff: {targets: {default: {queue: "101"}}}
`

// TestReload: by SIGHUP a bot is replaced while it is at a turn, which ends as
// it began; a channel comes, with its customers and its webhook; and what
// cannot change is said.
func TestReload(t *testing.T) {
	t.Parallel()
	asked := newErrands(t)
	file := withDesk(t, centre(t), ", echo]", ", errand]")
	p := serving(t, file)
	c := begun(t, p.front)
	c.says(p.front, asked.url+"/first")
	<-asked.asked
	if _, status := fetched(t, http.MethodPost, p.front+"/8x8/acme/shop", "", "{}"); status != http.StatusNotFound {
		t.Errorf("a webhook that is not there: %d", status)
	}
	rewrite(t, file, ", errand]", ", echo, words.txt]", "channels:\n", shop, "listen: 127.0.0.1:0\n", "listen: 127.0.0.1:1\n")
	p.signal(t, syscall.SIGHUP)
	p.logs(t, "the configuration is reloaded")
	p.logs(t, "stays as it was until the next start\" key=listen")
	asked.answers <- "the answer to the first"
	c.sees(p.front, "the answer to the first")
	c.says(p.front, "hi")
	c.sees(p.front, "You said: hi")
	if _, status := fetched(t, http.MethodPost, p.front+"/v3/directline/conversations", "sixteen-characters-of-a-shop", ""); status != http.StatusCreated {
		t.Errorf("the new channel: %d", status)
	}
	if _, status := fetched(t, http.MethodPost, p.front+"/8x8/acme/shop", "", "{}"); status != http.StatusUnauthorized {
		t.Errorf("its webhook: %d", status)
	}
	answer, status := p.reload(t)
	want := reloaded{Applied: true, Problems: []string{}, Changed: []string{}, NeedsRestart: []string{"listen"}}
	if diff := cmp.Diff(want, answer); diff != "" || status != http.StatusOK {
		t.Errorf("nothing has changed: %d, -want +got\n%s", status, diff)
	}
	written := filepath.Join(filepath.Dir(file), "words.txt") // an argument of the bot's
	if err := os.WriteFile(written, []byte("new"), 0o600); err != nil {
		t.Fatal(err)
	}
	if answer, _ = p.reload(t); !cmp.Equal(answer.Changed, []string{"bots.echo"}) {
		t.Errorf("a file of the bot's has changed: %+v", answer)
	}
	p.signal(t, syscall.SIGTERM)
	p.ends(t)
}

// TestBadReload: a file with something wrong changes nothing, and everything
// that is wrong is said: by the file itself, and by a bot that does not start.
// A channel that is gone rests until it is back.
func TestBadReload(t *testing.T) {
	t.Parallel()
	file := withDesk(t, centre(t))
	p := serving(t, file)
	c := begun(t, p.front)

	rewrite(t, file, "    bot: echo\n", "    bot: ecko\n    greeet: true\n")
	p.signal(t, syscall.SIGHUP)
	p.logs(t, "the configuration is not reloaded")
	wrong := []string{
		file + `:13: channels.web.bot: no bot named "ecko" (did you mean "echo"?)`,
		file + `:14: channels.web.greeet: unknown key (did you mean "greet"?)`,
	}
	answer, status := p.reload(t)
	if diff := cmp.Diff(wrong, answer.Problems); diff != "" || status != http.StatusUnprocessableEntity || answer.Applied {
		t.Errorf("%d %+v: -want +got\n%s", status, answer, diff)
	}
	for _, problem := range wrong {
		p.logs(t, strings.ReplaceAll(problem, `"`, `\"`))
	}
	if shown, _ := fetched(t, http.MethodGet, p.ops+"/metrics", "", ""); !strings.Contains(shown, "\npatchbay_reload_ok 0\n") ||
		!strings.Contains(shown, "\npatchbay_reloads_total{result=\"refused\"} 2\n") {
		t.Error("the metrics do not tell")
	}
	c.says(p.front, "hi")
	c.sees(p.front, "You said: hi")

	rewrite(t, file, "    bot: ecko\n    greeet: true\n", "    bot: lost\n", "bots: {", "bots: {lost: {command: [/nowhere/bot]}, ")
	answer, status = p.reload(t)
	if status != http.StatusUnprocessableEntity || len(answer.Problems) != 1 ||
		!strings.HasPrefix(answer.Problems[0], file+":6: bots.lost: start bot lost: ") {
		t.Errorf("%d %q", status, answer.Problems)
	}
	c.says(p.front, "hi again")
	c.sees(p.front, "You said: hi again")

	rewrite(t, file, "    bot: lost\n", "    bot: echo\n", "lost: {command: [/nowhere/bot]}, ", "", "  web:\n", "  site:\n")
	if answer, status = p.reload(t); status != http.StatusOK || !cmp.Equal(answer.Changed, []string{"channels.site", "channels.web"}) {
		t.Errorf("%d %+v", status, answer)
	}
	if _, status := fetched(t, http.MethodGet, p.front+"/v3/directline/conversations/"+c.id+"/activities", c.token, ""); status == http.StatusOK {
		t.Error("the channel is not gone")
	}
	rewrite(t, file, "  site:\n", "  web:\n")
	if answer, status = p.reload(t); status != http.StatusOK {
		t.Errorf("%d %+v", status, answer)
	}
	c.says(p.front, "hi once more")
	c.sees(p.front, "You said: hi once more")
	if shown, _ := fetched(t, http.MethodGet, p.ops+"/metrics", "", ""); !strings.Contains(shown, "\npatchbay_reload_ok 1\n") {
		t.Error("the metrics do not tell")
	}
}
