package eightx8_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"hash/crc32"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/patchbay-host/patchbay/bridge/eightx8"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
)

func TestThePublishedChecksum(t *testing.T) {
	if sum := crc32.ChecksumIEEE([]byte(joinedBody)); sum != joinedChecksum {
		t.Fatalf("checksum %d", sum)
	}
	h := newHook(joinedBody)
	h.checksum = strconv.Itoa(joinedChecksum)
	event, typing, err := verifier(t, &keySource{}).Verify(t.Context(), h.header(), []byte(h.body))
	if err != nil || typing != nil {
		t.Fatal(err)
	}
	if event.Kind != lifecycle.EventJoined || event.Agent.ID != "cmalutan" || event.Ticket != "Aka5NMHU8MtIG7lUQOxI0DTOvM4" {
		t.Errorf("event %+v", event)
	}
	if event.ID != "8x8:tenant01:ZgBmFAq8SYGSRBuEyk0H5A" || event.Desk != "acme" || !event.At.Equal(sentAt) {
		t.Errorf("event %+v", event)
	}
}

// protected makes a header in place of the one in order.
func protected(json string) func(*hook) { return func(h *hook) { h.protected = json } }

// header sets a header after signing, or takes it away.
func header(name string, values ...string) func(*hook) {
	return func(h *hook) {
		h.after = func(header http.Header) {
			header.Del(name)
			for _, value := range values {
				header.Add(name, value)
			}
		}
	}
}

// signatureText changes the finished signature.
func signatureText(change func(string) string) func(*hook) {
	return func(h *hook) {
		h.after = func(header http.Header) {
			header.Set("x-8x8-signature", change(header.Get("x-8x8-signature")))
		}
	}
}

func sentIn(d time.Duration) func(*hook) {
	return func(h *hook) { h.sent = strconv.FormatInt(sentAt.Add(d).UnixMilli(), 10) }
}

