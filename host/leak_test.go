package host_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// The secrets of TestNothingLeaks.
var leakSecrets = map[string]string{
	"the API key":             "osprey-7711-api-key",
	"the Direct Line secret":  "osprey-7712-direct-line-secret",
	"the operator's token":    "osprey-7713-operators-token",
	"the bot's secret":        "osprey-7714-secret-of-the-bot",
	"another line's secret":   "osprey-7715-direct-line-of-shop",
	"what is not in the file": "osprey-7716-environment-of-the-host",
}

// newLeakWorld is a world whose secrets come from the environment and files,
// and whose bot repeats its own.
func newLeakWorld(t *testing.T) *world {
	t.Helper()
	dir := t.TempDir()
	for name, secret := range map[string]string{
		"OSPREY_API_KEY": leakSecrets["the API key"], "OSPREY_OPS": leakSecrets["the operator's token"],
		"OSPREY_BOT": leakSecrets["the bot's secret"], "OSPREY_OTHER": leakSecrets["what is not in the file"],
	} {
		t.Setenv(name, secret)
	}
	file := filepath.Join(dir, "web.secret")
	if err := os.WriteFile(file, []byte(leakSecrets["the Direct Line secret"]+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return newWorldAs(t, setting{apiKey: leakSecrets["the API key"], key: newKey(t), change: func(text string) string {
		return strings.NewReplacer(
			"api_key: simulator", "api_key: {env: OSPREY_API_KEY}",
			fmt.Sprintf("token: %q", opsToken), "token: {env: OSPREY_OPS}",
			fmt.Sprintf("[%q, echo]", os.Args[0]), fmt.Sprintf("[%q, blabber], secrets: {crm_token: {env: OSPREY_BOT}}", os.Args[0]),
			fmt.Sprintf("secrets: [%q]", webSecret), fmt.Sprintf("secrets: [{file: %q}]", file),
			fmt.Sprintf("secrets: [%q]", shopSecret), fmt.Sprintf("secrets: [%q]", leakSecrets["another line's secret"]),
		).Replace(text)
	}})
}

// TestNothingLeaks plays a conversation in which much goes wrong, at debug
// level, with a bot that repeats its secret. In the end no secret is in the
// log, the metrics, an answer, the store, the operator's API or what the system
// shows of the bot's process; and nothing that was said is in the log, the
// metrics, or what the operator sees.
func TestNothingLeaks(t *testing.T) {
	w := newLeakWorld(t)
	refusals := &strings.Builder{}
	refused := func(method, address, bearer string, body any) {
		t.Helper()
		var answer string
		if status := w.call(method, address, bearer, body, &answer); status < 400 {
			t.Errorf("%s %s: %d", method, address, status)
		}
		refusals.WriteString(answer + "\n")
	}
	c := playWithFaults(w)

	refused("GET", c.activities(), leakSecrets["another line's secret"], nil)
	refused("GET", c.activities(), c.Token[:len(c.Token)-1], nil)
	refused("POST", c.activities(), c.Token, `{"type": "message", "text": "`+textOfCustomer)
	refused("POST", c.activities(), c.Token, map[string]string{"type": textOfCustomer})
	refused("GET", w.front+"/v3/directline/"+url.PathEscape(leakSecrets["the Direct Line secret"]), leakSecrets["the Direct Line secret"], nil)
	refused("GET", w.ops+"/api/v1/conversations?holder="+leakSecrets["the API key"]+"x", "wrong", nil)
	refused("GET", w.ops+"/api/v1/conversations/none", leakSecrets["the operator's token"], nil)
	refused("GET", w.front+"/files/"+c.Token+"/x", "", nil)
	if status := w.post(newKey(t), hook{event: "forged", body: `{"eventType": "TRANSFER", "data": "` + textOfForger + `"}`}); status != http.StatusUnauthorized {
		t.Errorf("a forged event: %d", status)
	}

	var metrics, bots, conversations, tickets string
	for _, id := range w.tickets() {
		var ticket string
		w.call("GET", w.control("/conversations/"+id), "", nil, &ticket)
		tickets += ticket
	}
	w.call("GET", w.ops+"/metrics", "", nil, &metrics)
	w.call("GET", w.ops+"/api/v1/bots", leakSecrets["the operator's token"], nil, &bots)
	w.call("GET", w.ops+"/api/v1/conversations", leakSecrets["the operator's token"], nil, &conversations)
	if !strings.Contains(bots, "[secret crm_token]") || !strings.Contains(tickets, "[secret crm_token]") || !strings.Contains(conversations, c.ConversationID) {
		t.Errorf("the bot has not repeated its secret, or there is no conversation: nothing is tested\n%s\n%s\n%s", bots, tickets, conversations)
	}
	said := map[string]string{
		"textOfCustomer": textOfCustomer, "textOfBot": textOfBot, "textOfAgent": textOfAgent, "textToBreak": textToBreak,
		"textToPanic": textToPanic, "textForAgent": textForAgent, "textOfFile": textOfFile, "textOfCard": textOfCard, "textOfForger": textOfForger,
	}
	secrets := map[string]string{"a customer's token": c.Token}
	for what, secret := range leakSecrets {
		secrets[what] = secret
	}
	log := w.log.String()
	for where, text := range map[string]string{"the log": log, "the metrics": metrics, "the bots": bots, "the conversations": conversations, "refusals": refusals.String()} {
		mustNotHave(t, where, text, secrets)
		mustNotHave(t, where, text, said)
	}
	mustNotHave(t, "a ticket", tickets, secrets)
	for _, name := range filesBelow(t, w.dir) {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		mustNotHave(t, name, string(content), secrets)
	}
	for where, text := range processOf(t, w.pidOfBot(leakSecrets["the operator's token"])) {
		mustNotHave(t, where, text, secrets)
	}
}

// playWithFaults plays a whole conversation through faults, with everybody
// saying something.
func playWithFaults(w *world) *customer {
	w.t.Helper()
	c := w.newCustomer(leakSecrets["the Direct Line secret"])
	c.says(textOfCustomer)
	c.awaitLast("echo: " + textOfBot)
	c.says(textToPanic) // put once more
	c.awaitSaid("Kim: "+textOfCustomer, "echo: "+textOfBot, "Kim: "+textToPanic, "echo: "+textOfBot)
	c.posts(fmt.Sprintf(`{"type": "message", "value": {"card": %q}}`, textOfCard))
	c.awaitLast("echo: " + textOfBot)
	w.faults(
		fault{"match": "POST /conversations", "times": 1, "status": 422},
	)
	c.says(textForAgent)
	c.awaitHas("<refused>")
	w.faults(
		fault{"match": "POST /conversations", "times": 1, "status": 503, "retry_after": "0"},
		fault{"match": "POST /conversations", "times": 1, "lose_answer": true},
		fault{"match": "POST /conversations/*/messages", "times": 2, "status": 500},
		fault{"match": "webhook MESSAGE", "times": 1, "bad_signature": true},
	)
	c.says(textForAgent)
	c.awaitLast("<queued>")
	c.says(textOfCustomer)
	w.agent("ada", "accept")
	c.awaitLast("<joined>")
	c.uploads(textOfCustomer, nameOfFile, textOfFile)
	w.await("the agent has the file", func() error {
		if files := w.agentsFiles(); len(files) != 1 {
			return fmt.Errorf("files %q", files)
		}
		return nil
	})
	w.agent("ada", "say", "text", textOfAgent)
	c.awaitLast("ada: " + textOfAgent)
	w.agent("ada", "attach", "filename", nameOfFile, "type", "text/plain", "text", textOfAgent,
		"content", base64.StdEncoding.EncodeToString([]byte(textOfFile)))
	w.agent("ada", "leave")
	c.awaitLast("echo: " + textOfBot)
	c.says(textToBreak) // put once more, and then given to people
	c.awaitLast("<queued>")
	c.posts(`{"type": "endOfConversation"}`)
	w.await("the conversation is over", func() error {
		var shown string
		w.call("GET", w.ops+"/api/v1/conversations/"+c.ConversationID, leakSecrets["the operator's token"], nil, &shown)
		if !strings.Contains(shown, `"holder":"nobody"`) {
			return errors.New(shown)
		}
		return nil
	})
	w.awaitDelivered()
	return c
}

func mustNotHave(t *testing.T, where, text string, secrets map[string]string) {
	t.Helper()
	for what, secret := range secrets {
		for how, written := range map[string]string{
			"": secret, " in base64": base64.StdEncoding.EncodeToString([]byte(secret))[:len(secret)],
			" in an address": url.QueryEscape(secret),
		} {
			at := strings.Index(text, written)
			if at >= 0 {
				t.Errorf("%s has %s%s: …%.200q", where, what, how, text[max(0, at-100):])
				break
			}
		}
	}
}

// filesBelow are the files of a folder and of those in it.
func filesBelow(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(name string, entry os.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			names = append(names, name)
		}
		return err
	})
	if err != nil || len(names) == 0 {
		t.Fatalf("%d files: %v", len(names), err)
	}
	return names
}

// processOf is what the system shows of a process, where it shows that.
func processOf(t *testing.T, pid int) map[string]string {
	t.Helper()
	shown := map[string]string{}
	if runtime.GOOS != "linux" {
		return shown
	}
	for _, name := range []string{"environ", "cmdline"} {
		content, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, name))
		if err != nil || len(content) == 0 {
			t.Fatalf("/proc/%d/%s: %d bytes, %v", pid, name, len(content), err)
		}
		shown["/proc/PID/"+name] = string(content)
	}
	return shown
}

// pidOfBot is the process of the one bot.
func (w *world) pidOfBot(token string) int {
	w.t.Helper()
	var list struct{ Bots []struct{ PID int } }
	w.call("GET", w.ops+"/api/v1/bots", token, nil, &list)
	if len(list.Bots) != 1 || list.Bots[0].PID == 0 {
		w.t.Fatalf("bots %+v", list.Bots)
	}
	return list.Bots[0].PID
}
