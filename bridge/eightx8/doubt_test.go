package eightx8_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/eightx8"
	"github.com/patchbay-host/patchbay/bridge/eightx8/openapitest"
)

// deskAt is a desk with net/http's own transport.
func deskAt(t *testing.T, address string, change ...func(*eightx8.Config)) *eightx8.Desk {
	t.Helper()
	g := newGateway(t, nil)
	return g.desk(append([]func(*eightx8.Config){func(c *eightx8.Config) { c.BaseURL, c.HTTP = address, nil }}, change...)...)
}

// deskAtServer is a desk whose requests reach g by a network.
func deskAtServer(t *testing.T, g *gateway, change ...func(*eightx8.Config)) *eightx8.Desk {
	t.Helper()
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	return deskAt(t, server.URL, change...)
}

// inDoubt says whether err is a desk that cannot be reached, and in doubt.
func inDoubt(t *testing.T, err error) bool {
	t.Helper()
	var failed *bridge.DeskError
	if !errors.As(err, &failed) || failed.Kind != bridge.DeskUnavailable {
		t.Fatalf("error: %v", err)
	}
	return failed.Doubt
}

// checked is a server's handler; the requests to it are held against the
// vendor's schemas.
func checked(t *testing.T, handler http.HandlerFunc) http.Handler {
	return openapitest.Requests(t, handler)
}

// check holds one request against them.
func check(t *testing.T, r *http.Request) {
	checked(t, func(http.ResponseWriter, *http.Request) {}).ServeHTTP(httptest.NewRecorder(), r)
}

func TestALostAnswerIsInDoubt(t *testing.T) {
	var arrived atomic.Int32
	server := httptest.NewServer(checked(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		arrived.Add(1)
		panic(http.ErrAbortHandler) // the connection breaks without an answer
	}))
	defer server.Close()
	err := deskAt(t, server.URL).Send(t.Context(), "t1", hello)
	if !inDoubt(t, err) || arrived.Load() != 1 {
		t.Errorf("%v after %d requests", err, arrived.Load())
	}
	if strings.Contains(err.Error(), "t1") || strings.Contains(err.Error(), "http://") {
		t.Errorf("the error names the ticket's address: %v", err)
	}
}

// A server closes a connection that was kept alive just as the next request
// comes: net/http would replay a GET. What changes something must arrive once.
func TestAStaleConnectionReplaysNothing(t *testing.T) {
	var requests atomic.Int32
	closing := make(chan struct{})
	server := httptest.NewServer(checked(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if requests.Add(1) > 1 {
			<-closing
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(http.StatusAccepted)
	}))
	defer server.Close()
	desk := deskAt(t, server.URL)
	if err := desk.Send(t.Context(), "t1", hello); err != nil {
		t.Fatal(err)
	}
	close(closing)
	for _, call := range []func() error{ // each on a kept connection if there is one, else on a new one
		func() error { return desk.Send(t.Context(), "t1", hello) },
		func() error { return desk.Leave(t.Context(), "t1") },
		func() error { return desk.Typing(t.Context(), "t1") },
	} {
		before := requests.Load()
		if !inDoubt(t, call()) || requests.Load() != before+1 {
			t.Errorf("arrived %d times", requests.Load()-before)
		}
	}
}

// The same below HTTP: the peer takes the second request of a connection and
// closes it without a byte, which is when net/http replays.
func TestAClosedConnectionReplaysNothing(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	var requests, connections atomic.Int32
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			connections.Add(1)
			go func() {
				defer conn.Close()
				from := bufio.NewReader(conn)
				for first := true; ; first = false {
					r, err := http.ReadRequest(from)
					if err != nil {
						return
					}
					check(t, r)
					_, _ = io.Copy(io.Discard, r.Body) // or the next request begins with it
					requests.Add(1)
					if !first {
						return
					}
					_, _ = io.WriteString(conn, "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
				}
			}()
		}
	}()
	desk := deskAt(t, "http://"+listener.Addr().String())
	if err := desk.Send(t.Context(), "t1", hello); err != nil {
		t.Fatal(err)
	}
	err = desk.Send(t.Context(), "t1", hello)
	if !inDoubt(t, err) {
		t.Error("the second request is not in doubt")
	}
	if requests.Load() != 2 || connections.Load() != 1 {
		t.Errorf("%d requests on %d connections", requests.Load(), connections.Load())
	}
}