func TestSignatures(t *testing.T) {
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	const taken eightx8.Refusal = ""
	for name, one := range map[string]struct {
		change func(*hook)
		want   eightx8.Refusal
		// asks: the key is looked up. What can be refused before, is.
		asks bool
	}{
		"in order":              {func(*hook) {}, taken, true},
		"a later retry":         {func(h *hook) { h.retry = "12" }, taken, true},
		"further members":       {protected(`{"typ":"JOSE","alg":"RS256","kid":"key1","crit":["b64"],"b64":false,"x":{"y":[1]}}`), taken, true},
		"5 minutes old":         {sentIn(-5 * time.Minute), taken, true},
		"30 s ahead":            {sentIn(30 * time.Second), taken, true},
		"more than 5 min old":   {sentIn(-5*time.Minute - time.Millisecond), eightx8.ErrStale, false},
		"more than 30 s ahead":  {sentIn(30*time.Second + time.Millisecond), eightx8.ErrStale, false},
		"of 1970":               {func(h *hook) { h.sent = "0" }, eightx8.ErrStale, false},
		"of the year 30,000":    {func(h *hook) { h.sent = "900000000000000" }, eightx8.ErrStale, false},
		"signed by another key": {func(h *hook) { h.sign = rs256(other) }, eightx8.ErrSignature, true},
		"alg none":              {protected(`{"b64":false,"crit":["b64"],"kid":"key1","alg":"none"}`), eightx8.ErrSignature, false},
		"alg none, no value":    {signatureText(func(s string) string { return s[:strings.Index(s, "..")+2] }), eightx8.ErrSignature, false},
		"alg missing":           {protected(`{"b64":false,"crit":["b64"],"kid":"key1"}`), eightx8.ErrSignature, false},
		"alg rs256":             {protected(`{"b64":false,"crit":["b64"],"kid":"key1","alg":"rs256"}`), eightx8.ErrSignature, false},
		"alg PS256":             {protected(`{"b64":false,"crit":["b64"],"kid":"key1","alg":"PS256"}`), eightx8.ErrSignature, false},
		"ALG":                   {protected(`{"b64":false,"crit":["b64"],"kid":"key1","ALG":"RS256"}`), eightx8.ErrSignature, false},
		"alg twice":             {protected(`{"alg":"none","b64":false,"crit":["b64"],"kid":"key1","alg":"RS256"}`), eightx8.ErrSignature, false},
		"HS256 with public key": {func(h *hook) {
			h.sign = hs256(&testRSA().PublicKey)
			protected(`{"b64":false,"crit":["b64"],"kid":"key1","alg":"HS256"}`)(h)
		}, eightx8.ErrSignature, false},
		"HS256 said to be RS256": {func(h *hook) { h.sign = hs256(&testRSA().PublicKey) }, eightx8.ErrSignature, true},
		"b64 true":               {protected(`{"b64":true,"crit":["b64"],"kid":"key1","alg":"RS256"}`), eightx8.ErrSignature, false},
		"b64 a text":             {protected(`{"b64":"false","crit":["b64"],"kid":"key1","alg":"RS256"}`), eightx8.ErrSignature, false},
		"b64 missing":            {protected(`{"crit":["b64"],"kid":"key1","alg":"RS256"}`), eightx8.ErrSignature, false},
		"crit missing":           {protected(`{"b64":false,"kid":"key1","alg":"RS256"}`), eightx8.ErrSignature, false},
		"crit empty":             {protected(`{"b64":false,"crit":[],"kid":"key1","alg":"RS256"}`), eightx8.ErrSignature, false},
		"crit unknown":           {protected(`{"b64":false,"crit":["b64","exp"],"exp":1,"kid":"key1","alg":"RS256"}`), eightx8.ErrSignature, false},
		"crit twice":             {protected(`{"b64":false,"crit":["b64","b64"],"kid":"key1","alg":"RS256"}`), eightx8.ErrSignature, false},
		"crit a text":            {protected(`{"b64":false,"crit":"b64","kid":"key1","alg":"RS256"}`), eightx8.ErrSignature, false},
		"kid unknown":            {protected(`{"b64":false,"crit":["b64"],"kid":"key2","alg":"RS256"}`), eightx8.ErrSignature, true},
		"kid missing":            {protected(`{"b64":false,"crit":["b64"],"alg":"RS256"}`), eightx8.ErrSignature, false},
		"kid empty":              {protected(`{"b64":false,"crit":["b64"],"kid":"","alg":"RS256"}`), eightx8.ErrSignature, false},
		"kid a number":           {protected(`{"b64":false,"crit":["b64"],"kid":1,"alg":"RS256"}`), eightx8.ErrSignature, false},
		"kid a path":             {protected(`{"b64":false,"crit":["b64"],"kid":"../../key1","alg":"RS256"}`), eightx8.ErrSignature, false},
		"kid two dots":           {protected(`{"b64":false,"crit":["b64"],"kid":"..","alg":"RS256"}`), eightx8.ErrSignature, false},
		"kid an address":         {protected(`{"b64":false,"crit":["b64"],"kid":"https://evil.example/key1","alg":"RS256"}`), eightx8.ErrSignature, false},
		"kid with a query":       {protected(`{"b64":false,"crit":["b64"],"kid":"key1?a=b","alg":"RS256"}`), eightx8.ErrSignature, false},
		"kid escaped":            {protected(`{"b64":false,"crit":["b64"],"kid":"key1%2f","alg":"RS256"}`), eightx8.ErrSignature, false},
		"kid not ASCII":          {protected(`{"b64":false,"crit":["b64"],"kid":"kéy1","alg":"RS256"}`), eightx8.ErrSignature, false},
		"kid long":               {protected(`{"b64":false,"crit":["b64"],"kid":"` + strings.Repeat("k", 129) + `","alg":"RS256"}`), eightx8.ErrSignature, false},
		"header a list":          {protected(`[]`), eightx8.ErrSignature, false},
		"header empty":           {protected(``), eightx8.ErrSignature, false},
		"header cut":             {protected(`{"b64":false,"crit":["b64"],"kid":"key1","alg":"RS256"`), eightx8.ErrSignature, false},
		"header and more":        {protected(`{"b64":false,"crit":["b64"],"kid":"key1","alg":"RS256"}{}`), eightx8.ErrSignature, false},
		"header long":            {protected(`{"b64":false,"crit":["b64"],"kid":"key1","alg":"RS256","x":"` + strings.Repeat("x", 1024) + `"}`), eightx8.ErrSignature, false},
		"padded base64":          {func(h *hook) { h.encode = base64.URLEncoding.EncodeToString }, eightx8.ErrSignature, false},
		"standard base64": {func(h *hook) {
			protected(`{"b64":false,"crit":["b64"],"kid":"key1","alg":"RS256","x":"???>>>"}`)(h)
			h.encode = base64.RawStdEncoding.EncodeToString
		}, eightx8.ErrSignature, false},
		"line break in base64":  {signatureText(func(s string) string { return s[:20] + "\n" + s[20:] }), eightx8.ErrSignature, false},
		"stray bits in base64":  {signatureText(strayBits), eightx8.ErrSignature, false},
		"attached payload":      {signatureText(func(s string) string { return strings.Replace(s, "..", ".e30.", 1) }), eightx8.ErrSignature, false},
		"one dot":               {signatureText(func(s string) string { return strings.Replace(s, "..", ".", 1) }), eightx8.ErrSignature, false},
		"three dots":            {signatureText(func(s string) string { return s + "." }), eightx8.ErrSignature, false},
		"JSON serialization":    {signatureText(func(string) string { return `{"protected":"e30","signature":"AA"}` }), eightx8.ErrSignature, false},
		"value cut":             {func(h *hook) { h.sign = func([]byte) []byte { return make([]byte, 255) } }, eightx8.ErrSignature, true},
		"value long":            {signatureText(func(s string) string { return s + strings.Repeat("A", 4096) }), eightx8.ErrSignature, false},
		"signature missing":     {header("x-8x8-signature"), eightx8.ErrSignature, false},
		"signature empty":       {header("x-8x8-signature", ""), eightx8.ErrSignature, false},
		"signed twice":          {func(h *hook) { h.after = func(g http.Header) { g.Add("x-8x8-signature", g.Get("x-8x8-signature")) } }, eightx8.ErrSignature, false},
		"another tenant":        {func(h *hook) { h.tenant = "tenant02" }, eightx8.ErrSignature, false},
		"another tenant's":      {func(h *hook) { h.tenant = "tenant02"; header("x-8x8-tenant-id", testTenant)(h) }, eightx8.ErrSignature, true},
		"tenant missing":        {header("x-8x8-tenant-id"), eightx8.ErrSignature, false},
		"tenant twice":          {header("x-8x8-tenant-id", testTenant, testTenant), eightx8.ErrSignature, false},
		"customer changed":      {header("x-8x8-customer-id", "customer02"), eightx8.ErrSignature, true},
		"customer missing":      {header("x-8x8-customer-id"), eightx8.ErrSignature, false},
		"event id changed":      {header("x-8x8-event-id", "another"), eightx8.ErrSignature, true},
		"event id missing":      {header("x-8x8-event-id"), eightx8.ErrSignature, false},
		"event id with a quote": {header("x-8x8-event-id", `a","retry":0,"x":"`), eightx8.ErrSignature, false},
		"event id long":         {func(h *hook) { h.event = strings.Repeat("e", 129) }, eightx8.ErrSignature, false},
		"retry changed":         {header("x-8x8-retry", "1"), eightx8.ErrSignature, true},
		"retry 1.0":             {func(h *hook) { h.retry = "1.0" }, eightx8.ErrSignature, false},
		"retry +1":              {func(h *hook) { h.retry = "+1" }, eightx8.ErrSignature, false},
		"retry -1":              {func(h *hook) { h.retry = "-1" }, eightx8.ErrSignature, false},
		"retry 01":              {func(h *hook) { h.retry = "01" }, eightx8.ErrSignature, false},
		"retry 1e0":             {func(h *hook) { h.retry = "1e0" }, eightx8.ErrSignature, false},
		"retry with a space":    {func(h *hook) { h.retry = "1 " }, eightx8.ErrSignature, false},
		"retry with more":       {func(h *hook) { h.retry = `0,"x":1` }, eightx8.ErrSignature, false},
		"retry in other digits": {func(h *hook) { h.retry = "١" }, eightx8.ErrSignature, false},
		"retry missing":         {header("x-8x8-retry"), eightx8.ErrSignature, false},
		"time changed":          {header("x-8x8-transmission-time", strconv.FormatInt(sentAt.UnixMilli()+1, 10)), eightx8.ErrSignature, true},
		"time hexadecimal":      {func(h *hook) { h.sent = "0x18F" }, eightx8.ErrSignature, false},
		"time a float":          {func(h *hook) { h.sent += ".0" }, eightx8.ErrSignature, false},
		"time a date":           {func(h *hook) { h.sent = sentAt.Format(time.RFC3339) }, eightx8.ErrSignature, false},
		"time long":             {func(h *hook) { h.sent = "99999999999999999999" }, eightx8.ErrSignature, false},
		"time missing":          {header("x-8x8-transmission-time"), eightx8.ErrSignature, false},
		"wrong checksum":        {func(h *hook) { h.checksum = "1411811814" }, eightx8.ErrSignature, true},
		"body changed":          {func(h *hook) { h.body = strings.Replace(h.body, "Cosmin", "Kosmin", 1) }, eightx8.ErrSignature, true},
		"body and a line break": {func(h *hook) { h.body += "\n" }, eightx8.ErrSignature, true},
		"signed, no JSON":       {func(h *hook) { *h = newHook("<event/>") }, eightx8.ErrBody, true},
		"signed, null":          {func(h *hook) { *h = newHook("null") }, eightx8.ErrBody, true},
		"signed, a list":        {func(h *hook) { *h = newHook("[]") }, eightx8.ErrBody, true},
		"signed, cut":           {func(h *hook) { *h = newHook(joinedBody[:50]) }, eightx8.ErrBody, true},
		"signed, empty":         {func(h *hook) { *h = newHook("") }, eightx8.ErrBody, true},
		"signed, large":         {func(h *hook) { *h = newHook(strings.Repeat(" ", 1<<20) + "{}") }, eightx8.ErrBody, false},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHook(joinedBody)
			one.change(&h)
			keys := &keySource{}
			_, _, err := verifier(t, keys).Verify(t.Context(), h.header(), []byte(h.body))
			if one.want == taken && err != nil || one.want != taken && !errors.Is(err, one.want) {
				t.Errorf("%v, want %q", err, one.want)
			}
			if asked := keys.count() > 0; asked != one.asks {
				t.Errorf("the key was asked for: %t", asked)
			}
		})
	}
}

