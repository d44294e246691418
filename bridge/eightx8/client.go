package eightx8

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
)

// Limits of an answer, in bytes.
const (
	maxAnswer = 8 << 20
	maxError  = 64 << 10
)

// Repeating a GET: how often it is tried in all, the first wait, and the
// longest wait asked for by 8x8 that is waited out here.
const (
	getAttempts  = 3
	getWait      = 100 * time.Millisecond
	getPatience  = 2 * time.Second
	acceptHeader = "application/hal+json, application/json, application/problem+json"
)

// client makes calls. Safe for concurrent use.
type client struct {
	api  API
	base string // the base URL; no slash at the end, as the next two
	// root is where the dialect's calls begin, and above where those do that
	// have no tenant in their path.
	root, above string
	tenant      string
	auth        credential
	http        *http.Client
	timeout     time.Duration
	maxFile     int64
	noHandBack  bool
	clock       bridge.Clock
	log         *slog.Logger
}

// call is one request. op names it in errors, as verb and noun.
type call struct {
	op     string
	method string
	root   string // where path begins; empty: the dialect's root
	path   string // escaped
	query  url.Values
	// body is a form (url.Values), a stream (upload), or whatever is to be
	// JSON; nil: none.
	body any
}

// get repeats a GET a little. out as for once.
func (c *client) get(ctx context.Context, do call, out any) error {
	do.method = http.MethodGet
	return c.again(ctx, do, out)
}

// again repeats a request that may be repeated, while 8x8 is unavailable.
func (c *client) again(ctx context.Context, do call, out any) error {
	for attempt := 1; ; attempt++ {
		err := c.once(ctx, do, out)
		var failed *bridge.DeskError
		switch {
		case err == nil || attempt == getAttempts || ctx.Err() != nil:
			return err
		case !errors.As(err, &failed) || failed.Kind != bridge.DeskUnavailable || failed.RetryAfter > getPatience:
			return err
		}
		wait := getWait<<(attempt-1)/2 + rand.N(getWait<<(attempt-1)/2)
		if !sleep(ctx, max(wait, failed.RetryAfter)) {
			return err
		}
	}
}

// once sends a request once and reads the answer's JSON into out; nil: only
// the status counts. Its errors are [*bridge.DeskError].
func (c *client) once(ctx context.Context, do call, out any) error {
	return c.onceWithin(ctx, do, out, c.timeout)
}

// onceWithin is once with a time of its own for request and answer.
func (c *client) onceWithin(ctx context.Context, do call, out any, within time.Duration) error {
	resp, err := c.ask(ctx, do, within)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if out == nil {
		return nil
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err == nil && len(data) > maxAnswer {
		err = fmt.Errorf("the answer is larger than %d bytes", maxAnswer)
	}
	if err == nil {
		err = json.Unmarshal(data, out)
	}
	if err != nil {
		return do.unanswered(fmt.Errorf("read answer: %w", err), false)
	}
	return nil
}

// ask sends a request and answers what is answered 2xx; whoever asks closes
// its body, before which the time for all of it, reading included, must not be
// over. A 401 means that nothing was done: it is asked once more if there may
// be another credential.
func (c *client) ask(ctx context.Context, do call, within time.Duration) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	resp, used, err := c.send(ctx, do)
	if _, stream := do.body.(upload); !stream && used != "" && unauthorized(err) && c.auth.renew(used) {
		resp, _, err = c.send(ctx, do)
	}
	if err != nil {
		cancel()
		return nil, err
	}
	resp.Body = &timedBody{resp.Body, cancel}
	return resp, nil
}

// unauthorized reports whether 8x8 answered 401.
func unauthorized(err error) bool {
	var api *APIError
	return errors.As(err, &api) && api.Status == http.StatusUnauthorized
}

// timedBody ends its request's time when it is closed.
type timedBody struct {
	io.ReadCloser
	cancel context.CancelFunc
}

func (b *timedBody) Close() error {
	defer b.cancel()
	return b.ReadCloser.Close()
}

// send sends a request, once, and tells which secret it went with; none if it
// could not be had.
func (c *client) send(ctx context.Context, do call) (_ *http.Response, used string, _ error) {
	if err := ctx.Err(); err != nil {
		return nil, "", do.unanswered(err, true)
	}
	used, err := c.auth.secret(ctx)
	if err != nil {
		return nil, "", err
	}
	var way journey
	req, err := c.request(way.watch(ctx), do)
	if err != nil {
		return nil, "", &bridge.DeskError{Kind: bridge.DeskRefused, Err: fmt.Errorf("%s: %w", do.op, err)}
	}
	c.auth.sign(req.Header, used)
	begun := time.Now()
	resp, err := c.http.Do(req)
	if err != nil {
		failed := do.unanswered(err, way.unsent(err))
		c.log.DebugContext(ctx, "8x8 did not answer", "call", do.op, "took", time.Since(begun), "doubt", failed.Doubt, "err", failed.Err)
		return nil, used, failed
	}
	c.log.DebugContext(ctx, "8x8 answered", "call", do.op, "took", time.Since(begun), "status", resp.StatusCode)
	if resp.StatusCode/100 != 2 {
		defer resp.Body.Close()
		text, _ := io.ReadAll(io.LimitReader(resp.Body, maxError)) // what could be read has to do
		return nil, used, do.refused(resp, c.apiError(resp.StatusCode, text), c.clock.Now())
	}
	return resp, used, nil
}

// request makes the HTTP request. Its body has no GetBody, without which
// net/http neither repeats nor redirects a request that has a body.
func (c *client) request(ctx context.Context, do call) (*http.Request, error) {
	address := either(scalar(do.root), scalar(c.root)) + do.path
	if len(do.query) > 0 {
		address += "?" + do.query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, do.method, address, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", acceptHeader)
	switch body := do.body.(type) {
	case nil:
	case url.Values:
		text := body.Encode()
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Body, req.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
	case upload:
		req.Header.Set("Content-Type", body.contentType)
		req.Body, req.ContentLength = body.ReadCloser, body.length
	default:
		text, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		req.Header.Set("Content-Type", "application/json")
		req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
	}
	return req, nil
}

// upload is a body that can be read once.
type upload struct {
	io.ReadCloser
	contentType string
	length      int64 // -1: unknown
}

// sleep reports whether d has passed before ctx was done.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
