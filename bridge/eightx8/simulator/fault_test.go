package simulator

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/patchbay-host/patchbay/bridge/eightx8/openapitest"
)

func (b *box) faults(rules string) {
	b.t.Helper()
	b.control("PUT", "/faults", rules)
}

func TestStatusFault(t *testing.T) {
	inBox(t, Options{}, func(b *box) {
		b.faults(`[{"match":"POST /conversations","skip":1,"times":2,"status":429,"retry_after":"1"}]`)
		var got []int
		for range 4 {
			r := b.gateway("POST", "/conversations", `{"channelId":"7","user":{}}`)
			got = append(got, r.status)
			if r.status == 429 && (r.header.Get("Retry-After") != "1" || r.text("errors.0.code") != "fault_429") {
				t.Errorf("%v %s", r.header, r.raw)
			}
		}
		if want := [4]int{202, 429, 429, 202}; want != [4]int(got) {
			t.Errorf("answers %v, want %v", got, want)
		}
		if n := b.gateway("GET", "/conversations", nil).text("page.totalElements"); n != "2" {
			t.Errorf("%s conversations, want 2", n)
		}
		if r := b.control("GET", "/faults", nil); r.text("faults.0.used") != "2" {
			t.Errorf("faults: %s", r.raw)
		}
	})
}

func TestLostAnswer(t *testing.T) {
	inBox(t, Options{}, func(b *box) {
		id := b.open()
		b.faults(`{"faults":[{"match":"POST /conversations/*/messages","times":1,"lose_answer":true}]}`)
		path := gatewayPath + "/conversations/" + id + "/messages"
		header := http.Header{"X-Api-Key": {"simulator"}}
		if _, err := b.send(b.t.Context(), "POST", path, header, `{"authorType":"user","text":"hi"}`); !errors.Is(err, errCut) {
			t.Errorf("the answer came: %v", err)
		}
		if got := b.control("GET", "/conversations/"+id, nil).text("messages.0.text"); got != "hi" {
			t.Errorf("the call was not carried out: %s", got)
		}
		calls := b.control("GET", "/requests?match=POST+/conversations/*/messages", nil)
		if calls.text("requests.0.status") != "202" || calls.get("requests.0.answered") != false || calls.get("requests.0.done") != true {
			t.Errorf("requests: %s", calls.raw)
		}
	})
}

// The same over a socket: the client must see the connection go.
func TestLostAnswerOverASocket(t *testing.T) {
	sim := New(Options{Key: testKey(), Channels: []Channel{{ID: "7", Queue: "101"}}})
	server := httptest.NewServer(openapitest.Handler(t, sim.Handler()))
	defer server.Close()
	call := func(method, path, body string) (*http.Response, error) {
		req, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Api-Key", "simulator")
		req.Header.Set("Content-Type", jsonType)
		resp, err := server.Client().Do(req)
		if err == nil {
			resp.Body.Close()
		}
		return resp, err
	}
	if resp, err := call("PUT", "/simulator/v1/faults", `[{"match":"POST /conversations","times":1,"lose_answer":true}]`); err != nil || resp.StatusCode != 200 {
		t.Fatalf("set faults: %v %v", resp, err)
	}
	create := `{"channelId":"7","user":{}}`
	if resp, err := call("POST", "/chat-gateway/v1/conversations", create); err == nil {
		t.Errorf("an answer came: %s", resp.Status)
	}
	if resp, err := call("POST", "/chat-gateway/v1/conversations", create); err != nil || resp.StatusCode != http.StatusAccepted {
		t.Errorf("the fault is used up: %v %v", resp, err)
	}
	sim.mu.Lock()
	defer sim.mu.Unlock()
	if n := len(sim.centre.tickets); n != 2 {
		t.Errorf("%d conversations, want 2", n)
	}
}

func TestHangAndDelay(t *testing.T) {
	inBox(t, Options{}, func(b *box) {
		b.faults(`[{"match":"* /channels/7","times":2,"hang":"30s"},{"match":"* /channels/7","delay":"2s"}]`)
		header := http.Header{"X-Api-Key": {"simulator"}}
		start := time.Now()
		if _, err := b.send(b.t.Context(), "DELETE", gatewayPath+"/channels/7", header, nil); !errors.Is(err, errCut) {
			t.Errorf("hang: %v", err)
		}
		if took := time.Since(start); took != 30*time.Second {
			t.Errorf("hung for %s", took)
		}
		ctx, cancel := context.WithTimeout(b.t.Context(), time.Second)
		defer cancel()
		if _, err := b.send(ctx, "DELETE", gatewayPath+"/channels/7", header, nil); err == nil {
			t.Error("hang: the caller left and got an answer")
		}
		if took := time.Since(start); took != 31*time.Second {
			t.Errorf("the caller's leaving ended it after %s", took)
		}
		start = time.Now()
		if r := b.gateway("GET", "/channels/7", nil); r.status != http.StatusOK || time.Since(start) != 2*time.Second {
			t.Errorf("delay: %d after %s: %s", r.status, time.Since(start), r.raw)
		}
	})
}

