package eightx8_test

import (
	"net/http"
	"testing"

	"github.com/patchbay-host/patchbay/bridge/eightx8"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

func TestSendExternal(t *testing.T) {
	g := newGateway(t, map[string]http.HandlerFunc{"POST /conversations/t1/messages": answer(202, "")})
	desk, post := g.desk(), eightx8.ExternalMessage{Provider: "X", ID: "1234567890123456789"}
	if err := desk.SendExternal(t.Context(), "t1", bot.AuthorCustomer, post); err != nil {
		t.Error(err)
	}
	if want := `{"authorType":"user","externalProvider":{"name":"X","externalMessageId":"1234567890123456789"}}`; string(g.body) != want {
		t.Errorf("sent %s, want %s", g.body, want)
	}
	refused(t, "no ticket", desk.SendExternal(t.Context(), "", bot.AuthorCustomer, post))
	refused(t, "no id", desk.SendExternal(t.Context(), "t1", bot.AuthorCustomer, eightx8.ExternalMessage{Provider: "X"}))
	if len(g.calls) != 1 {
		t.Errorf("calls %v", g.calls)
	}
}
