package eightx8_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/eightx8"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// told is when the events of these tests happened, by 8x8's clock.
var told = time.UnixMilli(1777636790123).UTC()

// event verifies a body that is signed as it should be.
func event(t *testing.T, body string) (lifecycle.Event, *bridge.Typing, error) {
	t.Helper()
	h := newHook(body)
	return verifier(t, &keySource{}).Verify(t.Context(), h.header(), []byte(body))
}

// gatewayEvent is a body of the gateway's shape; no data: there is none.
func gatewayEvent(kind, data string) string {
	if data != "" {
		data = `,"data":` + data
	}
	return fmt.Sprintf(`{"eventType":%q,"conversationId":"t1","timestamp":1777636790123%s}`, kind, data)
}

// flatEvent is a body of the older shape.
func flatEvent(kind, members string) string {
	return fmt.Sprintf(`{"eventType":%q,"messageType":"SYSTEM","conversationId":"t1","timestamp":1777636790123%s}`, kind, members)
}

func agentSaid(agent bot.Agent, text string) lifecycle.Event {
	return lifecycle.Event{Kind: lifecycle.EventAgentSaid, Agent: agent, Message: &bot.Message{Text: text, At: told}}
}

// agentShows is an agent's message of more than text.
func agentShows(agent bot.Agent, m bot.Message) lifecycle.Event {
	m.At = told
	return lifecycle.Event{Kind: lifecycle.EventAgentSaid, Agent: agent, Message: &m}
}

// customerSaid is what a customer says over the desk.
func customerSaid(m bot.Message) lifecycle.Event {
	m.At = told
	return lifecycle.Event{Kind: lifecycle.EventSaid, Message: &m}
}

// customerActed is what a customer presses over the desk.
func customerActed(name string, a bot.Action) lifecycle.Event {
	return lifecycle.Event{Kind: lifecycle.EventActed, Action: &a, Detail: fmt.Sprintf("activity %q", name)}
}

func noted(detail string) lifecycle.Event {
	return lifecycle.Event{Kind: lifecycle.EventNoted, Detail: detail}
}

