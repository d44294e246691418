package directline

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

const (
	// keyInfo ties the derived keys to their use; the channel's name follows.
	keyInfo = "patchbay direct line token 1 "
	// maxToken is the longest token looked at.
	maxToken = 6 << 10
)

// claims is what a token says about its holder. Anyone can read it; only the
// channel's keys can write it.
type claims struct {
	Channel      string             `json:"c"`
	Conversation bot.ConversationID `json:"i"`
	// User that the holder is; empty: not said.
	User string `json:"u,omitempty"`
	Name string `json:"n,omitempty"`
	// Verified: the holder of a secret vouches for User.
	Verified bool `json:"v,omitempty"`
	// Origins that the token may be used from, beside the channel's.
	Origins []string `json:"o,omitempty"`
	// Expires, in seconds of Unix time.
	Expires int64 `json:"e"`
}

// sign makes a token of c's that is valid for the channel's token life.
func (c *channel) sign(cl claims, now time.Time) string {
	cl.Channel, cl.Expires = c.name, now.Add(c.life).Unix()
	body, err := json.Marshal(cl)
	if err != nil {
		panic(err) // strings and numbers always marshal
	}
	payload := base64.RawURLEncoding.EncodeToString(body)
	return payload + "." + base64.RawURLEncoding.EncodeToString(mac(c.keys[0], payload))
}

// verify reads a token that one of our channels signed. It survives restarts
// and is good on every host, since nothing about it is kept.
func (cs *channels) verify(token string, now time.Time) (*channel, claims, error) {
	payload, signature, ok := strings.Cut(token, ".")
	if !ok || len(token) > maxToken {
		return nil, claims{}, unauthorized()
	}
	strict := base64.RawURLEncoding.Strict()
	sum, err := strict.DecodeString(signature)
	if err != nil {
		return nil, claims{}, unauthorized()
	}
	body, err := strict.DecodeString(payload)
	if err != nil {
		return nil, claims{}, unauthorized()
	}
	var cl claims
	if err := json.Unmarshal(body, &cl); err != nil {
		return nil, claims{}, unauthorized()
	}
	c := cs.byName[cl.Channel]
	if c == nil || !c.signed(payload, sum) {
		return nil, claims{}, unauthorized()
	}
	if now.Unix() >= cl.Expires {
		return nil, claims{}, tokenExpired()
	}
	return c, cl, nil
}

func (c *channel) signed(payload string, sum []byte) bool {
	for _, key := range c.keys {
		if hmac.Equal(sum, mac(key, payload)) {
			return true
		}
	}
	return false
}

func mac(key []byte, payload string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(payload))
	return h.Sum(nil)
}
