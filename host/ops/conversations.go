package ops

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// How many conversations are listed.
const (
	defaultLimit = 100
	maxLimit     = 1000
)

// conversation is a conversation as the operator sees it.
type conversation struct {
	ID      bot.ConversationID `json:"id"`
	Channel string             `json:"channel"`
	// Holder is bot, queue, agent or nobody; Epoch counts its changes, Reason
	// and Since are those of the last one.
	Holder lifecycle.Holder `json:"holder"`
	Epoch  int64            `json:"epoch"`
	Reason string           `json:"reason"`
	Since  time.Time        `json:"since"`
	// CustomerID on the channel.
	CustomerID string `json:"customer_id"`
	Language   string `json:"language,omitempty"`
	// Ticket at the desk and the Queue it is or was last in; empty: none yet.
	Ticket string `json:"ticket"`
	Queue  string `json:"queue"`
	// Opening: a ticket is being opened.
	Opening bool `json:"opening,omitempty"`
	// Agents who are in the ticket.
	Agents []bot.Agent `json:"agents"`
	// Number of the newest journal entry.
	Number int64 `json:"number"`
	// TurnsWaiting for the bot, the one in flight included.
	TurnsWaiting int `json:"turns_waiting"`
	// Timers that run.
	Timers []timer `json:"timers"`
}

// timer is when a conversation is looked at again.
type timer struct {
	Name lifecycle.TimerName `json:"name"`
	At   time.Time           `json:"at"`
}

func shown(c lifecycle.Conversation) conversation {
	agents := []bot.Agent{}
	for _, member := range c.Desk.Members {
		if member.Present {
			agents = append(agents, member.Agent)
		}
	}
	timers := []timer{}
	for _, t := range c.Timers {
		timers = append(timers, timer{t.Name, t.At.UTC()})
	}
	return conversation{
		ID: c.ID, Channel: c.Channel,
		Holder: c.Holder, Epoch: c.Epoch, Reason: c.Reason, Since: c.Since.UTC(),
		CustomerID: c.Customer.ID, Language: c.Language,
		Ticket: c.Desk.Ticket, Queue: c.Desk.Queue, Opening: c.Desk.Opening > 0,
		Agents: agents, Number: c.Number, TurnsWaiting: len(c.Turns), Timers: timers,
	}
}

// listConversations answers those that the query selects, newest change first.
func (s *server) listConversations(c *gin.Context) {
	filter, err := readFilter(c.Request.URL.Query())
	if err != nil {
		s.refuse(c, err)
		return
	}
	found, err := s.Conversations.List(c.Request.Context(), filter)
	if err != nil {
		s.refuse(c, err)
		return
	}
	list := make([]conversation, len(found))
	for i, one := range found {
		list[i] = shown(one)
	}
	writeJSON(c.Writer, http.StatusOK, struct {
		Conversations []conversation `json:"conversations"`
	}{list})
}

func (s *server) showConversation(c *gin.Context) {
	id, err := url.PathUnescape(c.Param("id"))
	if err != nil {
		s.refuse(c, badArgument("the conversation's id is not escaped well"))
		return
	}
	found, err := s.Conversations.Conversation(c.Request.Context(), bot.ConversationID(id))
	if err != nil {
		s.refuse(c, err)
		return
	}
	writeJSON(c.Writer, http.StatusOK, shown(found))
}

// readFilter reads holder, channel and limit. A key that is none of them is
// refused: a filter that selects nothing would show everything.
func readFilter(query url.Values) (bridge.Filter, error) {
	filter := bridge.Filter{Limit: defaultLimit}
	for key, values := range query {
		if len(values) != 1 || values[0] == "" {
			return filter, badArgument("%q must be given once, with a value", key)
		}
		switch value := values[0]; key {
		case "holder":
			filter.Holder = lifecycle.Holder(value)
			if !slices.Contains([]lifecycle.Holder{lifecycle.Nobody, lifecycle.Bot, lifecycle.Queue, lifecycle.Agent}, filter.Holder) {
				return filter, badArgument("holder must be nobody, bot, queue or agent")
			}
		case "channel":
			filter.Channel = value
		case "limit":
			limit, err := strconv.Atoi(value)
			if err != nil || limit < 1 || limit > maxLimit {
				return filter, badArgument("limit must be 1 to %d", maxLimit)
			}
			filter.Limit = limit
		default:
			return filter, badArgument("%q is none of holder, channel and limit", key)
		}
	}
	return filter, nil
}
