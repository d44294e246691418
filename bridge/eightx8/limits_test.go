package eightx8_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"pgregory.net/rapid"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/eightx8"
	"github.com/patchbay-host/patchbay/bridge/eightx8/openapitest"
	"github.com/patchbay-host/patchbay/bridge/eightx8/simulator"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// TestNothingThatIsSaidCostsTheHandoff: whatever bot and customer bring along,
// 8x8 takes the ticket. Its limits are kept before it has to say so.
func TestNothingThatIsSaidCostsTheHandoff(t *testing.T) {
	sim := simulator.New(simulator.Options{
		Webhooks: []simulator.Webhook{{ID: "1", Name: "host", URI: "http://patchbay.test/"}},
		Channels: []simulator.Channel{{ID: "7", Name: "Web support", Queue: "101", WebhookID: "1"}},
	})
	at := func(c eightx8.Config) *eightx8.Desk {
		c.Tenant, c.BaseURL = "tenant01", "http://8x8.test"
		c.HTTP = &http.Client{Transport: inProcess{openapitest.Handler(t, sim.Handler())}}
		desk, err := eightx8.New(c)
		if err != nil {
			t.Fatal(err)
		}
		return desk
	}
	gateway := at(eightx8.Config{APIKey: "simulator"})
	chatAPI := at(eightx8.Config{API: eightx8.ChatAPI, Region: "us", Key: "simulator", Secret: "secret"})

	words := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", " ", "mia@example.com", "Mia <mia@example.com>", "de-AT", "tlh", "\x00", "\xff"}))
	names := rapid.OneOf(words, rapid.SampledFrom([]string{
		"name", "userId", "customerId", "email", "phone", "company", "caseId", "language", "patchbayTicket",
	}))
	kinds := rapid.SampledFrom([]string{"application/vnd.microsoft.card.adaptive", "Location", "text/html", ""})
	versions := rapid.SampledFrom([]string{`"1.0"`, `"1.6"`, `"1.7"`, `"1.10"`, `"1"`, `"2.0"`, `""`, `"new"`, `1.3`, `null`, `[]`})
	rapid.Check(t, func(r *rapid.T) {
		o := bridge.Opening{
			Channel:  "Web support",
			Language: words.Draw(r, "language"),
			Customer: bot.Customer{
				ID: words.Draw(r, "id"), Name: words.Draw(r, "name"), Email: words.Draw(r, "email"), Phone: words.Draw(r, "phone"),
				Properties: rapid.MapOfN(names, words, 0, 40).Draw(r, "of the customer"),
			},
			Marker: lifecycle.Marker{Conversation: "c", Entry: 1},
		}
		for range rapid.IntRange(0, 40).Draw(r, "properties") {
			o.Properties = append(o.Properties, bridge.Property{Name: names.Draw(r, "property"), Value: words.Draw(r, "value")})
		}
		for range rapid.SampledFrom([]int{0, 1, 3, 199, 200, 201}).Draw(r, "history") {
			o.History = append(o.History, bridge.Outgoing{
				Author: rapid.SampledFrom([]bot.Author{bot.AuthorBot, bot.AuthorCustomer, bot.AuthorAgent}).Draw(r, "author"),
				Text:   words.Draw(r, "text"),
			})
		}
		for _, desk := range []*eightx8.Desk{gateway, chatAPI} {
			ticket, err := desk.Open(t.Context(), o)
			if err != nil {
				r.Fatal(err)
			}
			said := bridge.Outgoing{Author: bot.AuthorBot, Text: "!" + words.Draw(r, "said"), Cards: []bot.Card{{
				ContentType: kinds.Draw(r, "kind"),
				Content:     json.RawMessage(`{"type":"AdaptiveCard","version":` + versions.Draw(r, "version") + `}`),
			}}}
			if err := desk.Send(t.Context(), ticket, said); err != nil {
				r.Fatal(err)
			}
		}
	})
}
