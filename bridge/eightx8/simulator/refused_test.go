package simulator

import (
	"net/http"
	"strings"
	"testing"
)

// TestEveryRefusalIsAsTheSchemasHaveIt asks each call for what there is not, and
// without the right key: the answers are held against the schemas, as everything
// here (see TestSchemas).
func TestEveryRefusalIsAsTheSchemasHaveIt(t *testing.T) {
	const sent = `{"authorType":"bot","removed":true,"readAt":1,"type":"webhook","id":"12"}`
	ask := func(b *box, call string, status int, headers ...http.Header) {
		method, path, _ := strings.Cut(call, " ")
		var body any
		if method != "GET" && method != "DELETE" {
			body = sent
		}
		for _, header := range headers {
			if r, err := b.send(b.t.Context(), method, path, header, body); err != nil || status != 0 && r.status != status || r.status < 400 {
				b.t.Errorf("%s: %d %s, %v", call, r.status, r.raw, err)
			}
		}
	}
	inBox(t, Options{}, func(b *box) {
		key, c := http.Header{"X-Api-Key": {"simulator"}}, "/conversations/x"
		for _, call := range []string{
			"GET " + c, "PUT " + c, "PATCH " + c, "GET " + c + "/interactions", "GET " + c + "/participants",
			"PATCH " + c + "/participants/user", "GET " + c + "/messages", "POST " + c + "/messages",
			"GET " + c + "/messages/y", "GET " + c + "/messages/y/cards", "GET " + c + "/attachments",
			"GET " + c + "/attachments/y", "GET " + c + "/attachments/y/content", "POST " + c + "/typing",
			"POST " + c + "/thinking", "POST " + c + "/read-receipt", "POST " + c + "/post-agent-assignment",
			"GET /webhooks/x", "PUT /webhooks/x", "DELETE /webhooks/x", "GET /channels/x", "PUT /channels/x", "DELETE /channels/x",
		} {
			call = strings.Replace(call, " ", " "+gatewayPath, 1)
			ask(b, call, http.StatusNotFound, key)
			ask(b, call, http.StatusUnauthorized, nil)
			ask(b, call, http.StatusForbidden, http.Header{"X-Api-Key": {"simulator"}, "X-8x8-Tenant": {"other"}})
		}
		for _, call := range []string{"GET /conversations?size=0", "GET /channels?sort=x", "GET /webhooks?filter=x", "POST /webhooks", "POST /channels"} {
			ask(b, strings.Replace(call, " ", " "+gatewayPath, 1), http.StatusBadRequest, key)
		}
		ask(b, "GET "+gatewayPath+"/jwk/x/public", http.StatusNotFound, nil)
		for _, action := range []string{"action-submit", "action-execute"} {
			ask(b, "PUT "+cardActionPath+"/tenant01/conversations/x/cards/y/"+action, 0, key, nil, http.Header{"X-Api-Key": {"simulator"}, "X-8x8-Tenant": {"other"}})
		}
	})
	inBox(t, chatOptions(), func(b *box) {
		token := b.token("simulator", "secret", "grant_type=client_credentials").text("access_token")
		good, c := http.Header{"Authorization": {"Bearer " + token}}, "/conversations/x"
		for _, call := range []string{
			"GET " + c, "GET " + c + "/participants", "DELETE " + c + "/participants/customer", "GET " + c + "/messages", "POST " + c + "/messages",
			"GET /web-hooks/x", "PUT /web-hooks/x", "DELETE /web-hooks/x", "GET /channels/x", "PUT /channels/x", "DELETE /channels/x",
		} {
			call = strings.Replace(call, " ", " "+chatBase, 1)
			ask(b, call, http.StatusNotFound, good)
			ask(b, call, http.StatusUnauthorized, nil, http.Header{"Authorization": {"Bearer x"}})
		}
		ask(b, "GET "+chatPath+"/us/chat/v2/jwk/x/public", http.StatusNotFound, nil)
		b.token("simulator", "wrong", "grant_type=client_credentials")
		b.token("simulator", "secret", "grant_type=password")
	})
}
