package files

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// Prefix of the paths that are served.
const Prefix = "/files/"

// maxToken is the longest token looked at.
const maxToken = 2 << 10

// maxName is how many letters of a name an address shows.
const maxName = 80

// Addresses makes the addresses of files, and reads their tokens. Safe for
// concurrent use.
type Addresses struct {
	public string
	key    []byte
	clock  bridge.Clock
}

// NewAddresses makes addresses below a public URL, which may have a path,
// signed with a key. Whoever has the same key can read them. A nil clock is
// the real one.
func NewAddresses(publicURL string, key []byte, clock bridge.Clock) *Addresses {
	if clock == nil {
		clock = bridge.RealClock{}
	}
	return &Addresses{strings.TrimRight(publicURL, "/"), key, clock}
}

// URL is the address of the file at index among those of a journal entry. It
// is good for life at least and for twice that at most, and is the same each
// time that it is asked for within such a life. The name is for people: it
// ends the address, and means nothing.
func (a *Addresses) URL(life time.Duration, conversation bot.ConversationID, entry int64, index int, name string) string {
	step := max(life, time.Second)
	r := ref{conversation, entry, index}
	return a.public + Prefix + a.sign(r, a.clock.Now().Truncate(step).Add(2*step)) + "/" + url.PathEscape(plainName(name))
}

// ref is what an address is about.
type ref struct {
	conversation bot.ConversationID
	entry        int64
	index        int
}

// bytes are the ref in one way only.
func (r ref) bytes() []byte {
	raw := binary.AppendUvarint(nil, uint64(r.entry))
	raw = binary.AppendUvarint(raw, uint64(r.index))
	return append(raw, r.conversation...)
}

// sign makes the token of a ref: when it expires, the ref, and the MAC of both.
func (a *Addresses) sign(r ref, expires time.Time) string {
	raw := append(binary.AppendUvarint(nil, uint64(expires.Unix())), r.bytes()...)
	return base64.RawURLEncoding.EncodeToString(append(raw, a.mac(raw)...))
}

// read reads a token that has been signed here and is still good. Whatever
// else it is, the answer is the same: false.
func (a *Addresses) read(token string) (ref, bool) {
	if len(token) > maxToken {
		return ref{}, false
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) < sha256.Size {
		return ref{}, false
	}
	signed, sum := raw[:len(raw)-sha256.Size], raw[len(raw)-sha256.Size:]
	if !hmac.Equal(sum, a.mac(signed)) {
		return ref{}, false
	}
	expires, rest, ok := uvarint(signed)
	entry, rest, ok2 := uvarint(rest)
	index, rest, ok3 := uvarint(rest)
	if !ok || !ok2 || !ok3 || a.clock.Now().Unix() >= int64(expires) {
		return ref{}, false
	}
	return ref{bot.ConversationID(rest), int64(entry), int(index)}, true
}

func uvarint(raw []byte) (n uint64, rest []byte, ok bool) {
	n, size := binary.Uvarint(raw)
	if size <= 0 {
		return 0, nil, false
	}
	return n, raw[size:], true
}

func (a *Addresses) mac(signed []byte) []byte {
	h := hmac.New(sha256.New, a.key)
	h.Write(signed)
	return h.Sum(nil)
}

// tag tells two files apart to caches: one file has one content.
func (a *Addresses) tag(r ref) string {
	sum := a.mac(append([]byte("tag "), r.bytes()...))
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
}

// plainName is a name as the last part of an address, which nothing on the way
// takes for more than a name.
func plainName(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '.' {
			return r
		}
		return '_'
	}, strings.ToValidUTF8(name, "_"))
	if name = strings.TrimLeft(name, "."); name == "" {
		return "file"
	}
	if letters := []rune(name); len(letters) > maxName { // its end says what it is
		return string(letters[len(letters)-maxName:])
	}
	return name
}
