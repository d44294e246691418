package directline

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// postedMeans is what clients post and what it means.
func postedMeans() map[string]lifecycle.Event {
	return map[string]lifecycle.Event{
		`{"type":"message","text":"hi","locale":"en-US","from":{"id":"x"}}`: {
			Kind: lifecycle.EventSaid, Language: "en-US", Message: &bot.Message{Text: "hi"},
		},
		`{"type":"message","text":"hi","value":null,"locale":"<b>","channelData":{"clientActivityID":"c1","state":[1]}}`: {
			Kind: lifecycle.EventSaid, ClientID: "c1", Message: &bot.Message{Text: "hi"},
		},
		`{"type":"message","text":"hi","channelData":{"clientActivityID":7,"postBack":"no"}}`: {
			Kind: lifecycle.EventSaid, Message: &bot.Message{Text: "hi"},
		},
		`{"type":"message","attachments":[{"contentType":"image/png","contentUrl":"https://a.example/b.png","name":"b.png"}]}`: {
			Kind: lifecycle.EventSaid, Message: &bot.Message{Attachments: []bot.Attachment{
				{Name: "b.png", ContentType: "image/png", URL: "https://a.example/b.png"},
			}},
		},
		`{"type":"message","value":"x","attachments":[{"contentUrl":"https://a.example/b.png"}],"channelData":{"postBack":true}}`: {
			Kind: lifecycle.EventSaid, Message: &bot.Message{Attachments: []bot.Attachment{{URL: "https://a.example/b.png"}}},
		},
		`{"type":"message","text":"Red","value":"#f00","channelData":{"messageBack":{"displayText":"Red, please"}}}`: {
			Kind: lifecycle.EventActed, Action: &bot.Action{Kind: bot.ActionQuickReply, Title: "Red, please", Value: "#f00"},
		},
		`{"type":"message","text":"red","channelData":{"messageBack":{"displayText":"Red"}}}`: {
			Kind: lifecycle.EventActed, Action: &bot.Action{Kind: bot.ActionQuickReply, Title: "Red", Value: "red"},
		},
		`{"type":"message","text":"red","channelData":{"postBack":true}}`: {
			Kind: lifecycle.EventActed, Action: &bot.Action{Kind: bot.ActionQuickReply, Value: "red"},
		},
		`{"type":"message","value":{"size": [1, 2]},"channelData":{"postBack":true}}`: {
			Kind: lifecycle.EventActed, Action: &bot.Action{Kind: bot.ActionCard, Data: json.RawMessage(`{"size":[1,2]}`)},
		},
		`{"type":"event","name":"handoff.cancel","value":{}}`: {Kind: lifecycle.EventCancel},
		`{"type":"event","name":"webchat/join","value":{"language":"en"}}`: {
			Kind: lifecycle.EventNoted, Detail: "event webchat/join",
		},
		`{"type":"endOfConversation","channelData":{"clientActivityID":"bye"}}`: {Kind: lifecycle.EventLeft, ClientID: "bye"},
	}
}

func TestPostedMeans(t *testing.T) {
	for body, want := range postedMeans() {
		var p posted
		if err := json.Unmarshal([]byte(body), &p); err != nil {
			t.Fatal(err)
		}
		got, err := p.event()
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", body, err, diff)
		}
	}
}

