package eightx8_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/eightx8"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

const twoChannels = `{"_embedded":{"channels":[
	{"id":"25","name":"Web support","type":"ChatAPI"},{"id":26,"name":"Billing"}]},
	"page":{"size":100,"number":0,"totalElements":2,"totalPages":1}}`

// opening is a whole one.
func opening() bridge.Opening {
	return bridge.Opening{
		Channel:  "Web support",
		Queue:    "101",
		Language: "de-AT",
		Customer: bot.Customer{ID: "c-7", Name: "Jane Doe", Email: "jane@example.com", Phone: "+43 1 234"},
		Properties: []bridge.Property{
			{Name: "summary", Value: "wants a refund"},
			{Name: "order", Value: "4711"},
		},
		History: []bridge.Outgoing{
			{Author: bot.AuthorBot, Text: "Hello!"},
			{Author: bot.AuthorCustomer, Text: "I want <my> money back"},
		},
		Marker: lifecycle.Marker{Conversation: "conv/1", Entry: 12},
	}
}

// open opens o at a gateway that takes it, and answers the body that it got.
func open(t *testing.T, o bridge.Opening, change ...func(*eightx8.Config)) []byte {
	t.Helper()
	g := newGateway(t, map[string]http.HandlerFunc{
		"GET /channels":       answer(200, twoChannels),
		"POST /conversations": answer(202, `{"conversationId":"vXg39","createdAt":"2026-01-30T08:30:00Z"}`),
	})
	ticket, err := g.desk(change...).Open(t.Context(), o)
	if err != nil || ticket != "vXg39" {
		t.Fatalf("Open: %q, %v", ticket, err)
	}
	return g.body
}

func TestOpenSends(t *testing.T) {
	golden(t, "open.json", open(t, opening()))
	golden(t, "open_least.json", open(t, bridge.Opening{
		Channel: "26",
		Marker:  lifecycle.Marker{Conversation: "c", Entry: 1},
	}))
}

var update = flag.Bool("update", false, "write the golden files")

// golden compares JSON with a file.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, got, "", "  "); err != nil {
		t.Fatal(err)
	}
	pretty.WriteByte('\n')
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, pretty.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), pretty.String()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// sentBody is what the tests below look at in a create.
type sentBody struct {
	User struct {
		Email, Language      string
		Company, CaseID      string
		AdditionalProperties []struct{ Key, Value string }
	}
	History struct {
		Messages []struct{ AuthorType, Text string }
	}
}

func read(t *testing.T, body []byte) sentBody {
	t.Helper()
	var sent sentBody
	if err := json.Unmarshal(body, &sent); err != nil {
		t.Fatal(err)
	}
	return sent
}

func TestOpenKeepsTheLimits(t *testing.T) {
	o := opening()
	o.Language = "tlh"
	o.Customer.Email = "Jane <jane@example.com>"
	o.Customer.Properties = map[string]string{"order": "of the customer", "tier": "gold"}
	o.Properties = append(o.Properties, bridge.Property{Name: "patchbayTicket", Value: "1/forged"})
	for i := range 40 {
		o.Properties = append(o.Properties, bridge.Property{Name: "p" + strconv.Itoa(i), Value: "secret words"})
	}
	for i := range 250 {
		o.History = append(o.History, bridge.Outgoing{Author: bot.AuthorBot, Text: strconv.Itoa(i)})
	}
	log, out := logged()
	sent := read(t, open(t, o, func(c *eightx8.Config) { c.Logger = log }))

	properties := sent.User.AdditionalProperties
	if len(properties) != 30 || properties[0].Key != "patchbayTicket" || properties[0].Value != "12/conv/1" {
		t.Errorf("%d properties, the first is %v", len(properties), properties[0])
	}
	if properties[2].Value != "4711" {
		t.Errorf("the handoff's property gave way to the customer's: %v", properties[2])
	}
	messages := sent.History.Messages
	if len(messages) != 200 || messages[0].Text != "50" || messages[199].Text != "249" {
		t.Errorf("%d messages, not the newest 200", len(messages))
	}
	if sent.User.Language != "" || sent.User.Email != "" {
		t.Errorf("sent language %q and e-mail %q", sent.User.Language, sent.User.Email)
	}
	for _, said := range []string{"language=tlh", "e-mail address is none", "properties do not fit", "history does not fit", "desk=acme"} {
		if !strings.Contains(out.String(), said) {
			t.Errorf("the log does not say %q:\n%s", said, out)
		}
	}
	for _, secret := range []string{"secret words", testKey, "Jane", "money"} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("the log says %q", secret)
		}
	}
}

