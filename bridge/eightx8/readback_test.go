package eightx8_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/eightx8"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

func TestSentReadsEitherShape(t *testing.T) {
	const messages = `[
		{"id":"1","text":"Hello!","author":{"id":"bot","type":"bot"},"createdAt":"2026-01-30T08:30:00Z"},
		{"id":"2","text":"I need help","author":{"type":"USER"}},
		{"id":"2","text":"I need help","author":{"type":"user"}},
		{"id":"3","text":"Ada here","author":{"id":"ada","type":"agent"}},
		{"id":"4","text":"joined","author":{"type":"system"}},
		17, {"id":"5"},
		{"id":"6","text":42,"author":{"type":"user"}}]`
	want := []bridge.Outgoing{
		{Author: bot.AuthorBot, Text: "Hello!"},
		{Author: bot.AuthorCustomer, Text: "I need help"},
		{Author: bot.AuthorCustomer, Text: "42"},
	}
	for name, body := range map[string]string{
		"embedded":        `{"_embedded":{"messages":` + messages + `},"page":{"totalPages":1}}`,
		"top":             `{"messages":` + messages + `,"page":{"totalPages":"1"}}`,
		"top, one empty":  `{"_embedded":{"messages":[]},"messages":` + messages + `,"page":{"totalPages":1.0}}`,
		"data":            `{"data":` + messages + `,"page":{"totalPages":1}}`,
		"odd page":        `{"data":` + messages + `,"page":7}`,
		"no page, no end": `{"messages":` + messages + `}`,
	} {
		t.Run(name, func(t *testing.T) {
			g := newGateway(t, map[string]http.HandlerFunc{
				"GET /conversations/t1/messages": func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Query().Get("page") == "0" {
						answer(200, body)(w, r)
					} else {
						answer(200, `{"page":{}}`)(w, r)
					}
				},
			})
			got, err := g.desk().Sent(t.Context(), "t1", 50)
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
			if !strings.Contains(g.calls[0], "sort=createdAt%3Aasc") {
				t.Errorf("asked %s", g.calls[0])
			}
		})
	}
}

// stored answers a list of total messages in pages of size, whatever size is
// asked for.
func stored(total, size int, tell bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		number, _ := strconv.Atoi(r.URL.Query().Get("page"))
		var items []map[string]any
		for i := number * size; i < min((number+1)*size, total); i++ {
			author := "user"
			if i%3 == 2 {
				author = "agent"
			}
			items = append(items, map[string]any{"id": strconv.Itoa(i), "text": strconv.Itoa(i), "author": map[string]any{"type": author}})
		}
		body := map[string]any{"_embedded": map[string]any{"messages": items}}
		if tell {
			body["page"] = map[string]any{"totalPages": (total + size - 1) / size, "number": number}
		}
		_ = json.NewEncoder(w).Encode(body)
	}
}

func TestSentReadsTheNewest(t *testing.T) {
	for _, one := range []struct {
		total, size, limit int
		tell               bool
		requests           int
	}{
		{total: 0, size: 20, limit: 5, tell: true, requests: 1},
		{total: 0, size: 20, limit: 5, requests: 1},
		{total: 7, size: 20, limit: 50, tell: true, requests: 1},
		{total: 45, size: 20, limit: 200, tell: true, requests: 3},
		{total: 45, size: 20, limit: 200, requests: 4},
		{total: 45, size: 20, limit: 5, tell: true, requests: 3}, // the last page holds 4
		{total: 400, size: 20, limit: 10, tell: true, requests: 2},
		{total: 400, size: 20, limit: 0, tell: true, requests: 0},
	} {
		t.Run(fmt.Sprintf("%+v", one), func(t *testing.T) {
			g := newGateway(t, map[string]http.HandlerFunc{"GET /conversations/t1/messages": stored(one.total, one.size, one.tell)})
			got, err := g.desk().Sent(t.Context(), "t1", one.limit)
			if err != nil {
				t.Fatal(err)
			}
			var want []bridge.Outgoing
			for i := range one.total {
				if i%3 != 2 {
					want = append(want, bridge.Outgoing{Author: bot.AuthorCustomer, Text: strconv.Itoa(i)})
				}
			}
			want = want[max(0, len(want)-one.limit):]
			if diff := cmp.Diff(fmt.Sprint(want), fmt.Sprint(got)); diff != "" {
				t.Error(diff)
			}
			if len(g.calls) != one.requests {
				t.Errorf("%d requests: %v", len(g.calls), g.calls)
			}
		})
	}
}

func TestFindOpened(t *testing.T) {
	marker := lifecycle.Marker{Conversation: "conv/1", Entry: 12}
	conversation := func(id, marker string) string {
		return fmt.Sprintf(`{"id":%q,"user":{"name":"x","additionalProperties":[{"key":"a","value":1},{"key":"patchbayTicket","value":%q}]},"state":"active"}`, id, marker)
	}
	pages := []string{
		`{"_embedded":{"conversations":[{"id":"t0","user":7},{"id":"t1","user":{"additionalProperties":{}}},` + conversation("t2", "1/conv/1") + `]}}`,
		`{"_embedded":{"conversations":[` + conversation("t3", "12/conv/1") + `]}}`,
		`{"_embedded":{"conversations":[]}}`,
	}
	list := func(w http.ResponseWriter, r *http.Request) {
		number, _ := strconv.Atoi(r.URL.Query().Get("page"))
		answer(200, pages[min(number, 2)])(w, r)
	}
	g := newGateway(t, map[string]http.HandlerFunc{"GET /conversations": list})
	if ticket, err := g.desk().FindOpened(t.Context(), marker); ticket != "t3" || err != nil {
		t.Errorf("found %q, %v", ticket, err)
	}
	if !strings.Contains(g.calls[0], "sort=id%3Adesc") || len(g.calls) != 2 {
		t.Errorf("calls: %v", g.calls)
	}
	if ticket, err := g.desk().FindOpened(t.Context(), lifecycle.Marker{Conversation: "other", Entry: 12}); ticket != "" || err != nil {
		t.Errorf("found %q, %v", ticket, err)
	}

	unsorted := newGateway(t, map[string]http.HandlerFunc{"GET /conversations": func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("sort") {
			answer(400, `{"message":"sort by what?"}`)(w, r)
			return
		}
		list(w, r)
	}})
	if ticket, err := unsorted.desk().FindOpened(t.Context(), marker); ticket != "t3" || err != nil {
		t.Errorf("unsorted: found %q, %v", ticket, err)
	}
}

func TestFindOpenedIsBounded(t *testing.T) {
	g := newGateway(t, map[string]http.HandlerFunc{
		"GET /conversations": answer(200, `{"_embedded":{"conversations":[{"id":"t"}]},"page":{"totalPages":100000}}`),
	})
	log, out := logged()
	ticket, err := g.desk(func(c *eightx8.Config) { c.Logger = log }).FindOpened(t.Context(), lifecycle.Marker{Conversation: "c", Entry: 1})
	if ticket != "" || err != nil || len(g.calls) != 20 {
		t.Errorf("found %q, %v by %d requests", ticket, err, len(g.calls))
	}
	if !strings.Contains(out.String(), "cut short") {
		t.Errorf("the log says nothing of it:\n%s", out)
	}
}
