package directline

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// maxFiles is how many files a message has at most, as in [bot.Message].
const maxFiles = 10

// upload: POST /conversations/{id}/upload?userId=. Files, and perhaps the
// message that they come with, are said together: answered once durable, and
// once in all if its client gave it an id. Nothing is kept before everything
// has come and is in order.
func (s *Server) upload(c *gin.Context) (int, any, error) {
	g, id, err := s.enter(c)
	if err != nil {
		return 0, nil, err
	}
	if err := s.may(g.channel.meters.uploads, id); err != nil {
		return 0, nil, err
	}
	form, err := s.readForm(c)
	if err != nil {
		return 0, nil, err
	}
	defer form.close()
	p, err := form.posted(c.Query("userId"))
	if err != nil {
		return 0, nil, err
	}
	customer, err := s.poster(c, g, id, p.From)
	if err != nil {
		return 0, nil, err
	}
	ev, err := p.uploaded()
	if err != nil {
		return 0, nil, err
	}
	s.place(&ev, g, id, customer)
	for i, file := range form.files {
		kept, err := s.keep(c.Request.Context(), ev, i, file)
		if err != nil {
			return 0, nil, err
		}
		ev.Message.Attachments = append(ev.Message.Attachments, kept)
	}
	return s.receive(c.Request.Context(), ev)
}

// keep keeps a file of an event's message.
func (s *Server) keep(ctx context.Context, ev lifecycle.Event, index int, file *spooled) (bot.Attachment, error) {
	content, err := file.content()
	if err != nil {
		return bot.Attachment{}, err
	}
	about := bot.Attachment{Name: file.name, ContentType: file.contentType}
	return s.engine.Keep(ctx, ev.Conversation, file.id(ev.ID, index), about, content)
}

// posted is the activity that the files come with: a message, of whom the
// address says unless it does itself. What it says of attachments is left
// alone: the files are there.
func (f *form) posted(userID string) (posted, error) {
	var p posted
	if len(f.activity) > 0 {
		if !utf8.Valid(f.activity) {
			return posted{}, badArgument("the activity is not UTF-8")
		}
		if err := json.Unmarshal(f.activity, &p); err != nil {
			return posted{}, badJSON(err)
		}
	}
	switch {
	case p.Type != "" && p.Type != typeMessage:
		return posted{}, badArgument("files come with a message, not with another activity")
	case len(f.files) == 0:
		return posted{}, missingProperty("file")
	}
	if p.From.ID == "" {
		p.From.ID = userID
	}
	return p, p.From.check()
}

// uploaded is what a message with files means: that they are said, whatever
// else it has.
func (p posted) uploaded() (lifecycle.Event, error) {
	ev, _, err := p.outline()
	if err != nil {
		return lifecycle.Event{}, err
	}
	ev.Kind, ev.Message = lifecycle.EventSaid, &bot.Message{Text: p.Text}
	if p.Text == "" {
		return ev, nil
	}
	return ev, beyond(ev.Message.Check())
}

func fileTooBig(limit int64) *fault {
	return &fault{http.StatusRequestEntityTooLarge, codeMessageSizeTooBig, fmt.Sprintf("a file is larger than %d bytes", limit)}
}

// noRoom is 507 and not 503: trying again at once would not help, and the host
// serves everything else.
func noRoom() *fault {
	return &fault{http.StatusInsufficientStorage, codeInsufficientStorage, "there is no room for more files"}
}