func TestPostedRefused(t *testing.T) {
	h := newHouse(t)
	c := h.begin()
	path := "/conversations/" + string(c.ID) + "/activities"
	long := strings.Repeat("x", 17<<10)
	for _, test := range []struct {
		name, body string
		status     int
		code       string
	}{
		{"nothing", "", 400, codeMissingProperty},
		{"no JSON", `{"type":`, 400, codeBadArgument},
		{"no object", `[]`, 400, codeBadArgument},
		{"not UTF-8", "{\"type\":\"message\",\"text\":\"\xff\"}", 400, codeBadArgument},
		{"text is a number", `{"type":"message","text":5}`, 400, codeBadArgument},
		{"no type", `{"text":"hi"}`, 400, codeMissingProperty},
		{"another type", `{"type":"invoke","name":"x"}`, 400, codeBadArgument},
		{"event without name", `{"type":"event"}`, 400, codeMissingProperty},
		{"event with a long name", `{"type":"event","name":"` + long + `"}`, 400, codeBadArgument},
		{"empty message", `{"type":"message"}`, 400, codeMissingProperty},
		{"text too long", `{"type":"message","text":"` + long + `"}`, 400, codeBadArgument},
		{"text with a NUL", `{"type":"message","text":"a\u0000"}`, 400, codeBadArgument},
		{"value too long", `{"type":"message","value":"` + long + `"}`, 400, codeBadArgument},
		{"title too long", `{"type":"message","value":{},"text":"` + long + `"}`, 400, codeBadArgument},
		{"data too long", `{"type":"message","value":["` + strings.Repeat(long, 4) + `"]}`, 400, codeBadArgument},
		{"data too deep", `{"type":"message","value":` + strings.Repeat("[", 101) + strings.Repeat("]", 101) + `}`, 400, codeBadArgument},
		{"attachment without address", `{"type":"message","text":"x","attachments":[{"contentType":"x","content":{}}]}`, 400, codeBadArgument},
		{"attachment that runs", `{"type":"message","attachments":[{"contentUrl":"javascript:alert(1)"}]}`, 400, codeBadArgument},
		{"client id too long", `{"type":"message","text":"x","channelData":{"clientActivityID":"` + long + `"}}`, 400, codeBadArgument},
		{"user too long", `{"type":"message","text":"x","from":{"id":"` + long + `"}}`, 400, codeBadArgument},
		{"too large", `{"type":"message","text":"` + strings.Repeat("x", maxBody) + `"}`, 413, codeMessageSizeTooBig},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := h.call("POST", path, c.Token, test.body)
			if a.status != test.status || a.code() != test.code {
				t.Errorf("%d %s, want %d %s", a.status, a.body, test.status, test.code)
			}
			if len(a.body) > 400 || h.engine.taken() != 1 {
				t.Errorf("%d bytes of answer, %d events", len(a.body), h.engine.taken())
			}
		})
	}
}

func TestPostHappensOnce(t *testing.T) {
	h := newHouse(t)
	c := h.begin()
	body := `{"type":"message","text":"one","from":{"id":"dl_bob"},"channelData":{"clientActivityID":"c1"}}`
	first := h.post(c, body)
	if second := h.post(c, body); second != first || first != string(c.ID)+"|0000003" {
		t.Errorf("%s, then %s", first, second)
	}
	want := lifecycle.Event{
		ID: "dl:" + string(c.ID) + ":c1", Kind: lifecycle.EventSaid, At: noon, Conversation: c.ID, Channel: "web",
		Customer: &bot.Customer{ID: "dl_ann", Name: "Ann", Verified: true},
		Message:  &bot.Message{Text: "one", At: noon}, ClientID: "c1",
	}
	if diff := cmp.Diff(want, h.engine.last()); diff != "" {
		t.Error(diff)
	}
	without := `{"type":"message","text":"two"}`
	if h.post(c, without) == h.post(c, without) {
		t.Error("two posts without a client's id are one")
	}
	if h.engine.taken() != 4 {
		t.Errorf("%d events", h.engine.taken())
	}
}

func TestPostWithoutTokensUser(t *testing.T) {
	h := newHouse(t)
	var c conversation
	h.want(200, &c, "POST", "/tokens/generate", webSecret, "")
	h.want(201, &c, "POST", "/conversations", c.Token, "")
	h.post(c, `{"type":"message","text":"one","from":{"id":"r_1","name":"Ann"}}`)
	if diff := cmp.Diff(&bot.Customer{ID: "r_1", Name: "Ann"}, h.engine.last().Customer); diff != "" {
		t.Errorf("the first activity names the customer: %s", diff)
	}
	h.post(c, `{"type":"message","text":"two","from":{"id":"r_2"}}`)
	if got := h.engine.last().Customer; got != nil {
		t.Errorf("a later one changed it: %v", got)
	}
	var again conversation
	h.want(200, &again, "POST", "/conversations", c.Token, `{"user":{"id":"r_2"}}`)
	if _, cl, err := h.server.channels.Load().verify(again.Token, noon); err != nil || cl.User != "" {
		t.Errorf("nor is a token bound to somebody else: %+v, %v", cl, err)
	}
	c.Token = webSecret
	h.post(c, `{"type":"message","text":"three","from":{"id":"4711"}}`)
	if diff := cmp.Diff(&bot.Customer{ID: "4711", Verified: true}, h.engine.last().Customer); diff != "" {
		t.Errorf("a secret vouches: %s", diff)
	}
}

