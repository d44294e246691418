package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/patchbay-host/patchbay/bridge/eightx8/simulator"
)

// listening is a host as 8x8 sees it: it answers every WEB_HOOK_VERIFY.
func listening(t *testing.T) (url string) {
	t.Helper()
	return served(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
}

// changed are a contact centre's options, changed.
func changed(o simulator.Options, change func(*simulator.Options)) http.Handler {
	change(&o)
	return everything(o)
}

// asked is a contact centre in which somebody has opened a ticket.
func asked(o simulator.Options, body string) http.Handler {
	handler := everything(o)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/conversations") {
			open, _ := http.NewRequestWithContext(r.Context(), http.MethodPost, r.URL.Path, strings.NewReader(body))
			open.Header = r.Header.Clone()
			handler.ServeHTTP(discarded{http.Header{}}, open)
		}
		handler.ServeHTTP(w, r)
	})
}

// discarded is an answer that nobody reads.
type discarded struct{ header http.Header }

func (d discarded) Header() http.Header       { return d.header }
func (discarded) Write(p []byte) (int, error) { return len(p), nil }
func (discarded) WriteHeader(int)             {}

// TestCheckChannels: desk channel, targets and webhook of a channel, on the
// chat-gateway.
func TestCheckChannels(t *testing.T) {
	t.Parallel()
	us := listening(t)
	whatsApp := []string{
		"line: directline\n    secrets: [sixteen-characters-or-more]", "line: 8x8",
	}
	checkAll(t, "testdata/check-channels.txtar", []desked{
		{name: "all is well", centre: changed(stocked(), func(o *simulator.Options) { o.Webhooks[0].URI = us + "/8x8/acme/web" }),
			changes: []string{"http://127.0.0.1:1\n", us + "\n"}},
		{name: "by the channel's id, and nobody there", changes: []string{"desk_channel: Web support", `desk_channel: "7"`}, centre: everything(stocked())},
		{name: "no such channel", changes: []string{"Web support", "Web sport"}, centre: everything(stocked()), wrong: true},
		{name: "no channel at all", centre: everything(simulator.Options{}), wrong: true},
		{name: "two of the name", wrong: true, centre: changed(stocked(), func(o *simulator.Options) {
			o.Channels = append(o.Channels, simulator.Channel{ID: "8", Name: "Web support", Queue: "101", WebhookID: "1"})
		})},
		{name: "a queue that a ticket names", changes: []string{`queue: "101"}`, `queue: "101"}, billing: {queue: "102"}`},
			centre: asked(stocked(), `{"channelId":"7","user":{"name":"Mia"},"assignment":{"type":"queue","id":"102"}}`)},
		{name: "a queue that nothing names", changes: []string{`queue: "101"}`, `queue: "101"}, billing: {queue: "112"}`}, centre: everything(stocked())},
		{name: "a queue by a channel's name", changes: []string{`queue: "101"}`, `queue: "101"}, billing: {queue: Web support}`}, centre: everything(stocked()), wrong: true},
		{name: "the desk channel's own queue", changes: []string{`default: {queue: "101"}`, "default: {}"}, centre: everything(stocked())},
		{name: "the channel has another queue", wrong: true, changes: []string{`queue: "101"`, `queue: "102"`}, centre: everything(stocked())},
		{name: "events go elsewhere", wrong: true, changes: []string{"http://127.0.0.1:1\n", "http://127.0.0.1:2\n"}, centre: everything(stocked())},
		{name: "the webhook is not there", wrong: true, centre: changed(stocked(), func(o *simulator.Options) { o.Channels[0].WebhookID = "2" })},
		{name: "no webhook", wrong: true, centre: changed(stocked(), func(o *simulator.Options) { o.Channels[0].WebhookID = "" })},
		{name: "not a channel for customers of ours", wrong: true, centre: changed(stocked(), func(o *simulator.Options) { o.Channels[0].Type = "WhatsApp" })},
		{name: "a line of 8x8's own", changes: append(whatsApp, `queue: "101"}`, `queue: "102"}, menu: {script: "7"}`),
			centre: changed(stocked(), func(o *simulator.Options) { o.Channels[0].Type = "WhatsApp" })},
		{name: "a line of 8x8's own, whose webhook is not ours", wrong: true, changes: whatsApp, centre: changed(stocked(), func(o *simulator.Options) {
			o.Channels[0].Type = "WhatsApp"
			o.Webhooks[0].URI = "https://elsewhere.example"
		})},
		{name: "not a line of 8x8's own", wrong: true, changes: whatsApp, centre: everything(stocked())},
		{name: "a line of 8x8's own that is not there", wrong: true, changes: append(whatsApp, "Web support", "WhatsApp DE"), centre: everything(stocked())},
	})
}

// TestCheckTargetChannels: on the chat-api a target is a channel, whose events
// must come to us as well.
func TestCheckTargetChannels(t *testing.T) {
	t.Parallel()
	billing := func(target string) []string {
		made := overChatAPI()
		made[len(made)-1] += ", billing: " + target
		return made
	}
	checkAll(t, "testdata/check-target-channels.txtar", []desked{
		{name: "all is well", changes: billing("{channel: Billing}"), centre: everything(chatStocked())},
		{name: "with its queue", changes: billing(`{channel: Billing, queue: "102"}`), centre: everything(chatStocked())},
		{name: "with another queue", wrong: true, changes: billing(`{channel: Billing, queue: "101"}`), centre: everything(chatStocked())},
		{name: "not there", wrong: true, changes: billing("{channel: Belling}"), centre: everything(chatStocked())},
		{name: "its events go elsewhere", wrong: true, changes: billing("{channel: Billing}"), centre: changed(chatStocked(), func(o *simulator.Options) {
			o.Webhooks = append(o.Webhooks, simulator.Webhook{ID: "2", Name: "other", URI: "https://elsewhere.example", Version: "v2.0"})
			o.Channels[1].WebhookID = "2"
		})},
		{name: "events of the other dialect", wrong: true, changes: billing("{channel: Billing}"), centre: changed(chatStocked(), func(o *simulator.Options) {
			o.Webhooks[0].Version = "v1.0"
		})},
	})
}
