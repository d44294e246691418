package simulator

import (
	"net/http"
	"slices"
	"time"
)

// assignedWebhook is what a conversation may be given to after its agent.
const assignedWebhook = "webhook"

// seat is a webhook's holding a conversation for its bot: that of an 8x8
// line from the start, or one after the agent.
type seat struct {
	webhookID string
	also      bool // the channel's webhook is told too

	longest     time.Duration // after which the conversation ends (0: never)
	userTimeout time.Duration // without the user after the bot's last message (0: never)
	said        int           // messages since the seat was taken
}

// assignAfterAgent takes down to which webhook the conversation goes when its
// last agent leaves. When it may be posted the vendor does not say: here, at
// any time before that, and the latest one counts, once.
func (s *Simulator) assignAfterAgent(r *request) (answer, error) {
	t, err := s.centre.ticket(r.param("id"))
	if err != nil {
		return answer{}, err
	}
	var req struct {
		Type          string `json:"type"`
		ID            string `json:"id"`
		Configuration struct {
			Notify      *string `json:"notifyChannelWebhookIfExists"`
			MaxTotal    *int    `json:"maxTotalMinutes"`
			UserTimeout *int    `json:"userTimeoutInMinutes"`
		} `json:"configuration"`
	}
	if err := r.decode(&req); err != nil {
		return answer{}, err
	}
	var v violations
	next := &seat{webhookID: req.ID}
	if req.Type == "" {
		v.require("type", "")
	} else if req.Type != assignedWebhook {
		v.add("type", req.Type, "invalid_parameter", "Assignment type %s is invalid.", req.Type)
	}
	v.require("id", req.ID)
	if _, err := s.centre.webhook(req.ID); req.ID != "" && err != nil {
		v.add("id", req.ID, "invalid_parameter", "WebHook ID %s is invalid.", req.ID)
	}
	if notify := req.Configuration.Notify; notify != nil {
		if !slices.Contains([]string{"true", "false"}, *notify) {
			v.add("configuration.notifyChannelWebhookIfExists", *notify, "invalid_parameter", "%q is neither true nor false.", *notify)
		}
		next.also = *notify == "true"
	}
	minutes := func(name string, given *int, least, most int) time.Duration {
		if given == nil {
			return 0
		}
		v.within("configuration."+name, *given, least, most)
		return time.Duration(*given) * time.Minute
	}
	next.longest = minutes("maxTotalMinutes", req.Configuration.MaxTotal, 20, 600)
	next.userTimeout = minutes("userTimeoutInMinutes", req.Configuration.UserTimeout, 10, 300)
	if err := v.err(); err != nil {
		return answer{}, err
	}
	t.next = next
	return answer{status: http.StatusCreated}, nil
}

// handBack gives the conversation to the webhook that was named for after the
// agent, in the same interaction.
func (c *centre) handBack(t *ticket) {
	c.partAll(t)
	c.sit(t, t.next)
	t.next = nil
	c.tellState(t)
}

// sit lets a webhook's bot hold the conversation.
func (c *centre) sit(t *ticket, s *seat) {
	t.seat = s
	if s.longest > 0 {
		c.after(s.longest, func() {
			if t.seat == s {
				c.end(t)
			}
		})
	}
}

// watch ends the conversation if the user says nothing for too long after the
// bot's latest message.
func (c *centre) watch(t *ticket, authorType string) {
	s := t.seat
	if s == nil {
		return
	}
	s.said++
	if authorType != authorBot || s.userTimeout == 0 {
		return
	}
	said := s.said
	c.after(s.userTimeout, func() {
		if t.seat == s && s.said == said {
			c.end(t)
		}
	})
}

// botFlow is the id of the script to which a conversation is assigned while a
// webhook's bot has it: the events have no word of their own for that.
const botFlow = "bot"

// assignedBot is how that is told.
func (t *ticket) assignedBot() assignment {
	a := assignment{Type: assignedScript, ID: botFlow}
	if t.seat != nil {
		a.ResourceID = t.seat.webhookID
	}
	return a
}

// audience is which webhooks hear of the ticket. The empty id is that of its
// channel, whichever it has when the event leaves.
func (c *centre) audience(t *ticket) []string {
	ch, err := c.channel(t.channelID)
	if t.seat == nil || (err == nil && t.seat.webhookID == ch.WebHookID) {
		return []string{""}
	}
	if t.seat.also {
		return []string{t.seat.webhookID, ""}
	}
	return []string{t.seat.webhookID}
}
