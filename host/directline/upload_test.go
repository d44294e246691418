package directline

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

const (
	png  = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
	html = "<!DOCTYPE html><html><script>alert(1)</script></html>"

	formType = `multipart/form-data; boundary="b"`
)

// part is a part of a form: its headers, and its content.
func part(headers, content string) string {
	return "--b\r\n" + strings.ReplaceAll(headers, "\n", "\r\n") + "\r\n\r\n" + content + "\r\n"
}

func formOf(parts ...string) string { return strings.Join(parts, "") + "--b--\r\n" }

// file and activityPart are what DirectLineJS sends.
func file(name, content string) string {
	return part(`Content-Disposition: form-data; name="file"; filename="`+name+"\"\nContent-Type: image/jpeg", content)
}

func activityPart(content string) string {
	return part("Content-Disposition: form-data; name=\"activity\"; filename=\"blob\"\nContent-Type: "+activityType, content)
}

func (h *house) upload(c conversation, query, contentType, body string, headers ...string) answer {
	h.t.Helper()
	a := h.call("POST", "/conversations/"+string(c.ID)+"/upload"+query, c.Token, body, append(headers, "Content-Type", contentType)...)
	if left, err := os.ReadDir(h.server.spoolDir); len(left) != 0 || err != nil {
		h.t.Errorf("%d files on their way are left, %v", len(left), err)
	}
	return a
}

// withSpool is a house that takes files of at most 1000 bytes.
func withSpool(t testing.TB) *house {
	return newHouse(t, func(c *Config) { c.Spool, c.MaxFile = t.TempDir(), 1000 })
}

func TestUpload(t *testing.T) {
	anybody := bot.Customer{ID: "dl_ann", Name: "Ann", Verified: true}
	for _, test := range []struct {
		name, contentType, body string
		headers                 []string
		want                    lifecycle.Event
		files                   []string
	}{
		{
			name: "as DirectLineJS does", contentType: formType,
			body: formOf(activityPart(`{"type":"message","text":"look","locale":"de_de","from":{"id":"eve"},
				"attachments":[{"contentType":"image/jpeg","name":"cat.png","thumbnailUrl":"data:x"}],
				"channelData":{"clientActivityID":"c1","attachmentSizes":[16]}}`), file("cat.png", png), file("b.txt", "hello")),
			want:  lifecycle.Event{ClientID: "c1", Language: "de-DE", Message: &bot.Message{Text: "look"}},
			files: []string{"cat.png image/png " + png, "b.txt text/plain; charset=utf-8 hello"},
		},
		{
			name: "as Microsoft's reference shows", contentType: formType,
			body: formOf(part("Content-Type: image/jpeg\nContent-Disposition: name=\"file\"; filename=\"badjpeg.jpg\"", png),
				part("Content-Type: "+activityType, `{"type":"message","from":{"id":"user1"},"text":"Hey"}`)),
			want: lifecycle.Event{Message: &bot.Message{Text: "Hey"}}, files: []string{"badjpeg.jpg image/png " + png},
		},
		{
			name: "one as it is", contentType: "image/jpeg", body: png,
			headers: []string{"Content-Disposition", `name="file"; filename="badjpeg.jpg"`},
			want:    lifecycle.Event{Message: &bot.Message{}}, files: []string{"badjpeg.jpg image/png " + png},
		},
		{
			name: "one as it is, without a name", contentType: "", body: png,
			want: lifecycle.Event{Message: &bot.Message{}}, files: []string{"file.png image/png " + png},
		},
		{
			name: "one that lies", contentType: formType, body: formOf(file(`..\\..\\cat.png`, html)),
			want: lifecycle.Event{Message: &bot.Message{}}, files: []string{"cat.png text/html; charset=utf-8 " + html},
		},
		{
			name: "names as browsers write them", contentType: formType, body: formOf(file("写真 (1).png", png), file("a%22b.png", png)),
			want: lifecycle.Event{Message: &bot.Message{}}, files: []string{"写真 (1).png image/png " + png, "a%22b.png image/png " + png},
		},
		{
			name: "an empty one, a page's own field, and an input left empty", contentType: formType,
			body: formOf(part(`Content-Disposition: form-data; name="csrf"`, strings.Repeat("x", 2*maxHead)), file("empty.txt", ""), file("", "")),
			want: lifecycle.Event{Message: &bot.Message{}}, files: []string{"empty.txt text/plain "},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := withSpool(t)
			c := h.begin()
			a := h.upload(c, "?userId=user1", test.contentType, test.body, test.headers...)
			if a.status != 200 || strings.TrimSpace(a.body) != `{"id":"`+string(c.ID)+`|0000003"}` {
				t.Fatalf("%d %s", a.status, a.body)
			}
			got := h.engine.last()
			test.want.Kind, test.want.At, test.want.Message.At = lifecycle.EventSaid, noon, noon
			test.want.Conversation, test.want.Channel, test.want.Customer = c.ID, "web", &anybody
			ignored := []cmp.Option{cmpopts.IgnoreFields(lifecycle.Event{}, "ID"), cmpopts.IgnoreFields(bot.Message{}, "Attachments")}
			if diff := cmp.Diff(test.want, got, ignored...); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.files, h.engine.contents(got)); diff != "" {
				t.Error(diff)
			}
			if used := h.server.spoolRoom.used.Load(); used != 0 {
				t.Errorf("%d bytes are on their way for ever", used)
			}
		})
	}
}