// The gateway has fields for two properties, which agents' screens look at; the
// chat-api has them beside all others.
func TestOpenFillsTheFieldsThatThereAre(t *testing.T) {
	o := opening()
	o.Properties = []bridge.Property{{Name: "caseId", Value: "c-1"}, {Name: "order", Value: "4711"}}
	o.Customer.Properties = map[string]string{"company": "ACME", "caseId": "an older one"}
	user := read(t, open(t, o)).User
	if user.Company != "ACME" || user.CaseID != "c-1" || len(user.AdditionalProperties) != 2 || user.AdditionalProperties[1].Key != "order" {
		t.Errorf("sent %+v", user)
	}
	o.Queue = ""
	if body := string(openFlat(t, o)); !strings.Contains(body, `"company":"ACME"`) || !strings.Contains(body, `"caseId":"c-1"`) {
		t.Errorf("by the chat-api %s", body)
	}
}

func TestOpenFindsItsChannel(t *testing.T) {
	channels := `{"channels":[{"id":"1","name":"twice"},{"id":"2","name":"twice"},{"id":"3","name":"1"}]}`
	g := newGateway(t, map[string]http.HandlerFunc{
		"GET /channels":       func(w http.ResponseWriter, r *http.Request) { answer(200, channels)(w, r) },
		"POST /conversations": answer(202, `{"conversationId":"t"}`),
	})
	g.answers["GET /channels"] = func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("page") == "0" {
			answer(200, channels)(w, r)
		} else {
			answer(200, `{"channels":[]}`)(w, r)
		}
	}
	desk := g.desk()
	for channel, want := range map[string]string{"1": "1", "2": "2"} { // an id goes before a name
		if id, err := desk.FindChannel(t.Context(), channel); id != want || err != nil {
			t.Errorf("channel %q: %q, %v", channel, id, err)
		}
	}
	for _, channel := range []string{"twice", "none", ""} {
		_, err := desk.Open(t.Context(), bridge.Opening{Channel: channel})
		var failed *bridge.DeskError
		if !errors.As(err, &failed) || failed.Kind != bridge.DeskRefused || failed.Doubt {
			t.Errorf("channel %q: %v", channel, err)
		}
	}
	if n := g.count("GET /channels"); n != 2 {
		t.Errorf("channels were asked for by %d requests, want the two pages once", n)
	}
	if n := g.count("POST"); n != 0 {
		t.Errorf("%d conversations were created on no channel", n)
	}
}

func TestOpenAsksAgainForChannelsAfterARefusal(t *testing.T) {
	g := newGateway(t, map[string]http.HandlerFunc{
		"GET /channels":       answer(200, twoChannels),
		"POST /conversations": answer(400, `{"message":"no such channel"}`),
	})
	desk := g.desk()
	for range 2 {
		_, err := desk.Open(t.Context(), bridge.Opening{Channel: "25"})
		var failed *bridge.DeskError
		if !errors.As(err, &failed) || failed.Kind != bridge.DeskRefused {
			t.Fatalf("Open: %v", err)
		}
	}
	want := []string{"GET /channels?page=0&size=100", "POST /conversations", "GET /channels?page=0&size=100", "POST /conversations"}
	if !slices.Equal(g.calls, want) {
		t.Errorf("calls: %v", g.calls)
	}
}

func TestOpenWithoutChannelsLeavesNoDoubt(t *testing.T) {
	g := newGateway(t, map[string]http.HandlerFunc{"GET /channels": answer(503, "")})
	_, err := g.desk().Open(t.Context(), opening())
	var failed *bridge.DeskError
	if !errors.As(err, &failed) || failed.Kind != bridge.DeskUnavailable || failed.Doubt {
		t.Errorf("Open: %v", err)
	}
	if g.count("POST") != 0 {
		t.Error("a conversation was created")
	}
}

func TestOpenWithAnAnswerThatNamesNothingIsInDoubt(t *testing.T) {
	for _, body := range []string{`{}`, `{"conversationId":null}`, ``, `<html>`, `[]`, `{"conversationId":"cut`} {
		g := newGateway(t, map[string]http.HandlerFunc{
			"GET /channels":       answer(200, twoChannels),
			"POST /conversations": answer(202, body),
		})
		_, err := g.desk().Open(t.Context(), opening())
		var failed *bridge.DeskError
		if !errors.As(err, &failed) || failed.Kind != bridge.DeskUnavailable || !failed.Doubt {
			t.Errorf("answer %q: %v", body, err)
		}
		if g.count("POST") != 1 {
			t.Errorf("answer %q: created %d times", body, g.count("POST"))
		}
	}
}
