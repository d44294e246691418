package host_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"hash/crc32"
	"net/http"
	"strings"
	"testing"
	"time"
)

// hook is a webhook as 8x8 sends it. The zero value of a field is what is
// right.
type hook struct {
	event  string
	body   string
	retry  int
	sent   time.Time
	tenant string
	// signature; nil: the right one.
	signature func(right string) string
}

// post sends a webhook that is signed with a key.
func (w *world) post(key *rsa.PrivateKey, h hook) int {
	w.t.Helper()
	if h.sent.IsZero() {
		h.sent = time.Now()
	}
	if h.tenant == "" {
		h.tenant = "tenant01"
	}
	req, err := http.NewRequestWithContext(w.t.Context(), "POST", w.front+hookPath, strings.NewReader(h.body))
	if err != nil {
		w.t.Fatal(err)
	}
	payload := fmt.Sprintf(`{"checksum":%d,"cid":"customer01","eid":%q,"retry":%d,"tid":%q,"tt":%d}`,
		crc32.ChecksumIEEE([]byte(h.body)), h.event, h.retry, h.tenant, h.sent.UnixMilli())
	header := base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, `{"alg":"RS256","b64":false,"crit":["b64"],"kid":%q}`, keyID))
	digest := sha256.Sum256([]byte(header + "." + payload))
	value, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, digest[:])
	if err != nil {
		w.t.Fatal(err)
	}
	signature := header + ".." + base64.RawURLEncoding.EncodeToString(value)
	if h.signature != nil {
		signature = h.signature(signature)
	}
	for name, value := range map[string]string{
		"Content-Type": "application/json", "x-8x8-tenant-id": h.tenant, "x-8x8-customer-id": "customer01",
		"x-8x8-event-id": h.event, "x-8x8-transmission-time": fmt.Sprint(h.sent.UnixMilli()),
		"x-8x8-retry": fmt.Sprint(h.retry), "x-8x8-signature": signature,
	} {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	return w.do(req, nil)
}

// TestWebhooksThatAreRefused: what is not 8x8's, or is not an event, gets the
// status for it, is counted, and leaves nothing behind.
func TestWebhooksThatAreRefused(t *testing.T) {
	t.Parallel()
	key, strangers := newKey(t), newKey(t)
	w := newWorld(t, key)
	c := w.customerWithAda()
	seen := c.sees()
	said := w.said("not to be heard")
	recorded := w.metric("patchbay_journal_entries_total")

	for _, one := range []struct {
		what    string
		key     *rsa.PrivateKey
		hook    hook
		status  int
		outcome string
	}{
		{"a stranger's signature", strangers, hook{body: said}, 401, "unsigned"},
		{"another body's signature", key, hook{body: said, signature: func(right string) string {
			return right[:len(right)-8] + "AAAAAAAA"
		}}, 401, "unsigned"},
		{"no signature", key, hook{body: said, signature: func(string) string { return "" }}, 401, "unsigned"},
		{"no algorithm", key, hook{body: said, signature: func(right string) string {
			_, value, _ := strings.Cut(right, "..")
			none := fmt.Appendf(nil, `{"alg":"none","b64":false,"crit":["b64"],"kid":%q}`, keyID)
			return base64.RawURLEncoding.EncodeToString(none) + ".." + value
		}}, 401, "unsigned"},
		{"another tenant", key, hook{body: said, tenant: "tenant02"}, 401, "unsigned"},
		{"of ten minutes ago", key, hook{body: said, sent: time.Now().Add(-10 * time.Minute)}, 401, "stale"},
		{"of tomorrow", key, hook{body: said, sent: time.Now().Add(24 * time.Hour)}, 401, "stale"},
		{"broken JSON", key, hook{body: said[:len(said)-1]}, 400, "broken"},
		{"no JSON object", key, hook{body: `"MESSAGE"`}, 400, "broken"},
		{"no body", key, hook{}, 400, "broken"},
		{"a byte over 1 MiB", key, hook{body: strings.Repeat(" ", 1<<20-len(said)+1) + said}, 413, "too_large"},
	} {
		counter := fmt.Sprintf(`patchbay_webhooks_total{desk="acme",event="",outcome=%q}`, one.outcome)
		before := w.metric(counter)
		one.hook.event = "refused"
		if status := w.post(one.key, one.hook); status != one.status {
			t.Errorf("%s: %d, want %d", one.what, status, one.status)
		}
		if n := w.metric(counter) - before; n != 1 {
			t.Errorf("%s: counted %v times as %s", one.what, n, one.outcome)
		}
	}
	if n := w.metric("patchbay_journal_entries_total") - recorded; n != 0 {
		t.Errorf("%v entries were recorded", n)
	}
	// Their event's id is free.
	if status := w.post(key, hook{event: "refused", body: said}); status != http.StatusNoContent {
		t.Errorf("the same, signed well: %d", status)
	}
	c.awaitSees(append(seen, "ada: not to be heard")...)
}

// TestWebhooksThatAreTakenIn: 2xx, and no effect but the one that is due.
func TestWebhooksThatAreTakenIn(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	w := newWorld(t, key)
	c := w.customerWithAda()
	seen := c.sees()
	ticket := w.tickets()[0]

	take := func(what string, h hook, counter string) {
		t.Helper()
		before := w.metric(counter)
		if status := w.post(key, h); status != http.StatusNoContent {
			t.Errorf("%s: %d", what, status)
		}
		if n := w.metric(counter) - before; n != 1 {
			t.Errorf("%s: counted %v times as %s", what, n, counter)
		}
	}
	counter := func(outcome, event string) string {
		return fmt.Sprintf(`patchbay_webhooks_total{desk="acme",event=%q,outcome=%q}`, event, outcome)
	}
	unsigned := func(string) string { return "" }
	take("a trial of the address", hook{body: `{"eventType":"WEB_HOOK_VERIFY"}`, signature: unsigned}, counter("nothing", ""))
	take("an unknown event", hook{event: "e1", body: fmt.Sprintf(`{"eventType":"MOON_PHASE","conversationId":%q,"timestamp":%d,"data":{}}`,
		ticket, time.Now().UnixMilli())}, counter("recorded", "noted"))
	take("of nobody's ticket", hook{event: "e2", body: strings.ReplaceAll(w.said("to nobody"), ticket, "nobodys")}, counter("recorded", "agent_said"))
	take("1 MiB", hook{event: "e3", body: strings.Repeat(" ", 1<<20-len(w.said("once"))) + w.said("once")}, counter("recorded", "agent_said"))

	// 8x8 sends the same event again, signed anew, if it got no answer.
	once := w.said("and once more")
	recorded := w.metric("patchbay_journal_entries_total")
	for retry := range 5 {
		take("again", hook{event: "e4", body: once, retry: retry}, counter("recorded", "agent_said"))
	}
	if n := w.metric("patchbay_journal_entries_total") - recorded; n != 1 {
		t.Errorf("%v entries of one event", n)
	}
	c.says("heard you")
	c.awaitSees(append(seen, "ada: once", "ada: and once more", "Kim: heard you")...)
}

// said is the body of ada's saying something in the one ticket.
func (w *world) said(text string) string {
	w.t.Helper()
	ids := w.tickets()
	if len(ids) != 1 {
		w.t.Fatalf("there are %d tickets", len(ids))
	}
	return fmt.Sprintf(`{"eventType":"MESSAGE","conversationId":%q,"timestamp":%d,`+
		`"data":{"isEcho":false,"sender":{"id":"ada","type":"agent"},"text":%q}}`, ids[0], time.Now().UnixMilli(), text)
}

func newKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}
