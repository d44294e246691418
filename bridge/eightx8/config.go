package eightx8

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
)

// What a [Config] leaves open.
const (
	DefaultBaseURL     = "https://api.8x8.com"
	DefaultCallTimeout = 10 * time.Second
	DefaultMaxFile     = 25 << 20
)

// Where the dialects begin below the base URL: the gateway, and the chat-api
// before and behind its region.
const (
	gatewayPath   = "/chat-gateway/v1"
	chatAPIPath   = "/vcc/"
	chatAPISuffix = "/chat/v2"
)

// regions are those that the chat-api has.
func regions() []string { return []string{"us", "eu", "ca", "ap"} }

// idleTimeout closes an idle connection before the servers in front of 8x8
// may: a POST on a connection that is just being closed is left in doubt.
const idleTimeout = 30 * time.Second

// Config says how a tenant is reached. Printing one shows no key.
type Config struct {
	// Name of the desk in the configuration, for the log. Empty: the tenant.
	Name string
	// API is the dialect. Empty: [ChatGateway].
	API API
	// Tenant at 8x8; it goes with every call.
	Tenant string
	// APIKey of the tenant's customer. The chat-gateway's credential.
	APIKey string
	// Region of the tenant: us, eu, ca or ap. For the chat-api.
	Region string
	// Key and Secret that a token is had for. The chat-api's credential.
	Key, Secret string
	// BaseURL without the dialect's own path; tokens are had there too. Empty: [DefaultBaseURL].
	BaseURL string
	// HTTP makes the calls; nil: a client of its own. It is copied, and the
	// copy follows no redirect.
	HTTP *http.Client
	// CallTimeout bounds one request and its answer; 0: [DefaultCallTimeout].
	CallTimeout time.Duration
	// MaxFile is the size of the largest file that is uploaded or fetched, in
	// bytes; 0: [DefaultMaxFile].
	MaxFile int64
	// NoHandBack: the desk does not say that it can hand tickets back. 8x8 does
	// not document when that must be asked for.
	NoHandBack bool
	// Clock reads a Retry-After that is a date, and says how old a token is;
	// nil: the real one.
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
	base, err := baseURL(c.BaseURL)
	if err != nil {
		return nil, err
	}
	made := &client{
		api:     c.API,
		base:    base,
		tenant:  c.Tenant,
		http:    onceClient(c.HTTP),
		timeout: c.CallTimeout,
		maxFile: c.MaxFile,

		noHandBack: c.NoHandBack,
		clock:      c.Clock,
		log:        c.Logger,
	}
	if made.timeout <= 0 {
		made.timeout = DefaultCallTimeout
	}
	if made.maxFile <= 0 {
		made.maxFile = DefaultMaxFile
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
	return made, c.introduce(made)
}

// introduce gives a client the dialect's address and credential.
func (c Config) introduce(made *client) error {
	switch c.API {
	case ChatGateway, "":
		if c.APIKey == "" || !visible(c.APIKey) {
			return errors.New("API key: must be given, without spaces or line breaks")
		}
		made.api = ChatGateway
		made.root = made.base + gatewayPath
		made.above = made.root
		made.auth = apiKey{c.APIKey, c.Tenant}
	case ChatAPI:
		switch {
		case !slices.Contains(regions(), c.Region):
			return errors.New("region: must be us, eu, ca or ap")
		case c.Key == "" || !visible(c.Key) || strings.Contains(c.Key, ":"):
			return errors.New("key: must be given, without spaces, line breaks or colons")
		case c.Secret == "" || !visible(c.Secret):
			return errors.New("secret: must be given, without spaces or line breaks")
		}
		made.above = made.base + chatAPIPath + c.Region + chatAPISuffix
		made.root = made.above + "/tenant/" + url.PathEscape(c.Tenant)
		base := *made
		base.root = made.base
		made.auth = newTokens(base, c.Key, c.Secret)
	default:
		return fmt.Errorf("API: must be %s or %s", ChatGateway, ChatAPI)
	}
	return nil
}

// baseURL is where both dialects begin, without either's own path.
func baseURL(base string) (string, error) {
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
	return strings.TrimSuffix(root, gatewayPath), nil
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