// strayBits sets the bits of the last character that no byte has.
func strayBits(s string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, s[len(s)-1])
	return s[:len(s)-1] + string(alphabet[last|1])
}

func TestTheWindowIsConfigurable(t *testing.T) {
	v := verifier(t, &keySource{}, func(c *eightx8.VerifierConfig) { c.Window, c.Skew = time.Hour, time.Minute })
	for ahead, want := range map[time.Duration]error{
		-time.Hour:               nil,
		-time.Hour - time.Second: eightx8.ErrStale,
		time.Minute:              nil,
		time.Minute + 1e6:        eightx8.ErrStale,
	} {
		h := newHook(joinedBody)
		sentIn(ahead)(&h)
		if _, _, err := v.Verify(t.Context(), h.header(), []byte(h.body)); !errors.Is(err, want) {
			t.Errorf("sent in %s: %v, want %v", ahead, err, want)
		}
	}
}

func TestProbes(t *testing.T) {
	v := verifier(t, &keySource{})
	for body, want := range map[string]eightx8.Refusal{
		`{"notificationVersion":"Chat Gateway v1.0","eventType":"WEB_HOOK_VERIFY"}`: eightx8.ErrNothing,
		`{"notificationVersion":"v2.0","eventType":"WEB_HOOK_VERIFY"}`:              eightx8.ErrNothing,
		` {"eventType":"WEB_HOOK_VERIFY"} `:                                         eightx8.ErrNothing,
		`{"eventType":"WEB_HOOK_VERIFY","conversationId":"c"}`:                      eightx8.ErrSignature,
		`{"eventType":"WEB_HOOK_VERIFY","eventType":"TRANSFER"}`:                    eightx8.ErrSignature,
		`{"eventType":"WEB_HOOK_VERIFY"}{}`:                                         eightx8.ErrSignature,
		`[{"eventType":"WEB_HOOK_VERIFY"}]`:                                         eightx8.ErrSignature,
		`{"eventType":["WEB_HOOK_VERIFY"]}`:                                         eightx8.ErrSignature,
		`{"notificationVersion":"Chat Gateway v1.0"}`:                               eightx8.ErrSignature,
		joinedBody: eightx8.ErrSignature,
		``:         eightx8.ErrSignature,
	} {
		if _, _, err := v.Verify(t.Context(), http.Header{}, []byte(body)); !errors.Is(err, want) {
			t.Errorf("unsigned %s: %v, want %v", body, err, want)
		}
	}
	h := newHook(`{"notificationVersion":"Chat Gateway v1.0","eventType":"WEB_HOOK_VERIFY"}`)
	if _, _, err := v.Verify(t.Context(), h.header(), []byte(h.body)); !errors.Is(err, eightx8.ErrNothing) {
		t.Errorf("signed: %v", err)
	}
	h.after = func(header http.Header) { header.Set("x-8x8-signature", "x..y") }
	if _, _, err := v.Verify(t.Context(), h.header(), []byte(h.body)); !errors.Is(err, eightx8.ErrSignature) {
		t.Errorf("signed wrongly: %v", err)
	}
}

func TestRefusalsSayWhatToAnswer(t *testing.T) {
	for refusal, want := range map[eightx8.Refusal]int{
		eightx8.ErrSignature:   401,
		eightx8.ErrStale:       401,
		eightx8.ErrUnavailable: 503,
		eightx8.ErrBody:        400,
		eightx8.ErrNothing:     204,
		"something else":       500,
	} {
		var status interface{ HTTPStatus() int }
		if !errors.As(error(refusal), &status) || status.HTTPStatus() != want {
			t.Errorf("%s: %d", refusal, status.HTTPStatus())
		}
	}
}

func TestNewVerifierNeedsTenantAndKeys(t *testing.T) {
	for _, config := range []eightx8.VerifierConfig{{Tenant: "t"}, {Keys: &keySource{}}} {
		if _, err := eightx8.NewVerifier(config); err == nil {
			t.Errorf("%+v was taken", config)
		}
	}
}