// A repeated upload is said once and kept once. One that has the id of another
// does not change what was said.
func TestUploadHappensOnce(t *testing.T) {
	h := withSpool(t)
	c := h.begin()
	once := formOf(activityPart(`{"channelData":{"clientActivityID":"c1"}}`), file("a", "one"), file("a", "one"))
	first := h.upload(c, "", formType, once)
	said := h.engine.contents(h.engine.last())
	second := h.upload(c, "", formType, once)
	if first.status != 200 || first.body != second.body || h.engine.taken() != 2 || len(h.engine.files) != 2 {
		t.Errorf("%s, then %s, %d events, %d files", first.body, second.body, h.engine.taken(), len(h.engine.files))
	}
	other := h.upload(c, "", formType, formOf(activityPart(`{"channelData":{"clientActivityID":"c1"}}`), file("a", "two"), file("a", "two")))
	if diff := cmp.Diff(said, h.engine.contents(h.engine.last())); diff != "" || other.body != first.body {
		t.Errorf("%s\n%s", other.body, diff)
	}
	without := formOf(file("a", "one"))
	if h.upload(c, "", formType, without).body == h.upload(c, "", formType, without).body {
		t.Error("two uploads without a client's id are one")
	}
}

func TestUploadBeginsConversation(t *testing.T) {
	h := withSpool(t)
	var c conversation
	h.want(200, &c, "POST", "/tokens/generate", webSecret, "")
	if a := h.upload(c, "?userId=r_1", "", png); a.status != 200 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if diff := cmp.Diff(&bot.Customer{ID: "r_1"}, h.engine.last().Customer); diff != "" || h.engine.last().Channel != "web" {
		t.Error(diff)
	}
	c.Token = webSecret
	c.ID = "none"
	if a := h.upload(c, "", "", png); a.status != 404 {
		t.Errorf("a secret began a conversation of its own naming: %d %s", a.status, a.body)
	}
}

