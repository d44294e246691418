package eightx8

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// contentQuickReplies is the content type of 8x8's own quick replies.
const contentQuickReplies = "application/8x8.quick.replies"

// quickReplies is the content of a card that offers answers.
type quickReplies struct {
	Options []quickReply `json:"options"`
}

type quickReply struct {
	Title string        `json:"title"`
	Data  quickPostback `json:"data"`
}

type quickPostback struct {
	Postback string `json:"postback"`
}

// message has text, the files that were uploaded, and cards; a card that 8x8
// cannot show goes as its text.
func (g gateway) message(ctx context.Context, m bridge.Outgoing, files []string) any {
	body := messageRequest{AuthorType: wireAuthor(m.Author)}
	for _, id := range files {
		body.Attachments = append(body.Attachments, attachmentRequest{ID: id})
	}
	can, text := g.capabilities(), []string{m.Text}
	for _, card := range m.Cards {
		if can.Shows(card) {
			body.Cards = append(body.Cards, cardRequest{ContentType: card.ContentType, Content: card.Content})
			continue
		}
		g.log.InfoContext(ctx, "a card goes as its text", slog.String("kind", shorten(card.ContentType, 64)))
		text = append(text, textOfCard(card))
	}
	body.Text = strings.Join(nonEmpty(text), "\n")
	if len(m.QuickReplies) > 0 {
		if content, err := json.Marshal(offered(m.QuickReplies)); err == nil {
			body.Cards = append(body.Cards, cardRequest{ContentType: contentQuickReplies, Content: content})
		}
	}
	return body
}

// offered makes quick replies; one without a value gives its title back.
func offered(replies []bot.QuickReply) quickReplies {
	var made quickReplies
	for _, reply := range replies {
		value := reply.Value
		if value == "" {
			value = reply.Title
		}
		made.Options = append(made.Options, quickReply{Title: reply.Title, Data: quickPostback{value}})
	}
	return made
}
