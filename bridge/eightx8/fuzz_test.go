package eightx8

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
)

// Whatever the header says: what is taken for a signature has one kid that can
// be asked for, and is written in the one way that there is.
func FuzzSignatureHeader(f *testing.F) {
	for _, seed := range []string{
		"", ".", "..", "...", "a..b", "e30..AA",
		"eyJiNjQiOmZhbHNlLCJjcml0IjpbImI2NCJdLCJraWQiOiJrZXkxIiwiYWxnIjoiUlMyNTYifQ..AAAA",
		"eyJiNjQiOmZhbHNlLCJjcml0IjpbImI2NCJdLCJraWQiOiJrZXkxIiwiYWxnIjoiUlMyNTYifQ.e30.AAAA",
		"eyJhbGciOiJub25lIn0..",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		signed, err := parseSignature(text, nil)
		if err != nil {
			return
		}
		if !validKid(signed.kid) || len(signed.kid) > maxKid || strings.ContainsAny(signed.kid, "/?#%\\ ") {
			t.Errorf("kid %q", signed.kid)
		}
		if len(text) > maxSignature || !strings.HasPrefix(text, signed.text+"..") || len(signed.value) == 0 {
			t.Errorf("signature %q", text)
		}
		header, err := decode(signed.text)
		var fields struct {
			Alg  string
			B64  *bool
			Crit []string
		}
		if err != nil || json.Unmarshal(header, &fields) != nil {
			t.Errorf("header %q", header)
		}
	})
}

// Whatever a verified body says: it is an event that can be stored and that
// says nothing by halves, or it is refused.
func FuzzEventBody(f *testing.F) {
	for _, seed := range []string{
		`{"eventType":"AGENT_JOINED","messageType":"SYSTEM","conversationId":"c","agentId":"a","agentName":"A","timestamp":1629804577002}`,
		`{"eventType":"TEXT","messageType":"AGENT","conversationId":"c","agentId":"a","message":"hi","timestamp":"1629804577002"}`,
		`{"eventType":"QUEUED","messageType":"SYSTEM","conversationId":"c","queueId":101,"queueName":null}`,
		`{"eventType":"QUEUED","conversationId":"c","timestamp":1629804577002,"data":{"queueId":"101","queueName":"Support"}}`,
		`{"eventType":"TRANSFER","conversationId":"c","timestamp":1e12}`,
		`{"eventType":"MEMBERS_CHANGED","conversationId":"c","data":{"memberType":"agent","change":"left","id":"a"}}`,
		`{"eventType":"MESSAGE","conversationId":"c","data":{"isEcho":false,"sender":{"id":"a","type":"agent"},"text":"hi","attachments":[{"fileName":"f"}],"cards":[{"contentType":"x","content":{"body":[{"text":"y"}]}}]}}`,
		`{"eventType":"ACTIVITY","conversationId":"c","data":{"name":"typing","value":{"users":[{"id":"a","type":"agent"}]}}}`,
		`{"eventType":"CONVERSATION_UPDATE","conversationId":"c","data":{"state":"active","user":{"additionalProperties":[{"key":"patchbayTicket","value":"12/conv"}]}}}`,
		`{"eventType":"MESSAGE","conversationId":"c","data":{"sender":{"type":"user"},"attachments":[{"id":"a","preSignedUrl":"https://x"}],"cards":[{"contentType":"application/8x8.quick.replies","content":{"options":[{"title":"a"}]}}]}}`,
		`{"eventType":"ACTIVITY","conversationId":"c","data":{"name":"interactive/reply","value":{"button_reply":{"id":"b","title":"a"}}}}`,
		`{"eventType":"ACTIVITY","conversationId":"c","data":{"name":"adaptiveCard/action","value":{"data":{"a":1}}}}`,
		`{"notificationVersion":"v2.0","eventType":"WEB_HOOK_VERIFY"}`,
		`{"eventType":7,"conversationId":7,"timestamp":{},"data":"x"}`,
		`[]`, `null`, ``,
	} {
		f.Add([]byte(seed))
	}
	v := &Verifier{desk: "acme", tenant: "t", clock: bridge.RealClock{}, log: slog.New(slog.DiscardHandler)}
	sent := envelope{event: "e", at: time.UnixMilli(1629804577002)}
	f.Fuzz(func(t *testing.T, body []byte) {
		event, typing, err := v.read(context.Background(), sent, body)
		_ = isProbe(body) // must not panic
		var refusal Refusal
		if err != nil {
			if !errors.As(err, &refusal) || refusal != ErrBody && refusal != ErrNothing {
				t.Errorf("error %v", err)
			}
			return
		}
		if event.Desk != "acme" || event.Ticket == "" || len(event.Ticket) > maxTicket || strings.Contains(event.Ticket, "\x00") {
			t.Errorf("event %+v", event)
		}
		if typing != nil {
			if event.Kind != "" || event.ID != "" {
				t.Errorf("typing and an event %+v", event)
			}
			return
		}
		if _, err := json.Marshal(event); err != nil {
			t.Errorf("the event cannot be stored: %v", err)
		}
		if event.ID != "8x8:t:e" || event.Kind == "" || event.DeskTime.IsZero() || !utf8.ValidString(event.Detail) || len(event.Detail) > maxMessage {
			t.Errorf("event %+v", event)
		}
		says := event.Kind == lifecycle.EventAgentSaid || event.Kind == lifecycle.EventSaid
		if says != (event.Message != nil) || event.Message != nil && event.Message.Empty() {
			t.Errorf("somebody said %+v", event.Message)
		}
		if (event.Kind == lifecycle.EventActed) != (event.Action != nil) {
			t.Errorf("somebody pressed %+v", event.Action)
		}
		if bytes.Contains(body, []byte("preSignedUrl")) && event.Message != nil {
			for _, file := range event.Message.Attachments {
				if place, _ := lifecycle.PlaceOf(file); place != lifecycle.FileAtDesk {
					t.Errorf("attachment %+v", file)
				}
			}
		}
		if (event.Kind == lifecycle.EventTicket) != (event.Active || event.Marker != lifecycle.Marker{}) {
			t.Errorf("event %+v", event)
		}
	})
}
