package eightx8

import (
	"context"
	"net/http"
	"strings"
)

// credential is what 8x8 knows us by. Safe for concurrent use.
type credential interface {
	// secret is what the next request goes with; it may have to be fetched.
	secret(ctx context.Context) (string, error)
	// sign puts a secret into a request's header.
	sign(header http.Header, secret string)
	// renew hears that a secret was refused, and reports whether there may be
	// another.
	renew(refused string) bool
	// hide cuts out of a text whatever is secret.
	hide(text string) string
}

// apiKey is the chat-gateway's credential: a key, and beside it the tenant
// that is meant.
type apiKey struct{ key, tenant string }

func (a apiKey) secret(context.Context) (string, error) { return a.key, nil }

func (a apiKey) sign(header http.Header, secret string) {
	header.Set("X-Api-Key", secret)
	header.Set("X-8x8-Tenant", a.tenant)
}

func (apiKey) renew(string) bool { return false }

func (a apiKey) hide(text string) string { return strings.ReplaceAll(text, a.key, "[key]") }

// basicAuth is what a token is asked for with: HTTP Basic (RFC 7617).
type basicAuth struct{ header, key, password string }

func (b basicAuth) secret(context.Context) (string, error) { return b.header, nil }

func (basicAuth) sign(header http.Header, secret string) { header.Set("Authorization", secret) }

func (basicAuth) renew(string) bool { return false }

func (b basicAuth) hide(text string) string {
	return strings.NewReplacer(b.password, "[secret]", b.key, "[key]", b.header, "[secret]").Replace(text)
}
