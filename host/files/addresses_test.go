package files

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// handClock is set by hand.
type handClock struct{ now time.Time }

func (c *handClock) Now() time.Time                              { return c.now }
func (c *handClock) AfterFunc(time.Duration, func()) func() bool { panic("not used") }

func newAddresses(key string) (*Addresses, *handClock) {
	clock := &handClock{noon.Add(17 * time.Minute)}
	return NewAddresses("https://chat.example.com/bots/", []byte(key), clock), clock
}

// tokenOf is the token in an address.
func tokenOf(t testing.TB, address string) string {
	t.Helper()
	rest, ok := strings.CutPrefix(address, "https://chat.example.com/bots/files/")
	token, _, ok2 := strings.Cut(rest, "/")
	if !ok || !ok2 {
		t.Fatal(address)
	}
	return token
}

func TestAddress(t *testing.T) {
	a, clock := newAddresses("key")
	address := a.URL(time.Hour, "conv", 7, 2, "Grüße an/alle.png")
	u, err := url.Parse(address)
	if err != nil || !strings.HasSuffix(u.Path, "/Grüße_an_alle.png") {
		t.Errorf("%s, %v", address, err)
	}
	token := tokenOf(t, address)
	if got, ok := a.read(token); !ok || got != (ref{"conv", 7, 2}) {
		t.Errorf("%v, %v", got, ok)
	}
	// The same for an hour, good for an hour at least and for two at most.
	for _, test := range []struct {
		after      time.Duration
		same, good bool
	}{
		{42 * time.Minute, true, true},
		{43 * time.Minute, false, true},
		{102 * time.Minute, false, true},
		{103 * time.Minute, false, false},
		{24 * time.Hour, false, false},
	} {
		clock.now = noon.Add(17*time.Minute + test.after)
		if _, good := a.read(token); good != test.good {
			t.Errorf("after %s: good is %v", test.after, good)
		}
		if same := a.URL(time.Hour, "conv", 7, 2, "Grüße an/alle.png") == address; same != test.same {
			t.Errorf("after %s: the same is %v", test.after, same)
		}
	}
}

// Another host with the same key reads it; one with another does not.
func TestKeys(t *testing.T) {
	a, _ := newAddresses("key")
	same, _ := newAddresses("key")
	other, _ := newAddresses("yek")
	token := tokenOf(t, a.URL(time.Hour, "conv", 7, 2, "x"))
	if _, ok := same.read(token); !ok {
		t.Error("the same key does not read it")
	}
	if _, ok := other.read(token); ok {
		t.Error("another key reads it")
	}
}

func TestPlainName(t *testing.T) {
	for name, want := range map[string]string{
		"": "file", "..": "file", "...": "file", ".htaccess": "htaccess", "a b?c#d%e.png": "a_b_c_d_e.png", "a/../b": "a_.._b",
		"\xff\x00": "__", "写真.jpg": "写真.jpg", strings.Repeat("x", 200) + ".pdf": strings.Repeat("x", 76) + ".pdf",
	} {
		if got := plainName(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

// Nothing near a token is one.
func TestGuess(t *testing.T) {
	a, _ := newAddresses("key")
	token := tokenOf(t, a.URL(time.Hour, "conv", 7, 2, "x"))
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		t.Fatal(err)
	}
	guesses := []string{"", ".", token + "A", token + "=", "A" + token, token[1:], strings.Repeat("A", maxToken+1), strings.ToLower(token)}
	for bit := range len(raw) * 8 {
		changed := append([]byte{}, raw...)
		changed[bit/8] ^= 1 << (bit % 8)
		guesses = append(guesses, base64.RawURLEncoding.EncodeToString(changed))
	}
	for n := range raw {
		guesses = append(guesses, base64.RawURLEncoding.EncodeToString(raw[:n]), base64.RawURLEncoding.EncodeToString(raw[n:])[1:])
	}
	for _, guess := range guesses {
		if got, ok := a.read(guess); ok {
			t.Errorf("%q is taken: %v", guess, got)
		}
	}
}

// FuzzToken: nothing is taken that was not signed, in exactly one spelling,
// and what is signed comes back.
func FuzzToken(f *testing.F) {
	a, clock := newAddresses("key")
	f.Add(tokenOf(f, a.URL(time.Hour, "conv", 7, 2, "x")), "conv", int64(7), 2)
	f.Add("", "", int64(0), 0)
	f.Add("AAAA", "\x00/..", int64(1<<62), 1<<30)
	f.Fuzz(func(t *testing.T, token, conversation string, entry int64, index int) {
		if r, ok := a.read(token); ok && a.sign(r, noon.Add(2*time.Hour)) != token {
			t.Errorf("%q is taken: %v", token, r)
		}
		want := ref{bot.ConversationID(conversation), max(entry, 0), max(index, 0)}
		signed := a.sign(want, clock.now.Add(time.Second))
		if got, ok := a.read(signed); len(signed) <= maxToken && (!ok || got != want) {
			t.Errorf("%v, %v, want %v", got, ok, want)
		}
		if signed == token && want.conversation != "conv" {
			t.Error("a token was guessed")
		}
		address, err := url.Parse(a.URL(time.Hour, want.conversation, want.entry, want.index, conversation))
		if err != nil || address.Host != "chat.example.com" || strings.Count(address.Path, "/") != 4 {
			t.Errorf("%s, %v", address, err)
		}
	})
}
