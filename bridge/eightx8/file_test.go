package eightx8_test

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/eightx8"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// file is one of that content, of a size that is told or not.
func file(name, content string, size int64) bridge.File {
	return bridge.File{Name: name, ContentType: "text/plain", Size: size, Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(content)), nil
	}}
}

// uploads takes files, and remembers their parts as name:content.
func uploads(t *testing.T, parts *[]string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
		if err != nil {
			t.Error(err)
		}
		reader := multipart.NewReader(bytes.NewReader(bodyOf(r)), params["boundary"])
		for {
			part, err := reader.NextPart()
			if err != nil {
				break
			}
			content, _ := io.ReadAll(part)
			*parts = append(*parts, part.FormName()+":"+part.FileName()+":"+string(content))
		}
		answer(200, `{"id":"a`+string(rune('0'+len(*parts)/2))+`","filename":"x","sizeInBytes":3,"createdAt":"2021-01-30T08:30:00Z"}`)(w, r)
	}
}

func TestSendUploadsFilesFirst(t *testing.T) {
	var parts []string
	g := newGateway(t, map[string]http.HandlerFunc{
		"POST /conversations/t1/attachments": uploads(t, &parts),
		"POST /conversations/t1/messages":    answer(202, ""),
	})
	err := g.desk().Send(t.Context(), "t1", bridge.Outgoing{
		Author: bot.AuthorCustomer, Text: "See",
		Files: []bridge.File{file("bill.txt", "abc", 3), file("Grü\"ße.txt", "defg", 0)},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"authorType::user", "attachment:bill.txt:abc", "authorType::user", "attachment:Grü\"ße.txt:defg"}
	if diff := cmp.Diff(want, parts); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if string(g.body) != `{"authorType":"user","text":"See","attachments":[{"id":"a1"},{"id":"a2"}]}` || len(g.calls) != 3 {
		t.Errorf("%v, sent %s", g.calls, g.body)
	}
}

// A file that 8x8 refuses takes nothing of the message with it: it is named.
func TestARefusedFileIsNamed(t *testing.T) {
	g := newGateway(t, map[string]http.HandlerFunc{
		"POST /conversations/t1/attachments": answer(413, `{}`), "POST /conversations/t1/messages": answer(202, ""),
	})
	gone := file("b", "", 0)
	gone.Open = func() (io.ReadCloser, error) {
		return nil, &bridge.DeskError{Kind: bridge.DeskRefused, Err: errors.New("gone")}
	}
	err := g.desk().Send(t.Context(), "t1", bridge.Outgoing{
		Author: bot.AuthorCustomer, Text: "See", Files: []bridge.File{file("a", "abc", 3), gone},
	})
	const want = `{"authorType":"user","text":"See\n[attachment a could not be passed on]\n[attachment b could not be passed on]"}`
	if err != nil || string(g.body) != want {
		t.Errorf("%v, sent %s", err, g.body)
	}
}

// A message whose file did not arrive was not posted: there is no doubt about
// it, and the upload is not repeated.
func TestAFailedUploadLeavesNoDoubt(t *testing.T) {
	for status, kind := range map[int]bridge.DeskErrorKind{500: bridge.DeskUnavailable, 200: bridge.DeskUnavailable} {
		g := newGateway(t, map[string]http.HandlerFunc{"POST /conversations/t1/attachments": answer(status, `{}`)})
		err := g.desk().Send(t.Context(), "t1", bridge.Outgoing{Files: []bridge.File{file("a", "abc", 3)}})
		var failed *bridge.DeskError
		if !errors.As(err, &failed) || failed.Kind != kind || failed.Doubt || !slices.Equal(g.calls, []string{"POST /conversations/t1/attachments"}) {
			t.Errorf("status %d: %v, %v", status, err, g.calls)
		}
	}
}

func TestUploadsAreBounded(t *testing.T) {
	small := func(c *eightx8.Config) { c.MaxFile = 3 }
	for name, one := range map[string]bridge.File{"told": file("a", "abcd", 4), "not told": file("a", "abcd", 0)} {
		var parts []string
		g := newGateway(t, map[string]http.HandlerFunc{"POST /conversations/t1/attachments": uploads(t, &parts)})
		_, err := deskAtServer(t, g, small).Upload(t.Context(), "t1", bot.AuthorBot, one)
		refused(t, name, err)
	}
	broken := file("a", "", 0)
	broken.Open = func() (io.ReadCloser, error) { return nil, errors.New("gone") }
	_, err := newGateway(t, nil).desk().Upload(t.Context(), "t1", bot.AuthorBot, broken)
	if inDoubt(t, err) {
		t.Error("never sent, and in doubt")
	}
}

func TestFetch(t *testing.T) {
	g := newGateway(t, map[string]http.HandlerFunc{
		"GET /conversations/t1/attachments/a%2F1":         answer(200, `{"id":"a/1","filename":"cat.png","sizeInBytes":3}`),
		"GET /conversations/t1/attachments/a%2F1/content": answer(200, "abc"),
	})
	got, err := g.desk().Fetch(t.Context(), "t1", "a/1")
	if err != nil || got.Name != "cat.png" || got.Size != 3 || got.ContentType != "image/png" {
		t.Fatalf("%+v, %v", got, err)
	}
	if len(g.calls) != 1 {
		t.Errorf("the content was asked for unopened: %v", g.calls)
	}
	for range 2 {
		content, err := got.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(content)
		if string(text) != "abc" || err != nil || content.Close() != nil {
			t.Errorf("read %q, %v", text, err)
		}
	}
	if g.count("GET /conversations/t1/attachments/a%2F1/content") != 2 {
		t.Errorf("calls %v", g.calls)
	}
}

func TestFetchIsBounded(t *testing.T) {
	for name, one := range map[string]struct {
		about string
		opens bool
	}{
		"told":     {`{"id":"a","filename":"f","sizeInBytes":4}`, false},
		"not told": {`{"id":"a","filename":"f"}`, true},
	} {
		g := newGateway(t, map[string]http.HandlerFunc{
			"GET /conversations/t1/attachments/a":         answer(200, one.about),
			"GET /conversations/t1/attachments/a/content": answer(200, "abcd"),
		})
		got, err := g.desk(func(c *eightx8.Config) { c.MaxFile = 3 }).Fetch(t.Context(), "t1", "a")
		if !one.opens {
			refused(t, name, err)
			continue
		}
		content, err := got.Open()
		if err == nil {
			_, err = io.ReadAll(content)
		}
		if err == nil {
			t.Errorf("%s: read", name)
		}
	}
	_, err := newGateway(t, nil).desk().Fetch(t.Context(), "t1", "none")
	refused(t, "not there", err)
}
