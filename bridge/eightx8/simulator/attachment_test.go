package simulator

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
	"testing"
)

// upload sends a file as multipart/form-data.
func (b *box) upload(conversation, filename, mediaType, content string) reply {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	header := textproto.MIMEHeader{}
	header.Set("Content-Disposition", multipart.FileContentDisposition("attachment", filename))
	if mediaType != "" {
		header.Set("Content-Type", mediaType)
	}
	part, err := form.CreatePart(header)
	if err == nil {
		_, err = part.Write([]byte(content))
	}
	if err != nil || form.WriteField("authorType", "bot") != nil || form.Close() != nil {
		b.t.Fatalf("build form: %v", err)
	}
	headers := http.Header{"X-Api-Key": {"simulator"}, "Content-Type": {form.FormDataContentType()}}
	r, err := b.send(b.t.Context(), "POST", gatewayPath+"/conversations/"+conversation+"/attachments", headers, body.String())
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

func TestAttachments(t *testing.T) {
	inBox(t, Options{MaxAttachment: 1 << 20}, func(b *box) {
		id := b.open()
		at := "/conversations/" + id + "/attachments"
		up := b.upload(id, "photo.png", "image/png", strings.Repeat("p", 1<<20))
		if up.status != 200 || up.text("filename") != "photo.png" || up.get("sizeInBytes") != float64(1<<20) {
			t.Fatalf("upload: %d %s", up.status, up.raw)
		}
		note := b.upload(id, "note.txt", "", "some words")
		b.told()
		file := up.text("id")
		b.gateway("POST", "/conversations/"+id+"/messages", map[string]any{
			"authorType": "bot", "attachments": []any{map[string]any{"id": file}, map[string]any{"id": note.get("id")}},
		})
		event := reply{body: b.webhooks()[0].event}
		if event.text("data.attachments.0.type") != "image" || event.text("data.attachments.1.type") != "file" ||
			event.text("data.attachments.0.fileName") != "photo.png" {
			t.Errorf("event: %v", event.body)
		}
		path := strings.TrimPrefix(event.text("data.attachments.1.preSignedUrl"), "https://simulator.invalid")
		if got, _ := b.send(t.Context(), "GET", path, nil, nil); string(got.raw) != "some words" {
			t.Errorf("presigned %s: %d %s", path, got.status, got.raw)
		}
		list := b.gateway("GET", at+"?sort=filename:asc&filter=filename==photo.png", nil)
		if list.text("page.totalElements") != "1" || list.text("_embedded.attachments.0.id") != file {
			t.Errorf("list: %s", list.raw)
		}
		if one := b.gateway("GET", at+"/"+file, nil); one.text("id") != file || one.get("size") != nil {
			t.Errorf("one: %s", one.raw)
		}
		content := b.gateway("GET", at+"/"+note.text("id")+"/content", nil)
		if string(content.raw) != "some words" || content.header.Get("Content-Disposition") != "attachment; filename=note.txt" {
			t.Errorf("content: %v %s", content.header, content.raw)
		}
		if r := b.upload(id, "big", "", strings.Repeat("p", 1<<20+1)); r.status != http.StatusRequestEntityTooLarge {
			t.Errorf("too large: %d %s", r.status, r.raw)
		}
		if r := b.gateway("GET", at+"/x", nil); r.status != 404 || r.text("errors.0") != r.text("message") {
			t.Errorf("missing: %d %s", r.status, r.raw)
		}
	})
}

func TestAttachmentQuirk(t *testing.T) {
	inBox(t, Options{Quirks: Quirks{AttachmentSize: true, TopLevelLists: true}}, func(b *box) {
		id := b.open()
		up := b.upload(id, "a.txt", "text/plain", "abc")
		if up.text("size") != "3" || up.text("type") != "text/plain" || up.get("sizeInBytes") != nil {
			t.Errorf("upload: %s", up.raw)
		}
		if n := len(b.gateway("GET", "/conversations/"+id+"/attachments", nil).list("data")); n != 1 {
			t.Errorf("%d at the top, want 1", n)
		}
	})
}
