package directline

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
)

// cors lets web pages read the answers. Whether the page's origin is trusted
// is decided with the token in hand, by [grant.trusts]: a preflight carries
// none, so it is always answered, and by itself opens nothing, since no cookie
// is ever taken.
func cors(c *gin.Context) {
	origin := c.GetHeader("Origin")
	if origin == "" {
		return
	}
	h := c.Writer.Header()
	h.Add("Vary", "Origin")
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Expose-Headers", "Retry-After")
	if c.Request.Method != http.MethodOptions {
		return
	}
	h.Set("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
	if wanted := c.GetHeader("Access-Control-Request-Headers"); wanted != "" {
		h.Add("Vary", "Access-Control-Request-Headers")
		h.Set("Access-Control-Allow-Headers", wanted)
	}
	h.Set("Access-Control-Max-Age", "7200")
	c.AbortWithStatus(http.StatusNoContent)
}

// trusts reports whether the request may come from its page. Requests that
// come from no page, and channels and tokens that name no origin, are fine.
func (g grant) trusts() bool {
	trusted := g.channel.origins
	if g.token != nil {
		trusted = slices.Concat(trusted, g.token.Origins)
	}
	return g.origin == "" || len(trusted) == 0 || slices.Contains(trusted, strings.ToLower(g.origin))
}

// cleanOrigin brings an origin into the form that browsers send.
func cleanOrigin(given string) (string, bool) {
	u, err := url.Parse(strings.ToLower(strings.TrimSuffix(given, "/")))
	if err != nil || u.Host == "" || u.Scheme == "" || u.Scheme+"://"+u.Host != u.String() {
		return "", false
	}
	return u.String(), true
}
