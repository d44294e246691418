package eightx8

import (
	"context"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"

	"github.com/patchbay-host/patchbay/bridge"
)

// Fetch finds a file of a ticket by its id. Its content is asked for when it
// is opened, once for each time, and read as it comes; opening and reading
// must be over before ctx is, and within two minutes. A file larger than
// MaxFile is refused, or if its size is not told, breaks off. The chat-gateway
// alone.
func (d *Desk) Fetch(ctx context.Context, ticket, attachment string) (bridge.File, error) {
	const op = "fetch attachment"
	if err := d.needGateway(op, ticket, attachment); err != nil {
		return bridge.File{}, err
	}
	do := call{op: op, path: ticketPath(ticket, "/attachments/"+url.PathEscape(attachment))}
	var item attachmentItem
	if err := d.client.get(ctx, do, &item); err != nil {
		return bridge.File{}, err
	}
	about := item.attachment()
	if about.Size > d.client.maxFile {
		return bridge.File{}, refuse(op, d.client.tooLarge())
	}
	do.method, do.path = http.MethodGet, do.path+"/content"
	return bridge.File{
		Name:        about.Name,
		ContentType: either(scalar(about.ContentType), scalar(mime.TypeByExtension(path.Ext(about.Name))), "application/octet-stream"),
		Size:        about.Size,
		Open:        func() (io.ReadCloser, error) { return d.client.stream(ctx, do) },
	}, nil
}

// stream opens a content, once.
func (c *client) stream(ctx context.Context, do call) (io.ReadCloser, error) {
	resp, err := c.ask(ctx, do, transferTimeout)
	if err != nil {
		return nil, err
	}
	if resp.ContentLength > c.maxFile {
		resp.Body.Close()
		return nil, refuse(do.op, c.tooLarge())
	}
	return struct {
		io.Reader
		io.Closer
	}{&bounded{resp.Body, c.maxFile, c.tooLarge()}, resp.Body}, nil
}

// Attachments lists the files of a ticket. The chat-gateway alone.
func (d *Desk) Attachments(ctx context.Context, ticket string) ([]Attachment, error) {
	const op = "list attachments"
	if err := d.needGateway(op, ticket); err != nil {
		return nil, err
	}
	items, err := getAll[attachmentItem](ctx, d.client, call{op: op, path: ticketPath(ticket, "/attachments")}, "attachments")
	var all []Attachment
	for _, item := range items {
		all = append(all, item.attachment())
	}
	return all, err
}
