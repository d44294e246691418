package eightx8_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// refused fails the test if err is not a refusal.
func refused(t *testing.T, what string, err error) {
	t.Helper()
	var failed *bridge.DeskError
	if !errors.As(err, &failed) || failed.Kind != bridge.DeskRefused || failed.Doubt {
		t.Errorf("%s: %v", what, err)
	}
}

func TestAssign(t *testing.T) {
	g := newGateway(t, map[string]http.HandlerFunc{"PATCH /conversations/t1": answer(202, `{}`)})
	desk := g.desk()
	if err := desk.Assign(t.Context(), "t1", lifecycle.Target{Queue: "101"}); err != nil || string(g.body) != `{"assignment":{"type":"queue","id":"101"}}` {
		t.Errorf("%v, sent %s", err, g.body)
	}
	if err := desk.Assign(t.Context(), "t1", lifecycle.Target{Queue: "101", Script: "7"}); err != nil || string(g.body) != `{"assignment":{"type":"script","id":"7"}}` {
		t.Errorf("%v, sent %s", err, g.body)
	}
	refused(t, "no queue", desk.Assign(t.Context(), "t1", lifecycle.Target{}))
	refused(t, "no ticket", desk.Assign(t.Context(), "..", lifecycle.Target{Queue: "101"}))
	if len(g.calls) != 2 {
		t.Errorf("calls %v", g.calls)
	}
}

func TestDescribeAndReplace(t *testing.T) {
	g := newGateway(t, map[string]http.HandlerFunc{
		"GET /channels":           answer(200, twoChannels),
		"PATCH /conversations/t1": answer(202, `{}`),
		"PUT /conversations/t1":   answer(202, `{}`),
	})
	desk, o := g.desk(), opening()
	for name, call := range map[string]func() error{
		"describe.json": func() error { return desk.Describe(t.Context(), "t1", o) },
		"replace.json":  func() error { return desk.Replace(t.Context(), "t1", o) },
	} {
		if err := call(); err != nil {
			t.Error(err)
		}
		golden(t, name, g.body)
	}
	o.Marker = lifecycle.Marker{}
	refused(t, "no marker", desk.Describe(t.Context(), "t1", o))
	refused(t, "no marker", desk.Replace(t.Context(), "t1", o))
}

func TestLook(t *testing.T) {
	const agents = `{"_embedded":{"participants":[{"id":"user","type":"user"},{"id":"ada","type":"agent","removed":true},{"id":"bob","type":"AGENT","removed":%s}]}}`
	for name, one := range map[string]struct {
		ticket, removed string
		want            bridge.TicketState
		calls           int
	}{
		"idle":           {`{"state":"IDLE","assignment":{"type":"queue","id":"101"}}`, "false", bridge.TicketState{Over: true, Queue: "101"}, 1},
		"with an agent":  {`{"state":"active","assignment":{"type":"agent","id":"ada"}}`, "false", bridge.TicketState{Agent: true}, 1},
		"an agent came":  {`{"state":"active","assignment":{"type":"queue","id":101}}`, "false", bridge.TicketState{Queue: "101", Agent: true}, 2},
		"agents left":    {`{"state":"active","assignment":{"type":"queue","id":"101"}}`, "true", bridge.TicketState{Queue: "101"}, 2},
		"just created":   {`{"state":"created"}`, "true", bridge.TicketState{}, 2},
		"of other types": {`{"state":[],"assignment":7}`, "true", bridge.TicketState{}, 2},
	} {
		g := newGateway(t, map[string]http.HandlerFunc{
			"GET /conversations/t1":              answer(200, one.ticket),
			"GET /conversations/t1/participants": answer(200, strings.Replace(agents, "%s", one.removed, 1)),
		})
		state, err := g.desk().Look(t.Context(), "t1")
		if diff := cmp.Diff(one.want, state); diff != "" || err != nil || len(g.calls) != one.calls {
			t.Errorf("%s: %v, calls %v (-want +got):\n%s", name, err, g.calls, diff)
		}
	}
}

func TestChatAPILook(t *testing.T) {
	for interactions, over := range map[string]bool{
		`[]`: false,
		`[{"id":"1","startTime":"2020-08-05T11:55:00.592Z"}]`:                                                                                    false,
		`[{"id":"1","startTime":"2020-08-05T11:55:00.592Z","endTime":"2020-08-05T12:55:00.592Z"}]`:                                               true,
		`[{"id":"1","startTime":"2020-08-05","endTime":"2020-08-05"}]`:                                                                           true,
		`[{"id":"2","startTime":"2020-08-06T11:55:00Z"},{"id":"1","startTime":"2020-08-05T11:55:00Z","endTime":"2020-08-05T12:55:00Z"}]`:         false,
		`[{"id":"1","startTime":"2020-08-05T11:55:00Z","endTime":"2020-08-05T12:55:00Z"},{"id":"2","startTime":"2020-08-06T11:55:00Z"}]`:         false,
		`[{"id":"1","startTime":"2020-08-05T11:55:00Z"},{"id":"2","startTime":"2020-08-06T11:55:00Z","endTime":"2020-08-06T12:55:00Z"},"other"]`: true,
	} {
		f := newFlatAPI(t, map[string]http.HandlerFunc{"GET /conversations/t1": answer(200, `{"id":"t1","interactions":`+interactions+`}`)})
		state, err := f.desk().Look(t.Context(), "t1")
		if state != (bridge.TicketState{Over: over}) || err != nil {
			t.Errorf("%s: %+v, %v", interactions, state, err)
		}
	}
}

