package eightx8_test

import (
	"context"
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"hash/crc32"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/patchbay-host/patchbay/bridge/eightx8"
)

// The body on the vendor's page, with its published checksum.
const (
	joinedBody     = `{"eventType":"AGENT_JOINED","messageType":"SYSTEM","conversationId":"Aka5NMHU8MtIG7lUQOxI0DTOvM4","agentId":"cmalutan","agentName":"Cosmin,Malutan","timestamp":1629804577002}`
	joinedChecksum = 1564621066
)

// sentAt is when the webhooks of the tests are sent and received.
var sentAt = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// testRSA is the key of the tests; it takes long to make.
var testRSA = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// hook is a webhook as 8x8 makes one, each part of which can be changed.
type hook struct {
	tenant, customer, event, retry, sent string
	body                                 string
	protected                            string // JSON
	checksum                             string
	sign                                 func(input []byte) []byte
	encode                               func([]byte) string
	// after changes the finished request.
	after func(http.Header)
}

// newHook is one that is in order.
func newHook(body string) hook {
	return hook{
		tenant:    testTenant,
		customer:  "customer01",
		event:     "ZgBmFAq8SYGSRBuEyk0H5A",
		retry:     "0",
		sent:      strconv.FormatInt(sentAt.UnixMilli(), 10),
		body:      body,
		protected: `{"b64":false,"crit":["b64"],"kid":"key1","alg":"RS256"}`,
		checksum:  strconv.FormatUint(uint64(crc32.ChecksumIEEE([]byte(body))), 10),
		sign:      rs256(testRSA()),
		encode:    base64.RawURLEncoding.EncodeToString,
	}
}

// header signs the hook. The payload is written here as the contract has it,
// apart from the code that is tested.
func (h hook) header() http.Header {
	payload := fmt.Sprintf(`{"checksum":%s,"cid":"%s","eid":"%s","retry":%s,"tid":"%s","tt":%s}`,
		h.checksum, h.customer, h.event, h.retry, h.tenant, h.sent)
	protected := h.encode([]byte(h.protected))
	value := h.sign([]byte(protected + "." + payload))
	header := http.Header{}
	header.Set("x-8x8-tenant-id", h.tenant)
	header.Set("x-8x8-customer-id", h.customer)
	header.Set("x-8x8-event-id", h.event)
	header.Set("x-8x8-transmission-time", h.sent)
	header.Set("x-8x8-retry", h.retry)
	header.Set("x-8x8-signature", protected+".."+h.encode(value))
	if h.after != nil {
		h.after(header)
	}
	return header
}

func rs256(key *rsa.PrivateKey) func([]byte) []byte {
	return func(input []byte) []byte {
		sum := sha256.Sum256(input)
		value, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
		if err != nil {
			panic(err)
		}
		return value
	}
}

// hs256 signs with a public key as the secret, as the classic attack does.
func hs256(key *rsa.PublicKey) func([]byte) []byte {
	return func(input []byte) []byte {
		mac := hmac.New(sha256.New, x509.MarshalPKCS1PublicKey(key))
		mac.Write(input)
		return mac.Sum(nil)
	}
}

// keySource answers look-ups, and counts them.
type keySource struct {
	mu      sync.Mutex
	asked   []string
	answers func(ctx context.Context, kid string) (*rsa.PublicKey, error)
}

func (s *keySource) PublicKey(ctx context.Context, kid string) (*rsa.PublicKey, error) {
	s.mu.Lock()
	s.asked = append(s.asked, kid)
	answers := s.answers
	s.mu.Unlock()
	if answers != nil {
		return answers(ctx, kid)
	}
	if kid != "key1" {
		return nil, eightx8.ErrUnknownKey
	}
	return &testRSA().PublicKey, nil
}

func (s *keySource) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.asked)
}

// stopped is a clock that shows what it is set to.
type stopped struct {
	mu sync.Mutex
	at time.Time
}

func (c *stopped) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *stopped) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func (c *stopped) AfterFunc(time.Duration, func()) func() bool { panic("not used") }

// verifier is one whose clock shows sentAt.
func verifier(t testing.TB, keys eightx8.Keys, change ...func(*eightx8.VerifierConfig)) *eightx8.Verifier {
	t.Helper()
	config := eightx8.VerifierConfig{Desk: "acme", Tenant: testTenant, Keys: keys, Clock: &stopped{at: sentAt}}
	for _, one := range change {
		one(&config)
	}
	v, err := eightx8.NewVerifier(config)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
