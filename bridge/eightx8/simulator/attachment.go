package simulator

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"time"
)

const defaultMaxAttachment = 10 << 20

// attachment is a file of a conversation, to which messages may refer.
type attachment struct {
	id        string
	filename  string
	mediaType string
	content   []byte
	createdAt time.Time
}

// attachmentView is an attachment as 8x8 shows it: the schema requires size
// and type and defines sizeInBytes.
type attachmentView struct {
	ID          string `json:"id"`
	Filename    string `json:"filename"`
	SizeInBytes *int   `json:"sizeInBytes,omitempty"`
	Size        *int   `json:"size,omitempty"`
	Type        string `json:"type,omitempty"`
	CreatedAt   string `json:"createdAt"`
}

func (a *attachment) view(quirks Quirks) attachmentView {
	size := len(a.content)
	v := attachmentView{ID: a.id, Filename: a.filename, CreatedAt: isoTime(a.createdAt)}
	if quirks.AttachmentSize {
		v.Size, v.Type = &size, a.mediaType
		return v
	}
	v.SizeInBytes = &size
	return v
}

// kind is the word that events have for the attachment.
func (a *attachment) kind() string {
	switch family, _, _ := strings.Cut(a.mediaType, "/"); family {
	case "image", "video", "audio":
		return family
	}
	return "file"
}

// attach stores a file with the ticket.
func (c *centre) attach(t *ticket, filename, mediaType string, content []byte) *attachment {
	a := &attachment{
		id:        c.ids.opaque() + c.ids.opaque(),
		filename:  filename,
		mediaType: cmp.Or(mediaType, http.DetectContentType(content)),
		content:   content,
		createdAt: c.now(),
	}
	t.attachments = append(t.attachments, a)
	return a
}

func (t *ticket) attachment(id string) (*attachment, error) {
	return find(t.attachments, "Attachment", id, func(a *attachment) string { return a.id })
}

// upload takes a file in as multipart/form-data: attachment and authorType.
func (s *Simulator) upload(r *request) (answer, error) {
	t, err := s.centre.ticket(r.param("id"))
	if err != nil {
		return answer{}, err
	}
	kind, parameters, _ := mime.ParseMediaType(r.http.Header.Get("Content-Type"))
	if kind != "multipart/form-data" {
		return answer{}, refuse("Content-Type", kind, "invalid_content_type", "The body has to be multipart/form-data.")
	}
	var (
		v      violations
		file   *multipart.Part
		author string
		data   []byte
	)
	form := multipart.NewReader(bytes.NewReader(r.body), parameters["boundary"])
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		var content []byte
		if err == nil {
			content, err = io.ReadAll(part)
		}
		if err != nil {
			return answer{}, refuse("body", "", "invalid_body", "The form is malformed: %v.", err)
		}
		switch part.FormName() {
		case "attachment":
			file, data = part, content
		case "authorType":
			author = string(content)
		}
	}
	checkAuthor(&v, "authorType", author)
	if file == nil {
		v.require("attachment", "")
	} else {
		v.require("attachment.filename", file.FileName())
	}
	if err := v.err(); err != nil {
		return answer{}, err
	}
	if len(data) > s.opt.MaxAttachment {
		return answer{}, tooLarge{limit: s.opt.MaxAttachment}
	}
	a := s.centre.attach(t, file.FileName(), file.Header.Get("Content-Type"), data)
	return ok(a.view(s.opt.Quirks))
}

func (s *Simulator) listAttachments(r *request) (answer, error) {
	t, err := s.centre.ticket(r.param("id"))
	if err != nil {
		return answer{}, err
	}
	l := listing[*attachment]{
		name: "attachments",
		top:  "data",
		sort: "id:asc",
		fields: fields[*attachment]{
			"id":       func(a *attachment) string { return a.id },
			"filename": func(a *attachment) string { return a.filename },
		},
		ordered: map[string]func(a, b *attachment) int{
			"id":        func(a, b *attachment) int { return cmp.Compare(a.id, b.id) },
			"filename":  func(a, b *attachment) int { return cmp.Compare(a.filename, b.filename) },
			"createdAt": func(a, b *attachment) int { return a.createdAt.Compare(b.createdAt) },
		},
		show: func(a *attachment) any { return a.view(s.opt.Quirks) },
	}
	return l.answer(r, t.attachments, s.opt.MaxPageSize, s.opt.Quirks)
}

// attachmentOf is the attachment that the path names.
func (s *Simulator) attachmentOf(r *request) (*attachment, error) {
	t, err := s.centre.ticket(r.param("id"))
	if err != nil {
		return nil, err
	}
	return t.attachment(r.param("attachmentId"))
}

func (s *Simulator) getAttachment(r *request) (answer, error) {
	a, err := s.attachmentOf(r)
	if err != nil {
		return answer{}, err
	}
	return ok(a.view(s.opt.Quirks))
}

// download answers the file itself.
func (s *Simulator) download(r *request) (answer, error) {
	a, err := s.attachmentOf(r)
	if err != nil {
		return answer{}, err
	}
	name := mime.FormatMediaType("attachment", map[string]string{"filename": a.filename})
	return answer{
		status: http.StatusOK, contentType: "application/octet-stream", raw: a.content,
		header: map[string]string{"Content-Disposition": cmp.Or(name, "attachment")},
	}, nil
}

// preSigned is the address of a file in events, good without a key. Whoever
// has no PublicURL gets one that leads nowhere, as most hosts should not care.
func (c *centre) preSigned(t *ticket, a *attachment) string {
	return fmt.Sprintf("%s%s/%s/%s", c.publicURL, preSignedPath, t.id, a.id)
}