func TestHandBack(t *testing.T) {
	g := newGateway(t, map[string]http.HandlerFunc{
		"GET /channels": answer(200, `{"_embedded":{"channels":[{"id":"25","name":"WhatsApp","webHookId":"12"},{"id":"26","name":"Mute"}]},"page":{"totalPages":1}}`),
		"POST /conversations/t1/post-agent-assignment": answer(201, ``),
	})
	desk := g.desk()
	for _, channel := range []string{"WhatsApp", "25"} {
		err := desk.HandBack(t.Context(), "t1", channel)
		if want := `{"type":"webhook","id":"12","configuration":{"notifyChannelWebhookIfExists":"false"}}`; string(g.body) != want || err != nil {
			t.Errorf("%v, sent %s", err, g.body)
		}
	}
	if n := g.count("GET"); n != 1 {
		t.Errorf("channels were listed %d times", n)
	}
	g.answers["GET /channels"] = answer(200, `{"_embedded":{"channels":[{"id":"25","name":"WhatsApp","webHookId":"13"},{"id":"26","name":"Mute"}]},"page":{"totalPages":1}}`)
	g.answers["POST /conversations/t1/post-agent-assignment"] = answer(400, `{"message":"WebHook ID 12 is invalid."}`)
	refused(t, "a webhook that is gone", desk.HandBack(t.Context(), "t1", "25"))
	g.answers["POST /conversations/t1/post-agent-assignment"] = answer(201, ``)
	if err := desk.HandBack(t.Context(), "t1", "25"); err != nil || !strings.Contains(string(g.body), `"id":"13"`) {
		t.Errorf("after a refusal: %v, sent %s", err, g.body)
	}
	refused(t, "no webhook", desk.HandBack(t.Context(), "t1", "Mute"))
	refused(t, "no channel", desk.HandBack(t.Context(), "t1", "None"))
}

func TestSignals(t *testing.T) {
	g := newGateway(t, map[string]http.HandlerFunc{
		"POST /conversations/t1/typing":       answer(204, ""),
		"POST /conversations/t1/thinking":     answer(204, ""),
		"POST /conversations/t1/read-receipt": answer(204, ""),
	})
	desk := g.desk()
	shown := func(t bot.Typing) func() error {
		return func() error { return desk.BotTyping(g.t.Context(), "t1", t) }
	}
	for _, one := range []struct {
		call       func() error
		path, body string
	}{
		{shown(bot.Typing{For: 3 * time.Second}), "typing", `{"authorType":"bot"}`},
		{shown(bot.Typing{For: 11 * time.Second}), "thinking", `{"authorType":"bot","maxThinkingTimeSeconds":11}`},
		{shown(bot.Typing{For: 1, Thinking: true}), "thinking", `{"authorType":"bot","maxThinkingTimeSeconds":1}`},
		{shown(bot.Typing{For: time.Hour}), "thinking", `{"authorType":"bot","maxThinkingTimeSeconds":600}`},
		{shown(bot.Typing{}), "", ""},
		{func() error { return desk.ReadReceipt(t.Context(), "t1", bot.AuthorCustomer, told) }, "read-receipt", `{"authorType":"user","readAt":1777636790123}`},
		{func() error { return desk.ReadReceipt(t.Context(), "t1", bot.AuthorBot, told) }, "read-receipt", `{"authorType":"bot","readAt":1777636790123}`},
	} {
		g.calls, g.body = nil, nil
		err := one.call()
		var want []string
		if one.path != "" {
			want = []string{"POST /conversations/t1/" + one.path}
		}
		if err != nil || !slices.Equal(g.calls, want) || string(g.body) != one.body {
			t.Errorf("%v: %v %s, want %s", err, g.calls, g.body, one.body)
		}
	}
	refused(t, "no time", desk.ReadReceipt(t.Context(), "t1", bot.AuthorBot, time.Time{}))
}

func TestCardActions(t *testing.T) {
	const at = "PUT /api/v1/tenant/tenant01/conversations/t1/cards/c1/"
	g := newGateway(t, map[string]http.HandlerFunc{at + "action-submit": answer(204, ""), at + "action-execute": answer(204, "")})
	desk := g.desk()
	for _, call := range []func() error{
		func() error { return desk.SubmitCard(t.Context(), "t1", "c1", "patchbay") },
		func() error { return desk.ExecuteCard(t.Context(), "t1", "c1", "patchbay") },
	} {
		if err := call(); err != nil || string(g.body) != `{"name":"patchbay"}` {
			t.Errorf("%v, sent %s", err, g.body)
		}
	}
	refused(t, "no card", desk.SubmitCard(t.Context(), "t1", "", "patchbay"))
}
