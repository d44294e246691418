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
	root        string // no slash at the end
	tenant, key string
	http        *http.Client
	timeout     time.Duration
	clock       bridge.Clock
	log         *slog.Logger
}

// call is one request. op names it in errors, as verb and noun.
type call struct {
	op     string
	method string
	path   string // escaped, below the dialect's root
	query  url.Values
	body   any // to be JSON; nil: none
}

// get repeats a GET a little. out as for once.
func (c *client) get(ctx context.Context, do call, out any) error {
	do.method = http.MethodGet
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
	if err := ctx.Err(); err != nil {
		return do.unanswered(err, true)
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var way journey
	req, err := c.request(way.watch(ctx), do)
	if err != nil {
		return &bridge.DeskError{Kind: bridge.DeskRefused, Err: fmt.Errorf("%s: %w", do.op, err)}
	}
	begun := time.Now()
	resp, err := c.http.Do(req)
	if err != nil {
		failed := do.unanswered(err, way.unsent(err))
		c.log.DebugContext(ctx, "8x8 did not answer", "call", do.op, "took", time.Since(begun), "doubt", failed.Doubt, "err", failed.Err)
		return failed
	}
	defer resp.Body.Close()
	c.log.DebugContext(ctx, "8x8 answered", "call", do.op, "took", time.Since(begun), "status", resp.StatusCode)
	if resp.StatusCode/100 != 2 {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, maxError)) // what could be read has to do
		return do.refused(resp, c.apiError(resp.StatusCode, text), c.clock.Now())
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if out == nil {
		return nil
	}
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

// request makes the HTTP request. Its body has no GetBody, without which
// net/http neither repeats nor redirects a request that has a body.
func (c *client) request(ctx context.Context, do call) (*http.Request, error) {
	address := c.root + do.path
	if len(do.query) > 0 {
		address += "?" + do.query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, do.method, address, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", acceptHeader)
	req.Header.Set("X-Api-Key", c.key)
	req.Header.Set("X-8x8-Tenant", c.tenant)
	if do.body != nil {
		body, err := json.Marshal(do.body)
		if err != nil {
			return nil, err
		}
		req.Header.Set("Content-Type", "application/json")
		req.Body = io.NopCloser(bytes.NewReader(body))
		req.ContentLength = int64(len(body))
	}
	return req, nil
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
