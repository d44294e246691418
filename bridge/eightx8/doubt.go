package eightx8

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
)

// longestRetryAfter bounds what 8x8 can ask for.
const longestRetryAfter = time.Hour

// journey watches how far a request comes.
type journey struct {
	asked, connected atomic.Bool
}

// watch makes a context whose request is watched.
func (j *journey) watch(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { j.asked.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { j.connected.Store(true) },
	})
}

// unsent reports whether the request surely did not reach 8x8: it never had a
// connection. A transport that tells nothing of its connections is believed
// only a failed dial.
func (j *journey) unsent(err error) bool {
	if j.connected.Load() {
		return false
	}
	var op *net.OpError
	return j.asked.Load() || errors.As(err, &op) && op.Op == "dial"
}

// unanswered is the error of a call without a usable answer. A GET leaves no
// doubt: it changes nothing.
func (do call) unanswered(err error, unsent bool) *bridge.DeskError {
	var address *url.Error
	if errors.As(err, &address) {
		err = address.Err // without the address: it names the ticket
	}
	return &bridge.DeskError{
		Kind:  bridge.DeskUnavailable,
		Doubt: do.method != http.MethodGet && !unsent,
		Err:   fmt.Errorf("%s: %w", do.op, err),
	}
}

// refused is the error of an answer that is not 2xx. A 5xx may come from
// something between us and 8x8 after 8x8 has done the call, so it leaves a
// doubt, 503 and its Retry-After included; a 408 may too. Every other answer
// says that the call was not carried out.
func (do call) refused(resp *http.Response, api *APIError, now time.Time) *bridge.DeskError {
	failed := &bridge.DeskError{Kind: bridge.DeskRefused, Err: fmt.Errorf("%s: %w", do.op, api)}
	switch status := resp.StatusCode; {
	case status == http.StatusTooManyRequests:
		failed.Kind = bridge.DeskUnavailable
	case status >= 500, status == http.StatusRequestTimeout:
		failed.Kind = bridge.DeskUnavailable
		failed.Doubt = do.method != http.MethodGet
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		failed.Kind = bridge.DeskDenied
	case status < 400: // a redirect: the base URL is wrong, and an operator must act
		failed.Kind = bridge.DeskDenied
	}
	if failed.Kind != bridge.DeskRefused {
		failed.RetryAfter = retryAfter(resp.Header, now)
	}
	return failed
}

// retryAfter reads Retry-After (RFC 9110, section 10.2.3): seconds, or a date
// that is compared with the answer's own Date where it has one.
func retryAfter(header http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(header.Get("Retry-After"))
	if seconds, err := strconv.ParseUint(text, 10, 32); err == nil {
		return min(time.Duration(seconds)*time.Second, longestRetryAfter)
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	if sent, err := http.ParseTime(header.Get("Date")); err == nil {
		now = sent
	}
	return max(0, min(at.Sub(now), longestRetryAfter))
}
