package ops

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
)

// TestEveryCallNeedsTheToken: whatever calls the API will have.
func TestEveryCallNeedsTheToken(t *testing.T) {
	handler := New(Config{Token: token, Metrics: prometheus.NewRegistry()})
	open := []string{"/healthz", "/readyz", "/metrics"}
	guarded := 0
	for _, route := range handler.(*gin.Engine).Routes() {
		if slices.Contains(open, route.Path) {
			continue
		}
		guarded++
		for _, authorization := range []string{"", "Bearer", "Bearer wrong", "Bearer " + token + "x", "Basic " + token, token} {
			r := httptest.NewRequestWithContext(t.Context(), route.Method, strings.ReplaceAll(route.Path, ":", "")+"?channel=web", nil)
			r.Header.Set("Authorization", authorization)
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			if w.Code != http.StatusUnauthorized || strings.Contains(w.Body.String(), token) {
				t.Errorf("%s %s with %q: %d %s", route.Method, route.Path, authorization, w.Code, w.Body)
			}
		}
	}
	if guarded < 5 {
		t.Errorf("%d calls: are they all?", guarded)
	}
}
