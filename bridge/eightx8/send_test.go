package eightx8_test

import (
	"errors"
	"net/http"
	"slices"
	"testing"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

func TestSendSends(t *testing.T) {
	g := newGateway(t, map[string]http.HandlerFunc{
		"POST /conversations/a%2Fb/messages": answer(202, ""),
		"POST /conversations/a%2Fb/typing":   answer(204, ""),
	})
	desk := g.desk()
	for _, one := range []struct {
		m    bridge.Outgoing
		want string
	}{
		{bridge.Outgoing{Author: bot.AuthorCustomer, Text: "Grüße"}, `{"authorType":"user","text":"Grüße"}`},
		{bridge.Outgoing{Author: bot.AuthorBot, Text: "[Ada] hello"}, `{"authorType":"bot","text":"[Ada] hello"}`},
		{bridge.Outgoing{Author: bot.AuthorSystem, Text: "note"}, `{"authorType":"bot","text":"note"}`},
	} {
		if err := desk.Send(t.Context(), "a/b", one.m); err != nil {
			t.Error(err)
		}
		if string(g.body) != one.want {
			t.Errorf("sent %s, want %s", g.body, one.want)
		}
	}
	if err := desk.Typing(t.Context(), "a/b"); err != nil || string(g.body) != `{"authorType":"user"}` {
		t.Errorf("Typing: %v, sent %s", err, g.body)
	}
}

func TestNothingIsSentToNoTicket(t *testing.T) {
	g := newGateway(t, nil)
	desk := g.desk()
	for _, ticket := range []string{"", ".", ".."} {
		_, err := desk.Sent(t.Context(), ticket, 1)
		for _, err := range []error{
			err,
			desk.Send(t.Context(), ticket, bridge.Outgoing{Text: "x"}),
			desk.Typing(t.Context(), ticket),
			desk.Leave(t.Context(), ticket),
			desk.Send(t.Context(), "t", bridge.Outgoing{}),
		} {
			var failed *bridge.DeskError
			if !errors.As(err, &failed) || failed.Kind != bridge.DeskRefused {
				t.Errorf("ticket %q: %v", ticket, err)
			}
		}
	}
	if len(g.calls) != 0 {
		t.Errorf("calls: %v", g.calls)
	}
}

func TestLeave(t *testing.T) {
	for status, left := range map[int]bool{
		204: true, 200: true, 404: true, 409: true, 410: true,
		400: false, 401: false, 403: false, 422: false, 429: false, 500: false, 503: false,
	} {
		g := newGateway(t, map[string]http.HandlerFunc{
			"PATCH /conversations/t1/participants/user": answer(status, ""),
		})
		err := g.desk().Leave(t.Context(), "t1")
		if (err == nil) != left {
			t.Errorf("status %d: %v", status, err)
		}
		if string(g.body) != `{"removed":true}` || !slices.Equal(g.calls, []string{"PATCH /conversations/t1/participants/user"}) {
			t.Errorf("status %d: %v %s", status, g.calls, g.body)
		}
	}
}