func TestUploadRefused(t *testing.T) {
	h := withSpool(t)
	c := h.begin()
	large := strings.Repeat("x", 1001)
	eleven := make([]string, 11)
	for n := range eleven {
		eleven[n] = file(fmt.Sprint(n), "x")
	}
	for _, test := range []struct {
		name, contentType, body string
		status                  int
		code                    string
	}{
		{"nothing", "", "", 400, codeMissingProperty},
		{"no file", formType, formOf(activityPart(`{}`)), 400, codeMissingProperty},
		{"no parts", formType, formOf(), 400, codeMissingProperty},
		{"no boundary", "multipart/form-data", "x", 400, codeBadArgument},
		{"no form", formType, "x", 400, codeMissingProperty},
		{"cut off", formType, strings.TrimSuffix(formOf(file("a", "x")), "--b--\r\n"), 400, codeBadArgument},
		{"two activities", formType, formOf(activityPart(`{}`), activityPart(`{}`), file("a", "x")), 400, codeBadArgument},
		{"no JSON", formType, formOf(activityPart(`{`), file("a", "x")), 400, codeBadArgument},
		{"not UTF-8", formType, formOf(activityPart("{\"text\":\"\xff\"}"), file("a", "x")), 400, codeBadArgument},
		{"not a message", formType, formOf(activityPart(`{"type":"event","name":"x"}`), file("a", "x")), 400, codeBadArgument},
		{"text too long", formType, formOf(activityPart(`{"text":"`+strings.Repeat("x", 17<<10)+`"}`), file("a", "x")), 400, codeBadArgument},
		{"a strange id", formType, formOf(activityPart(`{"channelData":{"clientActivityID":"\n"}}`), file("a", "x")), 400, codeBadArgument},
		{"a long user", formType, formOf(activityPart(`{"from":{"id":"`+strings.Repeat("x", 300)+`"}}`), file("a", "x")), 400, codeBadArgument},
		{"a head too large", formType, formOf(part("X: "+strings.Repeat("x", maxHead), "x"), file("a", "x")), 400, codeBadArgument},
		{"a preamble too large", formType, strings.Repeat("x\r\n", maxHead) + formOf(file("a", "x")), 400, codeBadArgument},
		{"activity too large", formType, formOf(activityPart(strings.Repeat("x", maxActivity+1)), file("a", "x")), 400, codeBadArgument},
		{"file too large", formType, formOf(file("a", "x"), file("b", large)), 413, codeMessageSizeTooBig},
		{"one file too large", "text/plain", large, 413, codeMessageSizeTooBig},
		{"far too large", "text/plain", strings.Repeat("x", 3<<20), 413, codeMessageSizeTooBig},
		{"too many", formType, formOf(eleven...), 400, codeBadArgument},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := h.upload(c, "", test.contentType, test.body)
			if a.status != test.status || a.code() != test.code {
				t.Errorf("%d %s, want %d %s", a.status, a.body, test.status, test.code)
			}
			if h.engine.taken() != 1 || h.engine.keeps != 0 || h.server.spoolRoom.used.Load() != 0 {
				t.Errorf("%d events, %d files kept, %d bytes on their way", h.engine.taken(), h.engine.keeps, h.server.spoolRoom.used.Load())
			}
		})
	}
	path := "/conversations/" + string(c.ID) + "/upload"
	var other conversation
	h.want(200, &other, "POST", "/tokens/generate", webSecret, "")
	for bearer, status := range map[string]int{"": 401, "nonsense": 401, other.Token: 403, shopSecret: 404} {
		if a := h.call("POST", path, bearer, png); a.status != status {
			t.Errorf("%d %s, want %d", a.status, a.body, status)
		}
	}
	if a := h.call("POST", path, shopSecret, png, "Origin", "https://evil.example.com"); a.code() != codeOriginNotTrusted {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestUploadTroubles(t *testing.T) {
	h := withSpool(t)
	c := h.begin()
	for _, test := range []struct {
		keep, receive error
		status        int
		code          string
	}{
		{fmt.Errorf("keep: %w", bridge.ErrNoRoom), nil, 507, codeInsufficientStorage},
		{fmt.Errorf("keep: %w", bridge.ErrTooLarge), nil, 413, codeMessageSizeTooBig},
		{errors.New("input/output error"), nil, 500, codeServiceError},
		{nil, bridge.ErrUnavailable, 503, codeServiceUnavailable},
	} {
		h.engine.keepErr = test.keep
		h.engine.failWith(test.receive)
		if a := h.upload(c, "", "", png); a.status != test.status || a.code() != test.code {
			t.Errorf("%v, %v: %d %s", test.keep, test.receive, a.status, a.body)
		}
	}
	h.engine.failWith(nil)
	h.server.spoolRoom.used.Add(h.server.spoolRoom.limit - 3)
	if a := h.upload(c, "", "", png); a.status != 503 || a.header.Get("Retry-After") == "" {
		t.Errorf("too much on its way: %d %s", a.status, a.body)
	}
	full := faultOf(&diskError{&os.PathError{Op: "write", Err: syscall.ENOSPC}})
	if full.status != 507 {
		t.Errorf("a full disk: %v", full)
	}
	h.server.spoolDir += "/gone"
	if a := h.call("POST", "/conversations/"+string(c.ID)+"/upload", c.Token, png); a.status != 500 || strings.Contains(a.body, "gone") {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// A large file does not go through memory.
func TestSpoolMemory(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Spool = t.TempDir() })
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	file, err := h.server.spool(io.LimitReader(iotest.DataErrReader(zeros{}), 20<<20), "zeros")
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	defer file.close()
	if bytes := after.TotalAlloc - before.TotalAlloc; bytes > 1<<20 || file.size != 20<<20 {
		t.Errorf("%d bytes of memory for %d of file", bytes, file.size)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// FuzzUpload: no form does more than be refused, and nothing of one is left.
func FuzzUpload(f *testing.F) {
	f.Add(formOf(activityPart(`{"channelData":{"clientActivityID":"c1"}}`), file("a", "one")))
	f.Add(formOf(file("../x", html), part("Content-Type: "+activityType, `{"text":"x"}`)))
	f.Add(part("Content-Disposition: form-data; name=file; filename*=UTF-8''%ff\nContent-Transfer-Encoding: quoted-printable", "=zz"))
	f.Add("--b--")
	h := withSpool(f)
	c := h.begin()
	f.Fuzz(func(t *testing.T, body string) {
		before := h.engine.taken()
		r := httptest.NewRequest("POST", "/v3/directline/conversations/"+string(c.ID)+"/upload", bytes.NewReader([]byte(body)))
		r.Header.Set("Authorization", "Bearer "+c.Token)
		r.Header.Set("Content-Type", formType)
		w := httptest.NewRecorder()
		h.server.Handler().ServeHTTP(w, r)
		if w.Code >= http.StatusInternalServerError || h.server.spoolRoom.used.Load() != 0 {
			t.Fatalf("%d %s, %d bytes on their way", w.Code, w.Body, h.server.spoolRoom.used.Load())
		}
		if w.Code != http.StatusOK || h.engine.taken() == before {
			return
		}
		if m := h.engine.last().Message; len(m.Attachments) == 0 || len(m.Attachments) > maxFiles {
			t.Fatalf("%d files", len(m.Attachments))
		}
		for _, a := range h.engine.last().Message.Attachments {
			if a.Name == "" || len(a.Name) > maxFileName || strings.ContainsAny(a.Name, "/\\\r\n\x00") || a.Name != fileName(a.Name, "") {
				t.Fatalf("a file is named %q", a.Name)
			}
		}
	})
}