func TestPostBeginsConversation(t *testing.T) {
	h := newHouse(t)
	for _, body := range []string{"", `{"user":{"id":"dl_ann"}}`} {
		var c conversation
		h.want(200, &c, "POST", "/tokens/generate", webSecret, body)
		h.post(c, `{"type":"message","text":"hi"}`)
		h.want(200, nil, "POST", "/conversations", c.Token, "")
		if a := h.call("POST", "/conversations/none/activities", webSecret, `{"type":"message","text":"hi"}`); a.status != 404 {
			t.Errorf("a secret began a conversation of its own naming: %d %s", a.status, a.body)
		}
	}
}

// TestCustomerLeaves: the client's endOfConversation is leaving, once.
func TestCustomerLeaves(t *testing.T) {
	h := newHouse(t)
	c := h.begin()
	for range 2 {
		h.post(c, `{"type":"endOfConversation","channelData":{"clientActivityID":"bye"}}`)
	}
	if h.engine.taken() != 2 || h.engine.last().Kind != lifecycle.EventLeft {
		t.Errorf("%d events, %+v", h.engine.taken(), h.engine.last())
	}
}

func TestPostNotJournalled(t *testing.T) {
	h := newHouse(t)
	c := h.begin()
	ids := map[string]bool{}
	for _, body := range []string{`{"type":"typing"}`, `{"type":"typing"}`, `{"type":"conversationUpdate"}`} {
		ids[h.post(c, body)] = true
	}
	if len(ids) != 3 || h.engine.taken() != 1 {
		t.Errorf("%v, %d events", ids, h.engine.taken())
	}
	typing := bridge.Typing{Author: bot.AuthorCustomer, AuthorID: "dl_ann", Name: "Ann"}
	if diff := cmp.Diff([]bridge.Typing{typing, typing}, h.engine.typed); diff != "" {
		t.Error(diff)
	}
}

func FuzzPosted(f *testing.F) {
	for body := range postedMeans() {
		f.Add(body)
	}
	f.Add(`{"type":"message","value":"\ud800"}`)
	f.Add(`{"type":"message","attachments":[{"contentUrl":"data:text/plain;base64,aGVsbG8","name":"../a\u202eb.txt"},{"contentUrl":"DATA:,%00"}]}`)
	f.Add(`{"type":"message","locale":"DE_latn-de-1996-u-co-phonebk","text":"x"}`)
	f.Add(`{"type":"message","text":"\u0000","attachments":[{"contentUrl":"http://%zz"}]}`)
	conv := lifecycle.Conversation{ID: "c"}
	f.Fuzz(func(t *testing.T, body string) {
		var p posted
		if json.Unmarshal([]byte(body), &p) != nil {
			return
		}
		ev, err := p.event()
		if err != nil {
			if known := (*fault)(nil); !errors.As(err, &known) || known.status != 400 {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		if ev.Message != nil && ev.Message.Check() != nil || ev.Message != nil && ev.Action != nil {
			t.Fatalf("not a message to pass on: %+v", ev)
		}
		if ev.Message == nil && ev.Action == nil {
			return
		}
		shown, ok := show(conv, lifecycle.Entry{
			Number: 1, Kind: lifecycle.EntryKind(ev.Kind), Author: bot.AuthorCustomer,
			Message: ev.Message, Action: ev.Action, ClientID: ev.ClientID,
		}, nil)
		if !ok {
			t.Fatal("the customer's own words are hidden")
		}
		// What is shown of a post, posted again, means the same.
		text, err := json.Marshal(shown)
		if err != nil {
			t.Fatal(err)
		}
		var again posted
		if err := json.Unmarshal(text, &again); err != nil {
			t.Fatal(err)
		}
		back, err := again.event()
		ignore := cmpopts.IgnoreFields(lifecycle.Event{}, "Language")
		named := cmpopts.IgnoreFields(bot.Attachment{}, "ContentType") // unknown ones get a name
		if diff := cmp.Diff(ev, back, ignore, named, sameJSON()); diff != "" || err != nil {
			t.Fatalf("%v\n%s\n%s", err, text, diff)
		}
	})
}

// sameJSON compares JSON by what it says.
func sameJSON() cmp.Option {
	isJSON := func(p cmp.Path) bool { return p.Last().Type() == reflect.TypeFor[json.RawMessage]() } // and not the bytes of a file
	return cmp.FilterPath(isJSON, cmp.Comparer(func(a, b json.RawMessage) bool {
		var x, y any
		if len(a) == 0 || len(b) == 0 {
			return len(a) == len(b)
		}
		return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && cmp.Equal(x, y)
	}))
}
