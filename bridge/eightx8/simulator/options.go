package simulator

import (
	"cmp"
	"crypto/rsa"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// Options say what the simulated contact centre is like. The zero value is
// usable: every field names its default.
type Options struct {
	// Tenant is the tenant's id, which X-8x8-Tenant must name ("tenant01").
	Tenant string
	// TenantRequired refuses calls without X-8x8-Tenant, as 8x8 does for a
	// customer with several tenants.
	TenantRequired bool
	// Customer is the id that x-8x8-customer-id carries ("customer01").
	Customer string
	// APIKeys are the values of x-api-key that are let in ("simulator").
	APIKeys []string
	// Credentials are the keys and secrets that get a token of the Chat API
	// (key "simulator", secret "secret").
	Credentials []Credential
	// Region is the business region in the Chat API's paths ("us").
	Region string
	// TokenLife is how long a token is good (an hour).
	TokenLife time.Duration
	// ControlToken, if set, must come with every call of the control API as
	// "Authorization: Bearer TOKEN".
	ControlToken string

	// Queues, Agents, Webhooks and Channels are there from the start. A queue
	// that an agent, a script or a channel names exists by that. With neither
	// queues nor agents given there are the queues 101 (Support, agent ada) and
	// 102 (Billing, agent bob), both agents waiting for the control API.
	Queues   []Queue
	Flows    []Flow
	Agents   []Agent
	Webhooks []Webhook
	Channels []Channel

	// Client posts the webhooks (10 s time-out, redirects not followed).
	Client *http.Client
	// Clock is the time (the real one).
	Clock Clock
	// Logger hears what happens, never what is said (discarded).
	Logger *slog.Logger
	// Key signs the webhooks (a new RSA key of 2048 bits).
	Key *rsa.PrivateKey
	// KeyID names Key in signatures and at the JWK address (a random one).
	KeyID string
	// Seed makes ids repeatable (0: different in every run).
	Seed uint64

	// RetryDelays are the waits before a webhook's first, second … repetition;
	// the last one is used for all further ones, for 24 hours in all
	// (0.5, 1, 2, 5, 10, 30 s).
	RetryDelays []time.Duration
	// Lag is how long what was answered 202 takes to happen: a conversation
	// becoming active, a message being stored, an assignment (at once).
	Lag time.Duration
	// Faults are in force from the start; take them from ParseFaults, which
	// checks them.
	Faults []Fault
	// MaxAttachment is the size of the largest attachment, in bytes (10 MiB).
	MaxAttachment int
	// PublicURL is where the simulator is reached; events link attachments there
	// ("https://simulator.invalid", where nobody is).
	PublicURL string
	// MaxPageSize caps the size a list may be asked for (100).
	MaxPageSize int
	// Quirks pick a side where the vendor's schemas contradict themselves.
	Quirks Quirks
}

// Quirks are the ways of answering that 8x8's own schemas leave open. The zero
// value follows the examples.
type Quirks struct {
	// TopLevelLists lists messages under "messages" and participants under
	// "data" at the top, where the schemas require them, not in "_embedded".
	TopLevelLists bool
	// StringJWK answers the public key as a JSON string that holds the object.
	StringJWK bool
	// DateOnlyInteractions writes an interaction's times as dates.
	DateOnlyInteractions bool
	// UpperCaseStates writes CREATED, ACTIVE and IDLE.
	UpperCaseStates bool
	// AttachmentSize writes an attachment's size and type, which the schema
	// requires, and not sizeInBytes, which it defines.
	AttachmentSize bool
	// CustomerAsUser reads the customer's data of a create in the Chat API from
	// "user", which the schema requires, and refuses a create without it.
	CustomerAsUser bool
	// ParticipantArray answers the Chat API's participants as an array.
	ParticipantArray bool
}

// Credential is a key of the Chat API and its secret.
type Credential struct {
	Key, Secret string
}

// Queue is where tickets wait for an agent.
type Queue struct {
	ID   string `json:"id" yaml:"id"`
	Name string `json:"name" yaml:"name"`
}

// Flow is a script of the contact centre, to which a conversation may be
// assigned: all it does is lead to a queue.
type Flow struct {
	ID    string `json:"id" yaml:"id"`
	Queue string `json:"queue" yaml:"queue"`
}

// Webhook is an address that events are posted to. Version says in which shape:
// "Chat Gateway v1.0" (the default), or "v2.0" for the Chat API's.
type Webhook struct {
	ID, Name, URI string
	Version       string
}

// Channel is a way in: its default queue and its webhook. Type is "ChatAPI"
// (the default) for channels whose customers talk through the API, or one of
// 8x8's own ("WhatsApp", "SMS", "WebChat" …), whose customers the control API
// plays.
type Channel struct {
	ID, Name, Queue, WebhookID string
	Type                       string
}

// Agent is a person who serves queues; by the control API, or by Script.
type Agent struct {
	ID   string `json:"id" yaml:"id"`
	Name string `json:"name" yaml:"name"`
	// Queues are the ids of the queues the agent serves.
	Queues []string `json:"queues" yaml:"queues"`
	// Languages limits whom the agent is offered, by the user's language
	// (none: everyone).
	Languages []string `json:"languages,omitempty" yaml:"languages"`
	// Capacity is how many tickets the agent takes at once (0: any number).
	Capacity int `json:"capacity,omitempty" yaml:"capacity"`
	// Away agents are offered nothing until they are made available.
	Away bool `json:"away,omitempty" yaml:"away"`
	// Script is what the agent does without being told.
	Script []Step `json:"script,omitempty" yaml:"script"`
}

const defaultPageCap = 100

func (o Options) withDefaults() Options {
	o.Tenant = cmp.Or(o.Tenant, "tenant01")
	o.Customer = cmp.Or(o.Customer, "customer01")
	if len(o.APIKeys) == 0 {
		o.APIKeys = []string{"simulator"}
	}
	if len(o.Credentials) == 0 {
		o.Credentials = []Credential{{Key: "simulator", Secret: "secret"}}
	}
	o.Region = cmp.Or(o.Region, "us")
	o.TokenLife = cmp.Or(o.TokenLife, time.Hour)
	if len(o.Queues) == 0 && len(o.Agents) == 0 {
		o.Queues = []Queue{{ID: "101", Name: "Support"}, {ID: "102", Name: "Billing"}}
		o.Agents = []Agent{
			{ID: "ada", Name: "Ada", Queues: []string{"101"}},
			{ID: "bob", Name: "Bob", Queues: []string{"102"}},
		}
	}
	if o.Client == nil {
		o.Client = &http.Client{
			Timeout:       10 * time.Second,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
	}
	if o.Clock == nil {
		o.Clock = wallClock{}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if len(o.RetryDelays) == 0 {
		o.RetryDelays = []time.Duration{
			500 * time.Millisecond, time.Second, 2 * time.Second,
			5 * time.Second, 10 * time.Second, 30 * time.Second,
		}
	}
	o.MaxAttachment = cmp.Or(o.MaxAttachment, defaultMaxAttachment)
	o.PublicURL = strings.TrimSuffix(cmp.Or(o.PublicURL, "https://simulator.invalid"), "/")
	o.MaxPageSize = cmp.Or(o.MaxPageSize, defaultPageCap)
	return o
}
