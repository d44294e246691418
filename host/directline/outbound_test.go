package directline

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// What the customer is shown of the journal. What every activity has is left
// out of the table: id, timestamp, channelId, conversation.
func TestShow(t *testing.T) {
	conv := lifecycle.Conversation{ID: "c", Language: "de"}
	agent := lifecycle.Entry{Author: bot.AuthorAgent, AuthorID: "a1", Name: "Bea"}
	with := func(e lifecycle.Entry, kind lifecycle.EntryKind, change func(*lifecycle.Entry)) lifecycle.Entry {
		e.Kind, e.To = kind, lifecycle.ToCustomer
		change(&e)
		return e
	}
	message := func(m bot.Message) lifecycle.Entry {
		e := said(bot.AuthorBot, "", "faq", "")
		e.Message = &m
		return e
	}
	own := lifecycle.Entry{Kind: lifecycle.EntryActed, To: lifecycle.ToBot, Author: bot.AuthorCustomer, AuthorID: "dl_ann", Name: "Ann", ClientID: "c1"}
	for _, test := range []struct {
		name  string
		entry lifecycle.Entry
		want  string
	}{
		{"bot", said(bot.AuthorBot, "", "faq", "**hi**"), `{
			"type": "message", "from": {"id": "bot", "name": "faq", "role": "bot"}, "locale": "de",
			"textFormat": "plain", "text": "**hi**", "channelData": {"patchbay": {"author": "bot"}}}`},
		{"agent", said(bot.AuthorAgent, "a1", "Bea", "hi"), `{
			"type": "message", "from": {"id": "a1", "name": "Bea", "role": "bot"}, "locale": "de",
			"textFormat": "plain", "text": "hi",
			"channelData": {"patchbay": {"author": "agent", "agent": {"id": "a1", "name": "Bea"}}}}`},
		{"system", with(said(bot.AuthorSystem, "", "", "sorry"), lifecycle.EntrySaid, func(e *lifecycle.Entry) { e.Of = 3 }), `{
			"type": "message", "from": {"id": "system", "role": "bot"}, "locale": "de", "replyToId": "c|0000003",
			"textFormat": "plain", "text": "sorry", "channelData": {"patchbay": {"author": "system"}}}`},
		{"quick replies", message(bot.Message{Text: "?", QuickReplies: []bot.QuickReply{{Title: "Yes"}, {Title: "No", Value: "n"}}}), `{
			"type": "message", "from": {"id": "bot", "name": "faq", "role": "bot"}, "locale": "de",
			"textFormat": "plain", "text": "?", "channelData": {"patchbay": {"author": "bot"}},
			"suggestedActions": {"actions": [
				{"type": "imBack", "title": "Yes", "value": "Yes"},
				{"type": "messageBack", "title": "No", "text": "No", "displayText": "No", "value": "n"}]}}`},
		{"cards and files", message(bot.Message{
			Cards: []bot.Card{
				{ContentType: "application/vnd.microsoft.card.adaptive", Content: json.RawMessage(`{"type":"AdaptiveCard"}`)},
				{ContentType: "broken", Content: json.RawMessage(`{`), Fallback: "a card"},
			},
			Attachments: []bot.Attachment{
				{Name: "a.png", ContentType: "image/png", URL: "https://example.com/a.png"}, {Name: "b", Data: []byte("b")},
			},
		}), `{
			"type": "message", "from": {"id": "bot", "name": "faq", "role": "bot"}, "locale": "de",
			"textFormat": "plain", "text": "a card", "channelData": {"patchbay": {"author": "bot"}},
			"attachments": [
				{"contentType": "application/vnd.microsoft.card.adaptive", "content": {"type": "AdaptiveCard"}},
				{"contentType": "image/png", "contentUrl": "https://example.com/a.png", "name": "a.png"},
				{"contentType": "application/octet-stream", "contentUrl": "data:application/octet-stream;base64,Yg==", "name": "b"}]}`},
		{"own press of a quick reply", press(own, bot.Action{Kind: bot.ActionQuickReply, Title: "No", Value: "n"}), `{
			"type": "message", "from": {"id": "dl_ann", "name": "Ann", "role": "user"}, "textFormat": "plain", "text": "No", "value": "n",
			"channelData": {"clientActivityID": "c1", "messageBack": {"displayText": "No"}, "patchbay": {"author": "customer"}}}`},
		{"own press of a card", press(own, bot.Action{Kind: bot.ActionCard, Data: json.RawMessage(`{"a":1}`)}), `{
			"type": "message", "from": {"id": "dl_ann", "name": "Ann", "role": "user"}, "textFormat": "plain", "value": {"a": 1},
			"channelData": {"clientActivityID": "c1", "postBack": true, "patchbay": {"author": "customer"}}}`},
		{"delayed", with(lifecycle.Entry{}, lifecycle.EntryStatus, func(e *lifecycle.Entry) {
			e.Status, e.Detail = lifecycle.StatusDelayed, "POST https://api.8x8.com: 500"
		}), `{
			"type": "event", "name": "handoff.status", "from": {"id": "system", "role": "bot"}, "locale": "de",
			"value": {"status": "delayed"}, "channelData": {"patchbay": {"author": "system"}}}`},
		{"queued", with(lifecycle.Entry{}, lifecycle.EntryQueued, func(e *lifecycle.Entry) {
			e.Status, e.Detail = lifecycle.StatusQueued, "Sales"
		}), `{
			"type": "event", "name": "handoff.status", "from": {"id": "system", "role": "bot"}, "locale": "de",
			"value": {"status": "queued", "queue": "Sales"}, "channelData": {"patchbay": {"author": "system"}}}`},
		{"joined", with(agent, lifecycle.EntryJoined, func(e *lifecycle.Entry) { e.Status = lifecycle.StatusJoined }), `{
			"type": "event", "name": "handoff.status", "from": {"id": "a1", "name": "Bea", "role": "bot"}, "locale": "de",
			"value": {"status": "joined", "agent": {"id": "a1", "name": "Bea"}},
			"channelData": {"patchbay": {"author": "agent", "agent": {"id": "a1", "name": "Bea"}}}}`},
		{"ended", with(lifecycle.Entry{Author: bot.AuthorBot, Name: "faq"}, lifecycle.EntryEnded, func(e *lifecycle.Entry) { e.Detail = "bored" }), `{
			"type": "event", "name": "conversation.status", "from": {"id": "bot", "name": "faq", "role": "bot"}, "locale": "de",
			"value": {"status": "ended"}, "channelData": {"patchbay": {"author": "bot"}}}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.entry.Number, test.entry.At = 7, noon.Add(987654321)
			a, ok := show(conv, test.entry, nil)
			if !ok {
				t.Fatal("hidden")
			}
			text, err := json.Marshal(a)
			if err != nil {
				t.Fatal(err)
			}
			var got, want map[string]any
			if err := json.Unmarshal(text, &got); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal([]byte(test.want), &want); err != nil {
				t.Fatal(err)
			}
			want["id"], want["timestamp"], want["channelId"] = "c|0000007", "2026-05-04T12:00:00.987Z", "directline"
			want["conversation"] = map[string]any{"id": "c"}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func press(e lifecycle.Entry, a bot.Action) lifecycle.Entry {
	e.Action = &a
	return e
}

func TestHidden(t *testing.T) {
	for name, e := range map[string]lifecycle.Entry{
		"to the bot":       hidden(),
		"too late":         {Kind: lifecycle.EntryStale, Author: bot.AuthorBot, Message: &bot.Message{Text: "late"}},
		"own leaving":      {Kind: lifecycle.EntryLeft, Author: bot.AuthorCustomer},
		"nothing to show":  {Kind: lifecycle.EntryNoted, To: lifecycle.ToCustomer},
		"status to others": {Kind: lifecycle.EntryAgentLeft, To: lifecycle.ToObserver, Status: lifecycle.StatusAgentLeft},
	} {
		if a, ok := show(lifecycle.Conversation{ID: "c"}, e, nil); ok {
			t.Errorf("%s: shown as %+v", name, a)
		}
	}
}
