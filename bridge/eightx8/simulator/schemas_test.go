package simulator

import (
	"testing"

	"github.com/patchbay-host/patchbay/bridge/eightx8/openapitest"
)

// TestSchemas is the place that says whether the answers of all tests here, and
// the requests that are taken, are held against the vendor's schemas; box.send
// does it for every call.
func TestSchemas(t *testing.T) { openapitest.Need(t) }

// TestAFaultsAnswerSaysSo: it may be what 8x8 never says, and is not checked.
func TestAFaultsAnswerSaysSo(t *testing.T) {
	inBox(t, Options{}, func(b *box) {
		b.faults(`[{"match":"GET /channels","times":1,"status":200}]`)
		for _, want := range []string{"GET /channels", ""} {
			if got := b.gateway("GET", "/channels", nil).header.Get(openapitest.FaultHeader); got != want {
				t.Errorf("%s: %q, want %q", openapitest.FaultHeader, got, want)
			}
		}
	})
}

// TestReadingShowsNoMoreThanTheSchemas: the webhook whose bot it is stands in
// events alone, and the list of messages has no links.
func TestReadingShowsNoMoreThanTheSchemas(t *testing.T) {
	inBox(t, lineOptions(), func(b *box) {
		mia := b.control("POST", "/customers", `{"id":"mia","channel":"WhatsApp DE"}`)
		at := "/conversations/" + mia.text("conversationId")
		if r := b.gateway("GET", at, nil); r.text("assignment.type") != "script" || r.get("assignment.resourceId") != nil {
			t.Errorf("conversation: %s", r.raw)
		}
		if r := b.gateway("GET", at+"/messages", nil); r.get("_embedded.messages") == nil || r.get("_links") != nil {
			t.Errorf("messages: %s", r.raw)
		}
	})
}
