package ops

import (
	"context"
	"errors"
	"math"
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// People is what a host keeps of people; *bridge.Engine is one.
type People interface {
	// List reads conversations, newest change first.
	List(ctx context.Context, filter bridge.Filter) ([]lifecycle.Conversation, error)
	// Entries reads the journal after number after, oldest first.
	Entries(ctx context.Context, id bot.ConversationID, after int64, limit int) ([]lifecycle.Entry, error)
	// Erase removes a conversation; bridge.ErrOpen if it is under way.
	Erase(ctx context.Context, id bot.ConversationID) error
}

// person is all that is kept of somebody on a channel.
type person struct {
	Channel       string     `json:"channel"`
	User          string     `json:"user"`
	Conversations []exported `json:"conversations"`
}

type exported struct {
	Conversation lifecycle.Conversation `json:"conversation"`
	Entries      []lifecycle.Entry      `json:"entries"`
	// Files that were said, where they can be had for a while.
	Files []file `json:"files"`
}

type file struct {
	Entry       int64  `json:"entry"`
	Name        string `json:"name"`
	ContentType string `json:"content_type"`
	Size        int64  `json:"size"`
	Address     string `json:"address"`
}

// export answers everything that is kept of a person.
func (s *server) export(c *gin.Context) {
	channel, user, found, err := s.person(c, "channel")
	if err != nil {
		s.refuse(c, err)
		return
	}
	all := person{Channel: channel, User: user, Conversations: []exported{}}
	for _, one := range found {
		entries, files, err := s.journal(c.Request.Context(), one)
		if err != nil {
			s.refuse(c, err)
			return
		}
		all.Conversations = append(all.Conversations, exported{one, entries, files})
	}
	s.log.Info("a person's data is exported", "channel", channel, "count", len(found))
	writeJSON(c.Writer, http.StatusOK, all)
}

// journal is all of a conversation's journal, and the files in it.
func (s *server) journal(ctx context.Context, c lifecycle.Conversation) (all []lifecycle.Entry, files []file, err error) {
	const page = 500
	all, files = []lifecycle.Entry{}, []file{}
	for after := int64(0); after < c.Number; after = all[len(all)-1].Number {
		entries, err := s.People.Entries(ctx, c.ID, after, page)
		if err != nil || len(entries) == 0 {
			return all, files, err
		}
		for _, e := range entries {
			if e.Message == nil {
				continue
			}
			for i, a := range e.Message.Attachments {
				address := a.URL
				if place, _ := lifecycle.PlaceOf(a); place != "" {
					address = s.FileURL(c.ID, e.Number, i, a.Name)
				}
				files = append(files, file{e.Number, a.Name, a.ContentType, a.Size, address})
			}
		}
		all = append(all, entries...)
	}
	return all, files, nil
}

// DryRun is why nothing is erased when that was not asked for.
const DryRun = "nothing is erased by a dry run"

// Erased is what became of one conversation of a person's.
type Erased struct {
	ID      bot.ConversationID `json:"id"`
	Entries int64              `json:"entries"`
	// Erased: it is gone. Otherwise Why says why not: it is under way, or
	// nothing was to be erased yet.
	Erased bool   `json:"erased"`
	Why    string `json:"why"`
}

// erase erases everything that is kept of a person; with dry_run it only says
// what would go.
func (s *server) erase(c *gin.Context) {
	channel, _, found, err := s.person(c, "channel", "dry_run")
	if err != nil {
		s.refuse(c, err)
		return
	}
	dry := c.Query("dry_run") == "true"
	list := []Erased{}
	for _, one := range found {
		done := Erased{ID: one.ID, Entries: one.Number}
		switch {
		case !one.Rests():
			done.Why = "it is under way, held by " + string(one.Holder)
		case dry:
			done.Why = DryRun
		default:
			err := s.People.Erase(context.WithoutCancel(c.Request.Context()), one.ID)
			done.Erased = err == nil || errors.Is(err, bridge.ErrNotFound)
			if errors.Is(err, bridge.ErrOpen) {
				done.Why = "it is under way"
			} else if !done.Erased {
				s.log.Error("erase conversation", "channel", channel, "conversation", one.ID, "err", err)
				done.Why = "something went wrong here; the log says what"
			}
		}
		list = append(list, done)
	}
	writeJSON(c.Writer, http.StatusOK, struct {
		Conversations []Erased `json:"conversations"`
	}{list})
}

// person reads whom a call is about, and finds the conversations.
func (s *server) person(c *gin.Context, keys ...string) (channel, user string, found []lifecycle.Conversation, err error) {
	for key, values := range c.Request.URL.Query() {
		if !slices.Contains(keys, key) || len(values) != 1 || values[0] == "" {
			return "", "", nil, badArgument("%q is not asked for here, or not given once, with a value", key)
		}
	}
	if dry := c.Query("dry_run"); dry != "" && dry != "true" && dry != "false" {
		return "", "", nil, badArgument("dry_run must be true or false")
	}
	channel = c.Query("channel")
	user, err = url.PathUnescape(c.Param("user"))
	if err != nil || user == "" || channel == "" {
		return "", "", nil, badArgument("the user's id, escaped, must be in the path, and the channel's name in the query")
	}
	found, err = s.People.List(c.Request.Context(), bridge.Filter{Channel: channel, Customer: user, Limit: math.MaxInt32})
	return channel, user, found, err
}
