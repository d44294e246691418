package eightx8

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// transferTimeout bounds the transfer of one file.
const transferTimeout = 2 * time.Minute

// Attachment is a file of a ticket's, as 8x8 tells of it.
type Attachment struct {
	ID   string
	Name string
	// Size in bytes; 0: not told.
	Size int64
	// ContentType; empty: not told.
	ContentType string
	CreatedAt   time.Time
}

type attachmentItem struct {
	ID          scalar `json:"id"`
	Type        scalar `json:"type"`
	FileName    scalar `json:"filename"` // in events fileName, which is read too
	Size        scalar `json:"size"`
	SizeInBytes scalar `json:"sizeInBytes"`
	CreatedAt   scalar `json:"createdAt"`
}

func (item attachmentItem) id() scalar { return item.ID }

func (item attachmentItem) attachment() Attachment {
	made := Attachment{
		ID: string(item.ID), Name: string(item.FileName), CreatedAt: item.CreatedAt.when(),
	}
	if _, _, err := mime.ParseMediaType(string(item.Type)); err == nil && bytes.ContainsRune([]byte(item.Type), '/') {
		made.ContentType = string(item.Type)
	}
	for _, size := range []scalar{item.SizeInBytes, item.Size} {
		if n, ok := size.number(); ok && made.Size == 0 {
			made.Size = int64(n)
		}
	}
	return made
}

// Upload adds a file to a ticket, for a message to name (8x8 contract,
// "Calls", attachments). It is read once and not uploaded again; whether an
// upload without an answer was done does not matter, as nobody sees a file
// that no message names. The chat-gateway alone.
func (d *Desk) Upload(ctx context.Context, ticket string, author bot.Author, file bridge.File) (Attachment, error) {
	const op = "upload attachment"
	if err := d.needGateway(op, ticket); err != nil {
		return Attachment{}, err
	}
	if file.Size > d.client.maxFile {
		return Attachment{}, refuse(op, d.client.tooLarge())
	}
	content, err := file.Open()
	if err != nil {
		failed := &bridge.DeskError{Kind: bridge.DeskUnavailable, Err: fmt.Errorf("%s: open file: %w", op, err)}
		if because, ok := errors.AsType[*bridge.DeskError](err); ok {
			failed.Kind = because.Kind
		}
		return Attachment{}, failed
	}
	if seeker, ok := content.(io.Seeker); ok && file.Size == 0 {
		file.Size = sizeOf(seeker)
	}
	body, err := d.client.form(file, wireAuthor(author), content)
	if err != nil {
		content.Close()
		return Attachment{}, refuse(op, err)
	}
	do := call{op: op, method: http.MethodPost, path: ticketPath(ticket, "/attachments"), body: body}
	var item attachmentItem
	if err := d.client.onceWithin(ctx, do, &item, transferTimeout); err != nil {
		if errors.Is(err, errTooLarge) {
			err = refuse(op, d.client.tooLarge())
		}
		return Attachment{}, err
	}
	made := item.attachment()
	if made.ID == "" {
		return Attachment{}, do.unanswered(errors.New("the answer names no attachment"), false)
	}
	return made, nil
}

// sizeOf is how much there is to read; 0: not known.
func sizeOf(content io.Seeker) int64 {
	size, err := content.Seek(0, io.SeekEnd)
	if _, back := content.Seek(0, io.SeekStart); err != nil || back != nil {
		return 0
	}
	return size
}

// form is the body that uploads a file: parts authorType and attachment.
func (c *client) form(file bridge.File, author string, content io.ReadCloser) (upload, error) {
	var text bytes.Buffer
	w := multipart.NewWriter(&text)
	if err := w.WriteField("authorType", author); err != nil {
		return upload{}, err
	}
	name := either(scalar(file.Name), "file")
	kind := either(scalar(file.ContentType), "application/octet-stream")
	header := textproto.MIMEHeader{
		"Content-Disposition": {multipart.FileContentDisposition("attachment", name)},
		"Content-Type":        {oneLine(kind)},
	}
	if _, err := w.CreatePart(header); err != nil {
		return upload{}, err
	}
	head := text.String()
	text.Reset()
	if err := w.Close(); err != nil {
		return upload{}, err
	}
	made := upload{contentType: w.FormDataContentType(), length: -1}
	if file.Size > 0 {
		made.length = int64(len(head)) + file.Size + int64(text.Len())
	}
	made.ReadCloser = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader([]byte(head)), &bounded{content, c.maxFile, c.tooLarge()}, &text), content}
	return made, nil
}

// bounded is a reader that fails with tooLarge if there is more to read than
// left bytes.
type bounded struct {
	io.Reader
	left     int64
	tooLarge error
}

func (b *bounded) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.Reader.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, b.tooLarge
	}
	return n, err
}

// errTooLarge: a file is larger than MaxFile.
var errTooLarge = errors.New("the file is too large")

func (c *client) tooLarge() error {
	return fmt.Errorf("%w: more than %d bytes", errTooLarge, c.maxFile)
}
