package eightx8

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
)

// What a [Config] leaves open.
const (
	DefaultBaseURL     = "https://api.8x8.com"
	DefaultCallTimeout = 10 * time.Second
)

// gatewayPath is where the dialect begins below the base URL.
const gatewayPath = "/chat-gateway/v1"

// idleTimeout closes an idle connection before the servers in front of 8x8
// may: a POST on a connection that is just being closed is left in doubt.
const idleTimeout = 30 * time.Second

// Config says how a tenant is reached. Printing one shows no key.
type Config struct {
	// Name of the desk in the configuration, for the log. Empty: the tenant.
	Name string
	// Tenant at 8x8; it goes with every call.
	Tenant string
	// APIKey of the tenant's customer.
	APIKey string
	// BaseURL without the dialect's own path. Empty: [DefaultBaseURL].
	BaseURL string
	// HTTP makes the calls; nil: a client of its own. It is copied, and the
	// copy follows no redirect.
	HTTP *http.Client
	// CallTimeout bounds one request and its answer; 0: [DefaultCallTimeout].
	CallTimeout time.Duration
	// Clock reads a Retry-After that is a date; nil: the real one.
	Clock bridge.Clock
	// Logger hears what is called and what was left out; nil: nobody does.
	Logger *slog.Logger
}

// String names the tenant.
func (c Config) String() string { return fmt.Sprintf("8x8 tenant %s", c.Tenant) }

// GoString names the tenant.
func (c Config) GoString() string { return c.String() }

// LogValue names the tenant.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// client makes a Config into what calls are made with.
func (c Config) client() (*client, error) {
	if c.Tenant == "" || !visible(c.Tenant) {
		return nil, errors.New("tenant: must be given, without spaces")
	}
	if c.APIKey == "" || !visible(c.APIKey) {
		return nil, errors.New("API key: must be given, without spaces or line breaks")
	}
	root, err := rootURL(c.BaseURL)
	if err != nil {
		return nil, err
	}
	made := &client{
		root:    root,
		tenant:  c.Tenant,
		key:     c.APIKey,
		http:    onceClient(c.HTTP),
		timeout: c.CallTimeout,
		clock:   c.Clock,
		log:     c.Logger,
	}
	if made.timeout <= 0 {
		made.timeout = DefaultCallTimeout
	}
	if made.clock == nil {
		made.clock = bridge.RealClock{}
	}
	if made.log == nil {
		made.log = slog.New(slog.DiscardHandler)
	}
	name := c.Name
	if name == "" {
		name = c.Tenant
	}
	made.log = made.log.With("desk", name)
	return made, nil
}

// rootURL is where the calls of the dialect begin.
func rootURL(base string) (string, error) {
	if base == "" {
		base = DefaultBaseURL
	}
	u, err := url.Parse(base)
	switch {
	case err != nil, u.Host == "", u.Scheme != "http" && u.Scheme != "https":
		return "", errors.New("base URL: must be http:// or https:// and a host")
	case u.User != nil:
		return "", errors.New("base URL: must hold no user or password")
	case u.RawQuery != "" || u.Fragment != "":
		return "", errors.New("base URL: must hold no query or fragment")
	}
	root := strings.TrimRight(u.String(), "/")
	return strings.TrimSuffix(root, gatewayPath) + gatewayPath, nil
}

// onceClient is a client that asks one server once: a redirect would carry the
// API key to wherever it points, and repeat the request.
func onceClient(given *http.Client) *http.Client {
	var made http.Client
	if given != nil {
		made = *given
	} else if standard, ok := http.DefaultTransport.(*http.Transport); ok {
		transport := standard.Clone()
		transport.IdleConnTimeout = idleTimeout
		transport.MaxIdleConnsPerHost = 64
		made.Transport = transport
	}
	made.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &made
}

// visible reports whether s is ASCII without spaces and control characters.
func visible(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}
