package main

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/patchbay-host/patchbay/bridge/eightx8/openapitest"
)

// TestSchemas is the place that says whether all requests to 8x8 in the tests
// here, and its answers, are held against the vendor's schemas: every host here
// calls its simulator by way of between.
func TestSchemas(t *testing.T) { openapitest.Need(t) }

// between is an address that stands between a host and its simulator, whose own
// is the path's first part, and holds what passes against the vendor's schemas.
// Whatever uses it is started later, so that it has ended when this does.
func between(t *testing.T) (via string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		address, path, _ := strings.Cut(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/")
		at, err := url.Parse("/" + path)
		if err != nil {
			t.Errorf("no path of 8x8's: %s: %v", r.URL, err)
			return
		}
		at.RawQuery = r.URL.RawQuery
		r.URL = at
		openapitest.Handler(t, &httputil.ReverseProxy{
			Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(&url.URL{Scheme: "http", Host: address}) },
			// Cut off, as the simulator's own answer would be.
			ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
			ErrorLog:     log.New(io.Discard, "", 0),
		}).ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}