func TestEvents(t *testing.T) {
	ada := bot.Agent{ID: "ada"}
	adaFlat := bot.Agent{ID: "ada", Name: "Ada L."}
	jane := &bot.Customer{Name: "Jane", Properties: map[string]string{"tier": "gold"}}
	const order = `{"type":"AdaptiveCard","body":[{"type":"TextBlock","text":"Your order"},{"type":"FactSet","facts":[{"title":"No","value":"4711"}]},{"type":"ColumnSet","columns":[{"items":[{"type":"TextBlock","text":"deep"}]}]}],"actions":[{"type":"Action.Submit","title":"Confirm"}]}`
	const user = `"user":{"name":"Jane","additionalProperties":[{"key":"tier","value":"gold"},{"id":3,"key":"patchbayTicket","value":%q}]}`
	const fromAda = `{"sender":{"id":"ada","type":"agent"},`
	for name, one := range map[string]struct {
		body string
		want lifecycle.Event
	}{
		"update with our marker": {
			gatewayEvent("CONVERSATION_UPDATE", `{"state":"CREATED",`+fmt.Sprintf(user, "12/conv/1")+`,"channel":"ChatAPI"}`),
			lifecycle.Event{Kind: lifecycle.EventTicket, Marker: lifecycle.Marker{Conversation: "conv/1", Entry: 12}, Customer: jane, Detail: "conversation created, by ChatAPI"},
		},
		"update with a marker that is none": {
			gatewayEvent("CONVERSATION_UPDATE", `{"state":"active","assignment":{"type":"agent","id":"ada"},`+fmt.Sprintf(user, "twelve")+`}`),
			lifecycle.Event{Kind: lifecycle.EventTicket, Active: true, Customer: jane, Detail: "conversation active, assigned to agent ada"},
		},
		"update of a customer": {
			gatewayEvent("CONVERSATION_UPDATE", `{"state":"active","channel":"WhatsApp","msisdn":"43699","user":{"userId":"u7","email":"j@x.test","company":"ACME","language":"de","ipaddress":"10.0.0.1","timezoneOffset":"60"}}`),
			lifecycle.Event{
				Kind: lifecycle.EventTicket, Active: true, Language: "de", Detail: "conversation active, by WhatsApp",
				Customer: &bot.Customer{ID: "u7", Email: "j@x.test", Phone: "43699", Properties: map[string]string{"company": "ACME"}},
			},
		},
		"update without user": {gatewayEvent("CONVERSATION_UPDATE", `{"state":"idle","user":null}`), noted("conversation idle")},
		"update of nothing":   {gatewayEvent("CONVERSATION_UPDATE", ""), noted("conversation")},

		"queued":            {gatewayEvent("QUEUED", `{"queueId":"101","queueName":"Support"}`), lifecycle.Event{Kind: lifecycle.EventQueued, Queue: "Support"}},
		"queued, id alone":  {gatewayEvent("QUEUED", `{"queueId":101}`), lifecycle.Event{Kind: lifecycle.EventQueued, Queue: "101"}},
		"queued, flat":      {flatEvent("QUEUED", `,"queueId":"101","queueName":"Support"`), lifecycle.Event{Kind: lifecycle.EventQueued, Queue: "Support"}},
		"queued, no queue":  {gatewayEvent("QUEUED", ""), lifecycle.Event{Kind: lifecycle.EventQueued}},
		"transfer":          {gatewayEvent("TRANSFER", ""), lifecycle.Event{Kind: lifecycle.EventTransferred}},
		"transfer, flat":    {flatEvent("TRANSFER", ""), lifecycle.Event{Kind: lifecycle.EventTransferred}},
		"transfer, in data": {gatewayEvent("transfer", `{}`), lifecycle.Event{Kind: lifecycle.EventTransferred}},

		"agent joined":       {gatewayEvent("MEMBERS_CHANGED", `{"memberType":"agent","change":"joined","id":"ada"}`), lifecycle.Event{Kind: lifecycle.EventJoined, Agent: ada}},
		"agent left":         {gatewayEvent("MEMBERS_CHANGED", `{"memberType":"AGENT","change":"LEFT","id":"ada"}`), lifecycle.Event{Kind: lifecycle.EventAgentLeft, Agent: ada}},
		"user joined":        {gatewayEvent("MEMBERS_CHANGED", `{"memberType":"user","change":"joined","id":"user"}`), noted(`member "user" "joined"`)},
		"user left":          {gatewayEvent("MEMBERS_CHANGED", `{"memberType":"user","change":"left","id":"user"}`), lifecycle.Event{Kind: lifecycle.EventLeft}},
		"agent did whatever": {gatewayEvent("MEMBERS_CHANGED", `{"memberType":"agent","change":"idles","id":"ada"}`), noted(`member "agent" "idles"`)},
		"members of nothing": {gatewayEvent("MEMBERS_CHANGED", `[]`), noted(`member "" ""`)},
		"agent joined, flat": {flatEvent("AGENT_JOINED", `,"agentId":"ada","agentName":"Ada L."`), lifecycle.Event{Kind: lifecycle.EventJoined, Agent: adaFlat}},
		"agent left, flat":   {flatEvent("AGENT_LEFT", `,"agentId":"ada","agentName":"Ada L."`), lifecycle.Event{Kind: lifecycle.EventAgentLeft, Agent: adaFlat}},

		"agent says":            {gatewayEvent("MESSAGE", fromAda+`"isEcho":false,"text":"Grüße\nAda"}`), agentSaid(ada, "Grüße\nAda")},
		"agent says, no isEcho": {gatewayEvent("MESSAGE", fromAda+`"text":"hi"}`), agentSaid(ada, "hi")},
		"agent says NUL":        {gatewayEvent("MESSAGE", fromAda+`"text":"a\u0000b"}`), agentSaid(ada, "ab")},
		"agent says, flat":      {strings.Replace(flatEvent("TEXT", `,"agentId":"ada","agentName":"Ada L.","message":"hi"`), "SYSTEM", "AGENT", 1), agentSaid(adaFlat, "hi")},
		"somebody says, flat":   {flatEvent("TEXT", `,"message":"hi"`), noted(`text of type "SYSTEM"`)},
		"agent says nothing":    {gatewayEvent("MESSAGE", fromAda+`"text":""}`), lifecycle.Event{Kind: lifecycle.EventNoted, Agent: ada, Detail: "message that says nothing"}},
		"echo":                  {gatewayEvent("MESSAGE", `{"isEcho":true,"sender":{"id":"user","type":"user"},"text":"hi"}`), noted("echo of what was sent")},
		"echo as text":          {gatewayEvent("MESSAGE", fromAda+`"isEcho":"true","text":"hi"}`), noted("echo of what was sent")},
		"user says":             {gatewayEvent("MESSAGE", `{"sender":{"id":"u","type":"user"},"text":"hi"}`), customerSaid(bot.Message{Text: "hi"})},
		"user sends a picture":  {gatewayEvent("MESSAGE", `{"sender":{"id":"u","type":"user"},"attachments":[{"id":"a1","type":"image","preSignedUrl":"https://x/secret","fileName":"cat.png"}]}`), customerSaid(bot.Message{Attachments: []bot.Attachment{{Name: "cat.png", ContentType: "image/png", URL: "desk-attachment:a1"}}})},
		"user says nothing":     {gatewayEvent("MESSAGE", `{"sender":{"id":"u","type":"user"}}`), noted("message that says nothing")},
		"bot says":              {gatewayEvent("MESSAGE", `{"sender":{"type":"bot"},"text":"hi"}`), noted(`message by "bot"`)},
		"system says":           {gatewayEvent("MESSAGE", `{"sender":{"type":"system"},"text":"hi"}`), noted(`message by "system"`)},
		"message without data":  {gatewayEvent("MESSAGE", ""), noted(`message by ""`)},
		"message of odd types":  {gatewayEvent("MESSAGE", `{"sender":[],"text":{},"attachments":7}`), noted(`message by ""`)},
		"agent sends files": {
			gatewayEvent("MESSAGE", fromAda+`"text":"see","attachments":[{"id":"a/1","type":"image","preSignedUrl":"https://x/secret","fileName":"cat.png"},{"id":"a2","type":"audio"},{"type":"file","fileName":"no id"},{}]}`),
			agentShows(ada, bot.Message{Text: "see\n[no id]\n[file]", Attachments: []bot.Attachment{
				{Name: "cat.png", ContentType: "image/png", URL: "desk-attachment:a/1"}, {Name: "audio", URL: "desk-attachment:a2"},
			}}),
		},
		"agent sends a card": {
			gatewayEvent("MESSAGE", fromAda+`"cards":[{"contentType":"application/vnd.microsoft.card.adaptive","content":`+order+`}]}`),
			agentShows(ada, bot.Message{Cards: []bot.Card{{ContentType: "application/vnd.microsoft.card.adaptive", Content: json.RawMessage(order), Fallback: "Your order\nNo\n4711\ndeep\nConfirm"}}}),
		},
		"agent sends replies": {
			gatewayEvent("MESSAGE", fromAda+`"text":"Which?","cards":[{"contentType":"application/8x8.quick.replies","content":{"options":[{"title":"This","data":{"postback":"1"}},{"title":"That"}]}}]}`),
			agentShows(ada, bot.Message{Text: "Which?", QuickReplies: []bot.QuickReply{{Title: "This", Value: "1"}, {Title: "That"}}}),
		},
		"agent sends many replies": {
			gatewayEvent("MESSAGE", fromAda+`"cards":[{"contentType":"application/8x8.quick.replies","content":{"options":[`+strings.Repeat(`{"title":"x"},`, 13)+`{"title":"y"}]}}]}`),
			agentSaid(ada, strings.Repeat("x\n", 13)+"y"),
		},
		"agent sends odd cards": {
			gatewayEvent("MESSAGE", fromAda+`"cards":[{"contentType":"Location","content":{"lat":1}},{"contentType":"Location","content":[]},{"content":7},{}]}`),
			agentShows(ada, bot.Message{Text: "[Location]\n[card]\n[card]", Cards: []bot.Card{{ContentType: "Location", Content: json.RawMessage(`{"lat":1}`), Fallback: "[Location]"}}}),
		},
		"a card within a string": {
			gatewayEvent("MESSAGE", fromAda+`"cards":[{"contentType":"Buttons","content":"{\"text\":\"Pay\"}"}]}`),
			agentShows(ada, bot.Message{Cards: []bot.Card{{ContentType: "Buttons", Content: json.RawMessage(`{"text":"Pay"}`), Fallback: "Pay"}}}),
		},
		"a large card": {
			gatewayEvent("MESSAGE", fromAda+`"cards":[{"contentType":"Buttons","content":{"text":"Pay","x":"`+strings.Repeat("x", 70000)+`"}}]}`),
			agentSaid(ada, "Pay"),
		},

		"read receipts":       {gatewayEvent("ACTIVITY", `{"name":"read-receipts","value":[{"timestamp":1,"users":[]}]}`), noted(`activity "read-receipts"`)},
		"card submitted":      {gatewayEvent("ACTIVITY", `{"name":"adaptiveCard/action","value":{"type":"Action.Submit","data":{"a":1}}}`), customerActed("adaptiveCard/action", bot.Action{Kind: bot.ActionCard, Data: json.RawMessage(`{"a":1}`)})},
		"card executed":       {gatewayEvent("ACTIVITY", `{"name":"adaptiveCard/action","value":{"type":"Action.Execute","title":"Go"}}`), customerActed("adaptiveCard/action", bot.Action{Kind: bot.ActionCard, Title: "Go"})},
		"quick reply":         {gatewayEvent("ACTIVITY", `{"name":"quickReply/action","value":{"type":"postback","data":{"title":"a","payload":"b"}}}`), customerActed("quickReply/action", bot.Action{Kind: bot.ActionQuickReply, Title: "a", Value: "b"})},
		"CPaaS button":        {gatewayEvent("ACTIVITY", `{"name":"interactive/reply","value":{"type":"button_reply","button_reply":{"id":"b","title":"a"}}}`), customerActed("interactive/reply", bot.Action{Kind: bot.ActionQuickReply, Title: "a", Value: "b"})},
		"CPaaS suggestion":    {gatewayEvent("ACTIVITY", `{"name":"suggestion/reply","value":{"text":"a","postbackData":"b"}}`), customerActed("suggestion/reply", bot.Action{Kind: bot.ActionQuickReply, Title: "a", Value: "b"})},
		"CPaaS reply, empty":  {gatewayEvent("ACTIVITY", `{"name":"interactive/reply","value":{}}`), noted(`activity "interactive/reply"`)},
		"activity not known":  {gatewayEvent("ACTIVITY", `{"name":"interactive/opened","value":{"title":"a"}}`), noted(`activity "interactive/opened"`)},
		"activity of nothing": {gatewayEvent("ACTIVITY", ""), noted(`activity ""`)},

		"not known":        {gatewayEvent("SOMETHING_NEW", `{"a":1}`), noted(`unknown event "SOMETHING_NEW"`)},
		"no event type":    {gatewayEvent("", ""), noted(`unknown event ""`)},
		"type of odd type": {strings.Replace(gatewayEvent("X", ""), `"X"`, `{}`, 1), noted(`unknown event ""`)},
		"long event type":  {gatewayEvent(strings.Repeat("x", 1000), ""), noted(`unknown event "` + strings.Repeat("x", 64) + `"`)},
	} {
		t.Run(name, func(t *testing.T) {
			got, typing, err := event(t, one.body)
			if err != nil || typing != nil {
				t.Fatalf("typing %v, %v", typing, err)
			}
			one.want.ID, one.want.At = "8x8:tenant01:ZgBmFAq8SYGSRBuEyk0H5A", sentAt
			one.want.Desk, one.want.Ticket, one.want.DeskTime = "acme", "t1", told
			if diff := cmp.Diff(one.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTypingIsNoEvent(t *testing.T) {
	typed := func(users string) string {
		return gatewayEvent("ACTIVITY", `{"name":"typing","value":{"users":`+users+`}}`)
	}
	names := lifecycle.Event{Desk: "acme", Ticket: "t1"}
	for users, want := range map[string]*bridge.Typing{
		`[{"id":"ada","type":"agent"}]`:                          {Author: bot.AuthorAgent, AuthorID: "ada", Typing: bot.Typing{For: 10 * time.Second}},
		`[{"id":"u","type":"user"},{"id":"ada","type":"AGENT"}]`: {Author: bot.AuthorAgent, AuthorID: "ada", Typing: bot.Typing{For: 10 * time.Second}},
		`[]`:   {Author: bot.AuthorAgent},
		`null`: {Author: bot.AuthorAgent},
	} {
		got, typing, err := event(t, typed(users))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(names, got) + cmp.Diff(want, typing); diff != "" {
			t.Errorf("users %s (-want +got):\n%s", users, diff)
		}
	}
	if _, typing, err := event(t, typed(`[{"id":"user","type":"user"}]`)); !errors.Is(err, eightx8.ErrNothing) || typing != nil {
		t.Errorf("what we told 8x8 came back as %v, %v", typing, err)
	}
}

func TestEventsOfNoConversation(t *testing.T) {
	for body, want := range map[string]error{
		`{"eventType":"SOMETHING_NEW"}`:              eightx8.ErrNothing,
		`{"eventType":"QUEUED","conversationId":""}`: eightx8.ErrNothing,
		`{"eventType":"QUEUED","conversationId":{}}`: eightx8.ErrNothing,
		`{}`: eightx8.ErrNothing,
		`{"eventType":"QUEUED","conversationId":"` + strings.Repeat("c", 257) + `"}`: eightx8.ErrBody,
	} {
		if _, _, err := event(t, body); !errors.Is(err, want) {
			t.Errorf("%.80s: %v, want %v", body, err, want)
		}
	}
}

func TestATimestampThatCannotBeBelieved(t *testing.T) {
	for text, want := range map[string]time.Time{
		`1777636790123`:     told,
		`"1777636790123"`:   told,
		`1.777636790123e12`: told,
		`0`:                 sentAt,
		`-1`:                sentAt,
		`1777636790`:        sentAt, // seconds
		`9e99`:              sentAt,
		`"NaN"`:             sentAt,
		`"yesterday"`:       sentAt,
		`null`:              sentAt,
		`{}`:                sentAt,
	} {
		got, _, err := event(t, `{"eventType":"TRANSFER","conversationId":"t1","timestamp":`+text+`}`)
		if err != nil || !got.DeskTime.Equal(want) {
			t.Errorf("timestamp %s: %s, %v", text, got.DeskTime, err)
		}
	}
}

// What is not known is in the log by its name, whichever name that is.
func TestWhatIsNotKnownIsInTheLog(t *testing.T) {
	for body, want := range map[string]string{
		gatewayEvent("SOMETHING_NEW", `{}`):                                                     "SOMETHING_NEW",
		gatewayEvent("ACTIVITY", `{"name":"interactive/opened","value":{"title":"a"}}`):         "interactive/opened",
		gatewayEvent("ACTIVITY", `{"name":"interactive/reply","value":{}}`):                     "interactive/reply", // of a shape that is not
		gatewayEvent("ACTIVITY", `{"name":"read-receipts","value":[]}`):                         "",
		gatewayEvent("ACTIVITY", `{"name":"quickReply/action","value":{"data":{"title":"a"}}}`): "",
	} {
		log, out := logged()
		h := newHook(body)
		_, _, err := verifier(t, &keySource{}, func(c *eightx8.VerifierConfig) { c.Logger = log }).Verify(t.Context(), h.header(), []byte(body))
		if err != nil || (out.String() != "") != (want != "") || !strings.Contains(out.String(), want) {
			t.Errorf("%s: %v, logged %q", body, err, out)
		}
	}
}

// What people say, and addresses that give access, are in no log.
func TestWebhooksLogNoWords(t *testing.T) {
	log, out := logged()
	v := verifier(t, &keySource{}, func(c *eightx8.VerifierConfig) { c.Logger = log })
	for _, body := range []string{
		gatewayEvent("MESSAGE", `{"sender":{"id":"ada","type":"agent"},"text":"private words","attachments":[{"preSignedUrl":"https://private"}]}`),
		gatewayEvent("SOMETHING_NEW", `{"text":"private words"}`),
		`{"eventType":"SOMETHING_NEW","text":"private words"}`,
	} {
		h := newHook(body)
		_, _, _ = v.Verify(t.Context(), h.header(), []byte(body))
	}
	if strings.Contains(out.String(), "private") || !strings.Contains(out.String(), "SOMETHING_NEW") {
		t.Errorf("logged:\n%s", out)
	}
}
