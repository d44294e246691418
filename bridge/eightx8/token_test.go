package eightx8_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/eightx8"
)

const flatMessages = "POST /conversations/t1/messages"

// taken is a chat-api that takes messages.
func taken(t *testing.T) *flatAPI {
	t.Helper()
	return newFlatAPI(t, map[string]http.HandlerFunc{flatMessages: answer(202, "")})
}

func TestATokenIsRenewedBeforeItExpires(t *testing.T) {
	for lasts, want := range map[string]time.Duration{
		`"3600"`: 59 * time.Minute,
		`3600`:   59 * time.Minute,
		`"100"`:  90 * time.Second,
		`"soon"`: 9 * time.Minute,
		`null`:   9 * time.Minute,
		`"-1"`:   9 * time.Minute,
	} {
		synctest.Test(t, func(t *testing.T) {
			f := taken(t)
			f.lasts = lasts
			desk := f.desk()
			send := func(tokens int) {
				t.Helper()
				if err := desk.Send(t.Context(), "t1", hello); err != nil || f.asked() != tokens {
					t.Errorf("expires in %s: %d tokens, %v", lasts, f.asked(), err)
				}
			}
			send(1)
			time.Sleep(want - time.Second)
			send(1)
			time.Sleep(time.Second)
			send(2)
		})
	}
}

func TestOneTokenForManyCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := taken(t)
		let := make(chan struct{})
		f.answers["token"] = func(w http.ResponseWriter, r *http.Request) {
			<-let
			answer(200, `{"access_token":"slow","expires_in":"3600"}`)(w, r)
		}
		desk := f.desk()
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if err := desk.Send(t.Context(), "t1", hello); err != nil {
					t.Error(err)
				}
			})
		}
		ctx, cancel := context.WithCancel(t.Context())
		all.Go(func() { // gives up, and the others go on
			if inDoubt(t, desk.Send(ctx, "t1", hello)) {
				t.Error("not sent, and in doubt")
			}
		})
		synctest.Wait()
		cancel()
		synctest.Wait()
		close(let)
		all.Wait()
		if f.asked() != 1 || len(f.calls) != 20 {
			t.Errorf("%d tokens for %d calls", f.asked(), len(f.calls))
		}
	})
}

// A token that 8x8 does not take any more is renewed, and the call sent once
// more: 401 says that nothing was done.
func TestARefusedTokenIsRenewedOnce(t *testing.T) {
	f := taken(t)
	f.valid = func(token string) bool { return token != "token-1" }
	desk := f.desk()
	if err := desk.Send(t.Context(), "t1", hello); err != nil {
		t.Error(err)
	}
	if want := []string{flatMessages, flatMessages}; !slices.Equal(f.calls, want) || f.asked() != 2 {
		t.Errorf("%d tokens, calls %v", f.asked(), f.calls)
	}
	if string(f.body) != `{"authorType":"user","text":"hello"}` {
		t.Errorf("sent %s", f.body)
	}

	f.valid = func(string) bool { return false }
	f.calls = nil
	err := desk.Send(t.Context(), "t1", hello)
	var failed *bridge.DeskError
	if !errors.As(err, &failed) || failed.Kind != bridge.DeskDenied || failed.Doubt || len(f.calls) != 2 {
		t.Errorf("%d calls: %v", len(f.calls), err)
	}
}

func TestNoTokenNoCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, one := range []struct {
			status int
			body   string
			kind   bridge.DeskErrorKind
			asked  int
		}{
			{400, `{"ErrorCode":"invalid_request","Error":"x"}`, bridge.DeskDenied, 1},
			{401, `{"ErrorCode":"invalid_client","Error":"x"}`, bridge.DeskDenied, 1},
			{403, ``, bridge.DeskDenied, 1},
			{429, ``, bridge.DeskUnavailable, 3},
			{500, ``, bridge.DeskUnavailable, 3},
			{200, `{}`, bridge.DeskUnavailable, 1},
			{200, `{"access_token":"two words"}`, bridge.DeskUnavailable, 1},
			{200, `<html>`, bridge.DeskUnavailable, 3},
		} {
			f := taken(t)
			f.answers["token"] = answer(one.status, one.body)
			err := f.desk().Send(t.Context(), "t1", hello)
			var failed *bridge.DeskError
			if !errors.As(err, &failed) || failed.Kind != one.kind || failed.Doubt || f.asked() != one.asked || len(f.calls) != 0 {
				t.Errorf("%d %s: asked %d times, %v", one.status, one.body, f.asked(), err)
			}
		}
	})
}

// Key, secret and tokens are in no log and in no error, even where 8x8 repeats
// them.
func TestTokensAreKeptSecret(t *testing.T) {
	log, out := logged()
	f := taken(t)
	f.valid = func(string) bool { return false }
	config := func(c *eightx8.Config) { c.Logger = log }
	err := f.desk(config).Send(t.Context(), "t1", hello)
	wrong := f.desk(config, func(c *eightx8.Config) { c.Secret = "another-secret" }).Send(t.Context(), "t1", hello)
	printed := fmt.Sprint(err, wrong, eightx8.Config{Key: testKey, Secret: testSecret}) + out.String()
	for _, secret := range []string{"token-1", "token-2", testSecret, "another-secret", testKey} {
		if strings.Contains(printed, secret) {
			t.Errorf("%q is told:\n%s", secret, printed)
		}
	}
	if !strings.Contains(printed, "Invalid access token: [token]") || !strings.Contains(printed, "not [secret]") {
		t.Errorf("told:\n%s", printed)
	}
}

func TestTheChatAPIRefusesABadConfig(t *testing.T) {
	good := eightx8.Config{API: eightx8.ChatAPI, Tenant: "t", Region: "us", Key: "k", Secret: "s"}
	if _, err := eightx8.New(good); err != nil {
		t.Error(err)
	}
	for want, change := range map[string]func(*eightx8.Config){
		"API: must be chat-gateway or chat-api":  func(c *eightx8.Config) { c.API = "chat" },
		"region: must be us, eu, ca or ap":       func(c *eightx8.Config) { c.Region = "US" },
		"key: must be given":                     func(c *eightx8.Config) { c.Key = "a:b" },
		"secret: must be given":                  func(c *eightx8.Config) { c.Secret = "" },
		"secret: must be given, without spaces ": func(c *eightx8.Config) { c.Secret = "a b" },
	} {
		config := good
		change(&config)
		if _, err := eightx8.New(config); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