func TestHangEndsWithRun(t *testing.T) {
	inBox(t, Options{}, func(b *box) {
		b.faults(`[{"match":"GET /channels","hang":"1h"}]`)
		ctx, cancel := context.WithCancel(b.t.Context())
		other := New(b.sim.opt)
		other.faults.rules = b.sim.faults.rules
		go func() { _ = other.Run(ctx) }()
		synctest.Wait()
		cut := make(chan any)
		go func() {
			defer func() { cut <- recover() }()
			req := httptest.NewRequest("GET", gatewayPath+"/channels", nil)
			other.Handler().ServeHTTP(httptest.NewRecorder(), req)
		}()
		synctest.Wait()
		start := time.Now()
		cancel()
		if got, _ := (<-cut).(error); !errors.Is(got, http.ErrAbortHandler) || time.Since(start) != 0 {
			t.Errorf("cut by %v after %s", got, time.Since(start))
		}
	})
}

func TestLagFault(t *testing.T) {
	inBox(t, Options{}, func(b *box) {
		id := b.open()
		b.told()
		b.faults(`[{"match":"POST /conversations/*/messages","times":1,"lag":"5s"}]`)
		for _, text := range []string{"late", "early"} {
			b.gateway("POST", "/conversations/"+id+"/messages", map[string]string{"authorType": "user", "text": text})
		}
		b.expect("MESSAGE user user echo=true: early")
		time.Sleep(6 * time.Second)
		b.expect("MESSAGE user user echo=true: late")
	})
}

func TestEventFaults(t *testing.T) {
	created, active, joined, queued := "CONVERSATION_UPDATE created queue 101", "CONVERSATION_UPDATE active queue 101",
		"MEMBERS_CHANGED user user joined", "QUEUED 101 Support"
	for name, c := range map[string]struct {
		rules     string
		now, then []string // then: two minutes and an end of the rules later
	}{
		"delay": {
			`[{"match":"webhook CONVERSATION_UPDATE active","times":1,"delay":"1m"}]`,
			[]string{created, joined, queued}, []string{active},
		},
		"twice": {
			`[{"match":"webhook QUEUED","twice":true}]`,
			[]string{created, active, joined, queued, queued}, []string{},
		},
		"drop": {
			`[{"match":"webhook MEMBERS_CHANGED user joined","drop":true}]`,
			[]string{created, active, queued}, []string{},
		},
		"hold": {
			`[{"match":"webhook *","skip":1,"hold":true}]`,
			[]string{created}, []string{active, joined, queued},
		},
		"bad signature": {
			`[{"match":"webhook QUEUED","bad_signature":true}]`,
			[]string{created, active, joined, queued}, []string{queued},
		},
		"age": {
			`[{"match":"webhook QUEUED","age":"10m"}]`,
			[]string{created, active, joined, queued}, []string{queued},
		},
	} {
		t.Run(name, func(t *testing.T) {
			inBox(t, Options{}, func(b *box) {
				b.answer = func(r received) int { // as the host: genuine and fresh, or not at all
					sent := r.header.Get("x-8x8-transmission-time")
					fresh := sent >= strconv.FormatInt(time.Now().Add(-5*time.Minute).UnixMilli(), 10)
					if verify(b, r) != nil || !fresh {
						return http.StatusUnauthorized
					}
					return http.StatusOK
				}
				b.faults(c.rules)
				b.open()
				b.expect(c.now...)
				time.Sleep(2 * time.Minute)
				b.control("DELETE", "/faults", nil)
				b.expect(c.then...)
			})
		})
	}
}

func TestTwiceHasOneEventID(t *testing.T) {
	inBox(t, Options{}, func(b *box) {
		b.faults(`[{"match":"webhook QUEUED 101","twice":true}]`)
		b.open()
		w := b.webhooks()
		if len(w) != 5 || w[3].id() != w[4].id() || w[3].id() == w[2].id() {
			t.Errorf("%d webhooks", len(w))
		}
	})
}

func TestFaultRulesAreChecked(t *testing.T) {
	inBox(t, Options{}, func(b *box) {
		for rules, code := range map[string]string{
			`[{"match":"POST /conversations"}]`:                              "no_action",
			`[{"match":"POST","status":500}]`:                                "invalid_match",
			`[{"match":"POST conversations","status":500}]`:                  "invalid_match",
			`[{"match":"POST /[","status":500}]`:                             "invalid_match",
			`[{"match":"POST /conversations","hold":true}]`:                  "invalid_action",
			`[{"match":"webhook QUEUED","status":500}]`:                      "invalid_action",
			`[{"match":"POST /conversations","status":99}]`:                  "invalid_status",
			`[{"match":"POST /conversations","retry_after":"1","lag":"1s"}]`: "invalid_action",
			`[{"match":"POST /conversations","times":-1,"status":500}]`:      "invalid_times",
			`[{"match":"POST /conversations","status":500,"colour":"red"}]`:  "invalid_json_object",
			`[{"match":"POST /conversations","delay":"-1s"}]`:                "invalid_json_object",
			`[null]`: "required",
			`7`:      "invalid_json_object",
		} {
			r, err := b.send(b.t.Context(), "PUT", controlPath+"/faults", nil, rules)
			if err != nil || r.status != http.StatusBadRequest || r.text("error.code") != code {
				t.Errorf("%s: %d %s, want code %s", rules, r.status, r.raw, code)
			}
		}
	})
}
