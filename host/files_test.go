package host_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

const (
	picture = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR a cat"
	terms   = "These are the terms."
)

// seesFiles lets a bot say of each file what it has got: how, and how much.
func seesFiles(otherwise bot.Func) bot.Func {
	return func(ctx context.Context, t *bot.Turn, reply *bot.Reply) error {
		var got []string
		for _, m := range t.Messages {
			for _, file := range m.Attachments {
				how, content, err := contentOf(ctx, file)
				if err != nil {
					return err
				}
				got = append(got, fmt.Sprintf("%s, %s, %s, %d bytes", file.Name, file.ContentType, how, len(content)))
			}
		}
		if len(got) > 0 {
			return reply.Say("I see " + strings.Join(got, " and "))
		}
		return otherwise(ctx, t, reply)
	}
}

// contentOf is a file as a bot gets at it.
func contentOf(ctx context.Context, file bot.Attachment) (how string, content []byte, err error) {
	if len(file.Data) > 0 {
		return "whole", file.Data, nil
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, file.URL, nil)
	if err != nil {
		return "", nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", nil, err
	}
	defer resp.Body.Close()
	content, err = io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = errors.New(resp.Status)
	}
	return "fetched", content, err
}

// uploads uploads files, given as name, content, name, content …
func (c *customer) uploads(text string, files ...string) {
	c.w.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i < len(files); i += 2 {
		part, err := form.CreateFormFile("file", files[i])
		if err != nil {
			c.w.t.Fatal(err)
		}
		io.WriteString(part, files[i+1])
	}
	part, err := form.CreatePart(map[string][]string{"Content-Type": {"application/vnd.microsoft.activity"}})
	if err != nil {
		c.w.t.Fatal(err)
	}
	fmt.Fprintf(part, `{"type": "message", "text": %q}`, text)
	form.Close()
	address := strings.TrimSuffix(c.activities(), "/activities") + "/upload?userId=dl_kim"
	req, err := http.NewRequestWithContext(c.w.t.Context(), http.MethodPost, address, &body)
	if err != nil {
		c.w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	req.Header.Set("Authorization", "Bearer "+c.Token)
	var answer string
	if status := c.w.do(req, &answer); status != http.StatusOK {
		c.w.t.Fatalf("upload: %d %s", status, answer)
	}
}

// files are the addresses of all files of the conversation, by name. They are
// as the public sees them, so the host stands in for the public address.
func (c *customer) files() map[string]string {
	c.w.t.Helper()
	var set struct {
		Activities []struct {
			Attachments []struct{ Name, ContentURL string }
		}
	}
	if status := c.w.call("GET", c.activities(), c.Token, nil, &set); status != http.StatusOK {
		c.w.t.Fatalf("get activities: %d", status)
	}
	found := map[string]string{}
	for _, a := range set.Activities {
		for _, file := range a.Attachments {
			u, err := url.Parse(file.ContentURL)
			if err != nil || u.Scheme != "http" || !strings.HasPrefix(u.Path, "/files/") {
				c.w.t.Fatalf("%s is at %s", file.Name, file.ContentURL)
			}
			found[file.Name] = c.w.front + u.EscapedPath()
		}
	}
	return found
}

// downloads gets a file of the conversation, as soon as there is one.
func (c *customer) downloads(name, want, disposition string) (address string) {
	c.w.t.Helper()
	c.w.await(name+" can be had", func() error {
		if address = c.files()[name]; address == "" {
			return fmt.Errorf("there are %v", c.files())
		}
		return nil
	})
	resp, err := http.Get(address)
	if err != nil {
		c.w.t.Fatal(err)
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || string(content) != want || resp.Header.Get("Content-Disposition") != disposition {
		c.w.t.Errorf("%s: %s %q, %s, %v", name, resp.Status, content, resp.Header.Get("Content-Disposition"), err)
	}
	return address
}

// agentsFiles are the files in the one ticket, as "user: cat.png image/png 22".
func (w *world) agentsFiles() []string {
	w.t.Helper()
	ids := w.tickets()
	if len(ids) != 1 {
		return []string{fmt.Sprintf("there are %d tickets", len(ids))}
	}
	var ticket struct {
		Messages []struct {
			AuthorType  string
			Attachments []struct {
				Filename, Type string
				Size           int
			}
		}
	}
	w.call("GET", w.control("/conversations/"+ids[0]), "", nil, &ticket)
	var lines []string
	for _, m := range ticket.Messages {
		for _, file := range m.Attachments {
			lines = append(lines, fmt.Sprintf("%s: %s %s %d", m.AuthorType, file.Filename, file.Type, file.Size))
		}
	}
	return lines
}

// TestFiles: a customer sends a picture to the bot and another file to the
// agent, who has both and sends one back.
func TestFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	c := w.newCustomer(webSecret)
	c.uploads("Look!", "../cat.jpg", picture)
	c.awaitLast("echo: I see cat.jpg, image/png, whole, 22 bytes")
	c.says("agent")
	c.awaitLast("<queued>")
	w.agent("ada", "accept")
	c.awaitHeldBy("agent")
	w.awaitLines("the agent's files", w.agentsFiles, "bot: cat.jpg image/png 22")
	c.uploads("", "order.txt", "Order 4711", "empty.txt", "")
	w.awaitLines("the agent's files", w.agentsFiles,
		"bot: cat.jpg image/png 22", "user: order.txt text/plain; charset=utf-8 10", "user: empty.txt text/plain 0")
	w.agent("ada", "attach", "filename", "Bedingungen für Sie.html", "type", "text/html", "text", "Our terms.",
		"content", base64.StdEncoding.EncodeToString([]byte(terms)))
	c.awaitLast("ada: Our terms.")
	c.downloads("Bedingungen für Sie.html", terms,
		`attachment; filename="Bedingungen f_r Sie.html"; filename*=UTF-8''Bedingungen%20f%C3%BCr%20Sie.html`)
	address := c.downloads("cat.jpg", picture, `inline; filename="cat.jpg"`)
	if again := c.files()["cat.jpg"]; again != address {
		t.Errorf("the address was %s and is %s", address, again)
	}
	var answer string
	if status := w.call("GET", strings.Replace(address, "/files/", "/files/A", 1), "", nil, &answer); status != http.StatusNotFound {
		t.Errorf("a forged address: %d %s", status, answer)
	}
	w.agent("ada", "leave")
	c.awaitLast("echo: Back again.")
	c.uploads("And now?", "late.txt", "late")
	c.awaitLast("echo: I see late.txt, text/plain; charset=utf-8, whole, 4 bytes")
	c.awaitSaid("Kim: Look!", "echo: I see cat.jpg, image/png, whole, 22 bytes", "Kim: agent", "Kim: ", "ada: Our terms.",
		"echo: Back again.", "Kim: And now?", "echo: I see late.txt, text/plain; charset=utf-8, whole, 4 bytes")
}

// TestFilesOnChatAPI: that dialect knows no files, so the agent is told of
// them by name. The conversation goes on.
func TestFilesOnChatAPI(t *testing.T) {
	t.Parallel()
	w := newWorldOf(t, nil, "chat-api")
	c := w.newCustomer(webSecret)
	c.uploads("Look!", "cat.png", picture)
	c.awaitLast("echo: I see cat.png, image/png, whole, 22 bytes")
	c.says("agent")
	c.awaitLast("<queued>")
	w.agent("ada", "accept")
	c.awaitHeldBy("agent")
	c.uploads("And this", "order.txt", "Order 4711")
	w.await("the agent reads of both files", func() error {
		lines := strings.Join(w.agentSees(), "\n")
		if !strings.Contains(lines, "cat.png") || !strings.Contains(lines, "order.txt") || len(w.agentsFiles()) > 0 {
			return fmt.Errorf("the agent sees %q, files %q", lines, w.agentsFiles())
		}
		return nil
	})
	w.agent("ada", "say", "text", "Thanks.")
	c.awaitLast("Ada: Thanks.") // that dialect tells names
	c.downloads("order.txt", "Order 4711", `attachment; filename="order.txt"`)
}

// TestFilesSurvive: a bot fetches what is too large to be given to it whole,
// and addresses outlive the host that made them.
func TestFilesSurvive(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	c := s.newCustomer(webSecret)
	c.awaitLast("clerk: Welcome.")
	large := picture + strings.Repeat("x", 3<<20)
	c.uploads("Look!", "cat.png", large)
	c.awaitLast(fmt.Sprintf("clerk: I see cat.png, image/png, fetched, %d bytes", len(large)))
	address := c.downloads("cat.png", large, `inline; filename="cat.png"`)
	public := c.files()
	s.stop()
	s.start()
	if diff := cmp.Diff(pathsOf(t, public), pathsOf(t, c.files())); diff != "" {
		t.Error(diff)
	}
	c.downloads("cat.png", large, `inline; filename="cat.png"`)
	_, path, _ := strings.Cut(address, "/files/")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.customers.url()+"/files/"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Range", "bytes=0-3")
	var got string
	if status := s.do(req, &got); status != http.StatusPartialContent || got != large[:4] {
		t.Errorf("%d %.40q", status, got)
	}
}

// pathsOf are addresses without the host, which moves.
func pathsOf(t *testing.T, addresses map[string]string) map[string]string {
	t.Helper()
	paths := map[string]string{}
	for name, address := range addresses {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		paths[name] = u.Path
	}
	return paths
}

// TestFilesThatAreTooOld: a host removes what has been kept for longer than it
// is to be, and nothing else.
func TestFilesThatAreTooOld(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	c := s.newCustomer(webSecret)
	c.uploads("Look!", "old.png", picture)
	c.awaitLast(fmt.Sprintf("clerk: I see old.png, image/png, whole, %d bytes", len(picture)))
	s.stop()
	kept := func() (places []string) {
		err := filepath.WalkDir(s.cfg.Attachments.Folder, func(place string, entry fs.DirEntry, err error) error {
			if err == nil && entry.Type().IsRegular() {
				places = append(places, place)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return places
	}
	old := kept()
	for _, place := range old {
		if err := os.Chtimes(place, time.Time{}, time.Now().Add(-2*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	s.cfg.Attachments.Keep = time.Hour
	s.start()
	c.uploads("Look!", "new.png", picture)
	s.await("the old file is gone, and the new one there", func() error {
		if now := kept(); len(now) != 1 || slices.Contains(old, now[0]) {
			return fmt.Errorf("there are %q", now)
		}
		return nil
	})
}
