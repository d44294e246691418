package simulator

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

func TestRefusedWebhookIsRepeatedOnItsOwn(t *testing.T) {
	inBox(t, Options{RetryDelays: []time.Duration{time.Second, 3 * time.Second}}, func(b *box) {
		tries := 0
		b.answer = func(r received) int {
			if r.event["eventType"] != eventQueued {
				return http.StatusOK
			}
			if tries++; tries < 4 {
				return http.StatusInternalServerError
			}
			return http.StatusOK
		}
		id := b.open()
		b.gateway("POST", "/conversations/"+id+"/messages", `{"authorType":"user","text":"hi"}`)
		b.expect(
			"CONVERSATION_UPDATE created queue 101",
			"CONVERSATION_UPDATE active queue 101",
			"MEMBERS_CHANGED user user joined",
			"QUEUED 101 Support",
			"MESSAGE user user echo=true: hi", // not held up
		)
		start := time.Now()
		time.Sleep(time.Minute) // the bubble's time
		again := b.webhooks()
		if len(again) != 3 {
			t.Fatalf("%d repetitions, want 3", len(again))
		}
		waits := []time.Duration{time.Second, 4 * time.Second, 7 * time.Second}
		for i, w := range again {
			if w.id() != again[0].id() || w.header.Get("x-8x8-retry") != strconv.Itoa(i+1) {
				t.Errorf("repetition %d: event %s, retry %s", i+1, w.id(), w.header.Get("x-8x8-retry"))
			}
			if want := strconv.FormatInt(start.Add(waits[i]).UnixMilli(), 10); w.header.Get("x-8x8-transmission-time") != want {
				t.Errorf("repetition %d at %s, want %s", i+1, w.header.Get("x-8x8-transmission-time"), want)
			}
			if err := verify(b, w); err != nil {
				t.Errorf("repetition %d: %v", i+1, err)
			}
		}
		events := b.control("GET", "/events?conversationId="+id, nil)
		if events.text("events.3.state") != eventDelivered || len(events.list("events.3.attempts")) != 4 {
			t.Errorf("events: %s", events.raw)
		}
	})
}

func TestUnreachableWebhookIsGivenUpInTheEnd(t *testing.T) {
	hooks := []Webhook{{ID: "12", URI: "https://nobody.example/8x8"}}
	inBox(t, Options{Webhooks: hooks, RetryDelays: []time.Duration{time.Hour}}, func(b *box) {
		b.open()
		time.Sleep(giveUpAfter - time.Hour)
		if got := b.control("GET", "/state", nil).text("events.pending"); got != "4" {
			t.Errorf("pending: %s", got)
		}
		time.Sleep(48 * time.Hour)
		if got := b.control("GET", "/state", nil).text("events.given_up"); got != "4" {
			t.Errorf("given up: %s", got)
		}
	})
}

func TestPendingEventsWaitForTheNextRun(t *testing.T) {
	key := testKey()
	synctest.Test(t, func(t *testing.T) {
		b := &box{t: t}
		b.sim = New(Options{
			Key:      key,
			Client:   &http.Client{Transport: inMemory{"hooks.example": b}},
			Webhooks: []Webhook{{ID: "12", URI: "https://hooks.example"}},
			Channels: []Channel{{ID: "7", Queue: "101", WebhookID: "12"}},
		})
		b.open()
		b.expect([]string{}...)
		for range 2 { // a Run can follow another
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error)
			go func() { done <- b.sim.Run(ctx) }()
			if n := len(b.webhooks()); n != 4 {
				t.Errorf("%d webhooks, want 4", n)
			}
			if err := b.sim.Run(ctx); !errors.Is(err, ErrRunning) {
				t.Errorf("second Run = %v", err)
			}
			cancel()
			if err := <-done; err != nil {
				t.Errorf("Run = %v", err)
			}
		}
	})
}

func TestLag(t *testing.T) {
	inBox(t, Options{Lag: time.Second}, func(b *box) {
		id := b.open()
		b.expect("CONVERSATION_UPDATE created queue 101")
		b.gateway("POST", "/conversations/"+id+"/messages", `{"authorType":"user","text":"hi"}`)
		if got := b.gateway("GET", "/conversations/"+id, nil).text("state"); got != "created" {
			t.Errorf("state = %s", got)
		}
		if n := b.gateway("GET", "/conversations/"+id+"/messages", nil).text("page.totalElements"); n != "0" {
			t.Errorf("%s messages are stored before the lag", n)
		}
		time.Sleep(2 * time.Second)
		b.expect(
			"CONVERSATION_UPDATE active queue 101",
			"MEMBERS_CHANGED user user joined",
			"QUEUED 101 Support",
			"MESSAGE user user echo=true: hi",
		)
	})
}

func TestChannelWithoutWebhook(t *testing.T) {
	inBox(t, Options{Channels: []Channel{{ID: "7", Queue: "101", WebhookID: "gone"}}}, func(b *box) {
		b.open()
		b.expect([]string{}...)
		if got := b.control("GET", "/state", nil).text("events.no_webhook"); got != "4" {
			t.Errorf("no webhook: %s", got)
		}
	})
}

func TestVerifyWebhook(t *testing.T) {
	inBox(t, Options{}, func(b *box) {
		good := `{"version":"Chat Gateway v1.0","uri":"https://hooks.example/x"}`
		if r := b.gateway("POST", "/webhooks/verify", good); r.status != http.StatusNoContent {
			t.Errorf("verify: %d %s", r.status, r.raw)
		}
		w := b.webhooks()[0]
		if string(w.body) != `{"notificationVersion":"Chat Gateway v1.0","eventType":"WEB_HOOK_VERIFY"}` {
			t.Errorf("body: %s", w.body)
		}
		if w.header.Get("x-8x8-signature") != "" {
			t.Error("the verification is signed")
		}
		b.answer = func(received) int { return http.StatusTeapot }
		if r := b.gateway("POST", "/webhooks/verify", good); r.status != 400 || r.text("errors.0.code") != "webhook_not_reachable" {
			t.Errorf("refused: %d %s", r.status, r.raw)
		}
	})
}
