package simulator

import "fmt"

const maxHistory = 200

// createRequest opens a conversation.
type createRequest struct {
	ChannelID  string             `json:"channelId"`
	User       *userData          `json:"user"`
	Assignment *assignmentRequest `json:"assignment"`
	History    *struct {
		Messages *[]messageRequest `json:"messages"`
	} `json:"history"`
}

// createAnswer says which conversation will be.
type createAnswer struct {
	ConversationID string `json:"conversationId"`
	CreatedAt      string `json:"createdAt"`
}

func (s *Simulator) createConversation(r *request) (answer, error) {
	var req createRequest
	if err := r.decode(&req); err != nil {
		return answer{}, err
	}
	var v violations
	queueID := s.centre.startingQueue(&v, req)
	if req.User == nil {
		v.require("user", "")
	} else {
		req.User.check(&v)
	}
	history := req.messages(&v)
	if err := v.err(); err != nil {
		return answer{}, err
	}
	t := s.centre.create(req.ChannelID, queueID, *req.User, history, r.lag, req.Assignment.script())
	return accepted(createAnswer{ConversationID: t.id, CreatedAt: isoTime(t.createdAt)})
}

// startingQueue is the assignment's queue, or else the channel's.
func (c *centre) startingQueue(v *violations, req createRequest) string {
	var queueID string
	if req.ChannelID == "" {
		v.require("channelId", "")
	} else if ch, err := c.channel(req.ChannelID); err != nil {
		v.add("channelId", req.ChannelID, "invalid_channel", "Channel ID %s is invalid.", req.ChannelID)
	} else if ch.Type != chatAPI {
		v.add("channelId", req.ChannelID, "invalid_channel", "Conversations of a %s channel are begun by its customers.", ch.Type)
	} else {
		queueID = ch.RoutingOptions.ID
	}
	if req.Assignment != nil {
		req.Assignment.check(v, c)
		queueID = req.Assignment.queue(c)
	}
	return queueID
}

// messages are what was said before, by user and bot alone.
func (req createRequest) messages(v *violations) []message {
	if req.History == nil {
		return nil
	}
	if req.History.Messages == nil {
		v.require("history.messages", "")
		return nil
	}
	list, none := *req.History.Messages, &ticket{} // there are no attachments yet
	if len(list) > maxHistory {
		v.add("history.messages", fmt.Sprint(len(list)), "too_many_messages",
			"%d messages of history were given, at most %d are allowed.", len(list), maxHistory)
	}
	said := make([]message, len(list))
	for i, m := range list {
		m.check(v, fmt.Sprintf("history.messages[%d].", i), none)
		said[i] = m.message(none)
	}
	return said
}

// assignmentRequest says where a conversation should go.
type assignmentRequest struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

// queue is where the assignment leads: a script to its queue.
func (a assignmentRequest) queue(c *centre) string {
	if f, err := c.flow(a.ID); a.Type == assignedScript && err == nil {
		return f.Queue
	}
	return a.ID
}

// script is the script that is named; empty if none is.
func (a *assignmentRequest) script() string {
	if a == nil || a.Type != assignedScript {
		return ""
	}
	return a.ID
}

// check notes that there is no such queue or script.
func (a assignmentRequest) check(v *violations, c *centre) {
	switch a.Type {
	case "", assignedQueue:
		c.checkQueue(v, "assignment.id", a.ID)
	case assignedScript:
		if _, err := c.flow(a.ID); err != nil {
			v.add("assignment.id", a.ID, "invalid_script", "Script ID %s is invalid.", a.ID)
		}
	default:
		v.add("assignment.type", a.Type, "invalid_assignment_type", "Assignment type %s is invalid.", a.Type)
	}
}
