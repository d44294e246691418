package simulator

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The content types of cards whose content is looked at.
const (
	adaptiveType     = "application/vnd.microsoft.card.adaptive"
	quickRepliesType = "application/8x8.quick.replies"
)

// cardTypes are all that 8x8 knows.
func cardTypes() []string {
	return []string{
		adaptiveType, quickRepliesType, "Interactive", "Location", "Template", "Suggestions", "Buttons", "Carousel",
	}
}

// card is one card of a message.
type card struct {
	id                  string
	contentType         string
	content             json.RawMessage
	submitted, executed bool
}

// cardRequest is a card as it is sent.
type cardRequest struct {
	ContentType string          `json:"contentType"`
	Content     json.RawMessage `json:"content"`
}

// cardView is a card as 8x8 shows it. Only the list of a message's cards has
// ids and what became of them.
type cardView struct {
	ID          string          `json:"id,omitempty"`
	ContentType string          `json:"contentType"`
	Content     json.RawMessage `json:"content"`
	Submitted   *bool           `json:"actionSubmitted,omitempty"`
	Executed    *bool           `json:"actionExecuted,omitempty"`
}

func (c *card) view() cardView { return cardView{ContentType: c.contentType, Content: c.content} }

func (c *card) whole() cardView {
	v := c.view()
	v.ID, v.Submitted, v.Executed = c.id, &c.submitted, &c.executed
	return v
}

func viewCards(cards []*card) []cardView {
	var views []cardView
	for _, c := range cards {
		views = append(views, c.view())
	}
	return views
}

// card is the card that is asked for; without a type it is an adaptive one.
func (r cardRequest) card() *card {
	return &card{contentType: cmp.Or(r.ContentType, adaptiveType), content: r.Content}
}

// check notes what the card may not be; path is put before the names.
func (r cardRequest) check(v *violations, path string) {
	kind := cmp.Or(r.ContentType, adaptiveType)
	if !slices.Contains(cardTypes(), kind) {
		v.add(path+"contentType", kind, "invalid_content_type", "Content type %s is not supported.", kind)
		return
	}
	var content map[string]json.RawMessage
	if err := json.Unmarshal(r.Content, &content); err != nil || content == nil {
		v.add(path+"content", "", "invalid_card", "%scontent is not an object.", path)
		return
	}
	switch kind {
	case adaptiveType:
		checkAdaptive(v, path+"content.", r.Content)
	case quickRepliesType:
		checkQuickReplies(v, path+"content.", r.Content)
	}
}

// checkAdaptive wants an Adaptive Card of a version up to 1.6.
func checkAdaptive(v *violations, path string, content []byte) {
	var c struct {
		Type    string `json:"type"`
		Version string `json:"version"`
	}
	if err := json.Unmarshal(content, &c); err != nil || c.Type != "AdaptiveCard" {
		v.add(path+"type", c.Type, "invalid_card", "%stype has to be AdaptiveCard.", path)
		return
	}
	major, minor, _ := strings.Cut(c.Version, ".")
	n, err := strconv.Atoi(minor)
	if major != "1" || err != nil || n < 0 || n > 6 {
		v.add(path+"version", c.Version, "invalid_card_version", "Adaptive Cards of version %q are not supported, 1.0 to 1.6 are.", c.Version)
	}
}

// quickReplies is the content of a card of quick replies.
type quickReplies struct {
	Options []quickReply `json:"options"`
}

type quickReply struct {
	Title string `json:"title"`
	Data  struct {
		Postback string `json:"postback"`
	} `json:"data"`
}

func checkQuickReplies(v *violations, path string, content []byte) {
	var c quickReplies
	if err := json.Unmarshal(content, &c); err != nil || len(c.Options) == 0 {
		v.add(path+"options", "", "invalid_card", "%soptions has to be a list of options.", path)
		return
	}
	for i, o := range c.Options {
		v.require(fmt.Sprintf("%soptions[%d].title", path, i), o.Title)
		v.require(fmt.Sprintf("%soptions[%d].data.postback", path, i), o.Data.Postback)
	}
}

// card finds a card of the ticket.
func (t *ticket) card(id string) (*card, error) {
	for _, m := range t.messages {
		for _, c := range m.cards {
			if c.id == id {
				return c, nil
			}
		}
	}
	return nil, missing{kind: "Card", id: id}
}
