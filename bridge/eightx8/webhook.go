package eightx8

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
)

// MaxBody is the size of the largest webhook body that is looked at, in bytes.
const MaxBody = 1 << 20

// What a [VerifierConfig] leaves open.
const (
	DefaultWindow = 5 * time.Minute
	DefaultSkew   = 30 * time.Second
)

// VerifierConfig says whose webhooks are taken in.
type VerifierConfig struct {
	// Desk is the desk's name in the configuration; events carry it.
	Desk string
	// Tenant that webhooks must be for.
	Tenant string
	// Keys finds the public keys, asked seldom: a [Desk].
	Keys Keys
	// Window is how long after its transmission a webhook is taken. A retry
	// has a transmission time of its own. 0: [DefaultWindow].
	Window time.Duration
	// Skew is how far ahead of ours 8x8's clock may be. 0: [DefaultSkew].
	Skew time.Duration
	// Clock; nil: the real one.
	Clock bridge.Clock
	// Logger hears of events that are not known; nil: nobody does.
	Logger *slog.Logger
}

// Verifier takes the webhooks of one tenant in.
type Verifier struct {
	desk, tenant string
	window, skew time.Duration
	keys         *keyCache
	clock        bridge.Clock
	log          *slog.Logger
	// newest is the signature header that was last verified: nearly all that
	// come are the same.
	newest atomic.Pointer[protected]
}

// NewVerifier makes a verifier. It looks nothing up yet.
func NewVerifier(config VerifierConfig) (*Verifier, error) {
	if config.Tenant == "" || config.Keys == nil {
		return nil, errors.New("configure 8x8 webhooks: tenant and keys must be given")
	}
	v := &Verifier{
		desk:   config.Desk,
		tenant: config.Tenant,
		window: config.Window,
		skew:   config.Skew,
		clock:  config.Clock,
		log:    config.Logger,
	}
	if v.window <= 0 {
		v.window = DefaultWindow
	}
	if v.skew <= 0 {
		v.skew = DefaultSkew
	}
	if v.clock == nil {
		v.clock = bridge.RealClock{}
	}
	if v.log == nil {
		v.log = slog.New(slog.DiscardHandler)
	}
	v.log = v.log.With("desk", v.desk)
	v.keys = newKeyCache(config.Keys, v.clock)
	return v, nil
}

// Verify checks that a webhook comes from 8x8, for our tenant and just now,
// and reads it. header is as net/http has it, body as it was received. Safe
// for concurrent use; blocks while a key is looked up, once a day as a rule.
//
// The event's ID names 8x8's event and is the same in its retries; its Desk,
// Ticket and DeskTime are set, its Conversation and Channel are not. What has
// no effect, or is not known, is of kind EventNoted.
//
// If the second result is not nil, somebody types, or with For 0 has stopped:
// that is to be passed on and never recorded, and the event only names Desk
// and Ticket.
//
// Errors wrap a [Refusal].
func (v *Verifier) Verify(ctx context.Context, header http.Header, body []byte) (lifecycle.Event, *bridge.Typing, error) {
	if len(body) > MaxBody {
		return lifecycle.Event{}, nil, fmt.Errorf("%w: larger than %d bytes", ErrBody, MaxBody)
	}
	if len(header[headerSignature]) == 0 && isProbe(body) {
		return lifecycle.Event{}, nil, fmt.Errorf("%w: unsigned %s", ErrNothing, eventProbe)
	}
	sent, err := v.authenticate(ctx, header, body)
	if err != nil {
		return lifecycle.Event{}, nil, err
	}
	return v.read(ctx, sent, body)
}

// authenticate does what is cheap first: a forgery must not cost a look-up or
// an RSA operation if it can be told by its looks.
func (v *Verifier) authenticate(ctx context.Context, header http.Header, body []byte) (envelope, error) {
	refuse := func(because Refusal, format string, args ...any) (envelope, error) {
		return envelope{}, fmt.Errorf("%w: %w", because, fmt.Errorf(format, args...))
	}
	values := header[headerSignature]
	if len(values) != 1 {
		return refuse(ErrSignature, "%d signatures", len(values))
	}
	sent, err := readEnvelope(header)
	if err != nil {
		return refuse(ErrSignature, "read headers: %w", err)
	}
	if sent.tenant != v.tenant {
		return refuse(ErrSignature, "it is for another tenant")
	}
	if age := v.clock.Now().Sub(sent.at); age > v.window || age < -v.skew {
		return refuse(ErrStale, "it was sent %s ago by 8x8's clock", age.Round(time.Second))
	}
	known := v.newest.Load()
	signed, err := parseSignature(values[0], known)
	if err != nil {
		return refuse(ErrSignature, "read signature: %w", err)
	}
	key, err := v.keys.get(ctx, signed.kid)
	if err != nil {
		return envelope{}, fmt.Errorf("find key: %w", err)
	}
	if err := signed.verify(key, sent.payload(body)); err != nil {
		return refuse(ErrSignature, "verify: %w", err)
	}
	if known == nil || *known != signed.protected {
		verified := signed.protected
		v.newest.Store(&verified)
	}
	return sent, nil
}

// isProbe reports whether a body is exactly a WEB_HOOK_VERIFY: 8x8 tries an
// address before it has anything to sign for.
func isProbe(body []byte) bool {
	if len(body) > 1024 {
		return false
	}
	fields, err := uniqueMembers([]byte(strings.TrimSpace(string(body))))
	if err != nil || !member[scalar](fields, "eventType").is(eventProbe) {
		return false
	}
	delete(fields, "eventType")
	delete(fields, "notificationVersion")
	return len(fields) == 0
}