func TestARequestThatWasNeverSentIsInNoDoubt(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	if inDoubt(t, deskAt(t, "http://"+closed.Addr().String()).Send(t.Context(), "t1", hello)) {
		t.Error("nobody listens: in doubt")
	}

	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	noTLS := strings.Replace(plain.URL, "http:", "https:", 1)
	if inDoubt(t, deskAt(t, noTLS).Send(t.Context(), "t1", hello)) {
		t.Error("no TLS: in doubt")
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	g := newGateway(t, nil)
	if inDoubt(t, g.desk().Send(ctx, "t1", hello)) || len(g.calls) != 0 {
		t.Error("the context was done before: in doubt")
	}
}

func TestATransportThatTellsNothingIsInDoubt(t *testing.T) {
	broken := roundTrip(func(r *http.Request) (*http.Response, error) {
		check(t, r)
		return nil, io.ErrUnexpectedEOF
	})
	desk := newGateway(t, nil).desk(func(c *eightx8.Config) { c.HTTP = &http.Client{Transport: broken} })
	if !inDoubt(t, desk.Send(t.Context(), "t1", hello)) {
		t.Error("no doubt")
	}
	dial := roundTrip(func(r *http.Request) (*http.Response, error) {
		check(t, r)
		return nil, &net.OpError{Op: "dial", Err: errors.New("refused")}
	})
	desk = newGateway(t, nil).desk(func(c *eightx8.Config) { c.HTTP = &http.Client{Transport: dial} })
	if inDoubt(t, desk.Send(t.Context(), "t1", hello)) {
		t.Error("a failed dial: in doubt")
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestARedirectIsNotFollowed(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		var elsewhere atomic.Int32
		server := httptest.NewServer(checked(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/elsewhere" {
				elsewhere.Add(1)
			}
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(status)
		}))
		desk := deskAt(t, server.URL)
		_, err := desk.Sent(t.Context(), "t1", 1)
		for _, err := range []error{err, desk.Send(t.Context(), "t1", hello)} {
			var failed *bridge.DeskError
			if !errors.As(err, &failed) || failed.Kind != bridge.DeskDenied || failed.Doubt {
				t.Errorf("status %d: %v", status, err)
			}
		}
		if elsewhere.Load() != 0 {
			t.Errorf("status %d: followed", status)
		}
		server.Close()
	}
}

func TestNoAnswerInTimeIsInDoubt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		silent := roundTrip(func(r *http.Request) (*http.Response, error) {
			check(t, r)
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		desk := newGateway(t, nil).desk(func(c *eightx8.Config) {
			c.HTTP = &http.Client{Transport: silent}
			c.CallTimeout = 4 * time.Second
		})
		begun := time.Now()
		if !inDoubt(t, desk.Send(t.Context(), "t1", hello)) {
			t.Error("no doubt")
		}
		if took := time.Since(begun); took != 4*time.Second {
			t.Errorf("waited %s", took)
		}
	})
}

func TestOnlyAGetIsRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, one := range []struct {
			statuses []int
			wait     string
			requests int
			fails    bool
		}{
			{statuses: []int{200}, requests: 1},
			{statuses: []int{503, 200}, requests: 2},
			{statuses: []int{500, 429, 200}, requests: 3},
			{statuses: []int{500, 500, 500, 200}, requests: 3, fails: true},
			{statuses: []int{429, 200}, wait: "1", requests: 2},
			{statuses: []int{429, 200}, wait: "60", requests: 1, fails: true}, // the engine's to wait for
			{statuses: []int{404, 200}, requests: 1, fails: true},
			{statuses: []int{401, 200}, requests: 1, fails: true},
		} {
			answers := slices.Clone(one.statuses)
			g := newGateway(t, map[string]http.HandlerFunc{
				"GET /conversations/t1/messages": func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Retry-After", one.wait)
					answer(answers[0], `{"page":{"totalPages":0}}`)(w, r)
					answers = answers[1:]
				},
			})
			begun := time.Now()
			_, err := g.desk().Sent(t.Context(), "t1", 10)
			if (err != nil) != one.fails || len(g.calls) != one.requests {
				t.Errorf("%v: %d requests, %v", one.statuses, len(g.calls), err)
			}
			var failed *bridge.DeskError
			if errors.As(err, &failed) && failed.Doubt {
				t.Errorf("%v: a GET is in doubt", one.statuses)
			}
			if took := time.Since(begun); took > 3*time.Second {
				t.Errorf("%v: took %s", one.statuses, took)
			}
		}
	})
}

func TestAnAnswerIsBounded(t *testing.T) {
	g := newGateway(t, map[string]http.HandlerFunc{
		"GET /conversations/t1/messages": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"messages":["`+strings.Repeat("x", 9<<20)+`"]}`)
		},
	})
	_, err := g.desk().Sent(t.Context(), "t1", 10)
	if err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("Sent: %v", err)
	}
}
