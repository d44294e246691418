package simulator

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
)

// chatCreateRequest opens a conversation by the Chat API. The schema requires
// user and defines customer; both are said to hold the same.
type chatCreateRequest struct {
	ChannelID string          `json:"channelId"`
	User      json.RawMessage `json:"user"`
	Customer  json.RawMessage `json:"customer"`
	History   *struct {
		Messages *[]chatHistory `json:"messages"`
	} `json:"history"`
}

// chatHistory is one message of a history.
type chatHistory struct {
	Text string `json:"text"`
	Type string `json:"type"`
}

// chatCreateAnswer says which conversation will be.
type chatCreateAnswer struct {
	ConversationID string `json:"conversationId"`
	Timestamp      int64  `json:"timestamp"` // milliseconds
}

func (s *Simulator) chatCreateConversation(r *request) (answer, error) {
	var req chatCreateRequest
	if err := r.decode(&req); err != nil {
		return answer{}, err
	}
	var v violations
	channel := createRequest{ChannelID: req.ChannelID}
	queueID := s.centre.startingQueue(&v, channel)
	user := req.customer(&v, s.opt.Quirks)
	history := req.messages(&v)
	if err := v.err(); err != nil {
		return answer{}, err
	}
	t := s.centre.create(req.ChannelID, queueID, user, history, r.lag, "")
	return accepted(chatCreateAnswer{ConversationID: t.id, Timestamp: t.createdAt.UnixMilli()})
}

// customer reads customer, or user where the quirks or the caller want that.
func (req chatCreateRequest) customer(v *violations, quirks Quirks) userData {
	raw, name := req.Customer, "customer"
	if quirks.CustomerAsUser || !given(raw) {
		raw, name = req.User, "user"
	}
	if !given(raw) {
		v.require(name, "")
		return userData{}
	}
	var members map[string]string
	if err := json.Unmarshal(raw, &members); err != nil {
		v.add(name, "", "invalid_json_object", "%s is not an object of strings: %v.", name, err)
		return userData{}
	}
	if n := len(members); n > maxProperties {
		v.add(name, fmt.Sprint(n), "too_many_properties", "%s has %d members, at most %d are allowed.", name, n, maxProperties)
	}
	user := unflat(members)
	user.check(v)
	return user
}

// messages are what was said before. A message without a type is the user's.
func (req chatCreateRequest) messages(v *violations) []message {
	if req.History == nil {
		return nil
	}
	if req.History.Messages == nil {
		v.require("history.messages", "")
		return nil
	}
	list := *req.History.Messages
	if len(list) > maxHistory {
		v.add("history.messages", fmt.Sprint(len(list)), "too_many_messages",
			"%d messages of history were given, at most %d are allowed.", len(list), maxHistory)
	}
	said := make([]message, len(list))
	for i, m := range list {
		author := cmp.Or(m.Type, authorUser)
		checkAuthor(v, fmt.Sprintf("history.messages[%d].type", i), author)
		v.require(fmt.Sprintf("history.messages[%d].text", i), m.Text)
		said[i] = message{author: author, authorType: author, text: m.Text}
	}
	return said
}

// flat is the user's data as the Chat API writes it.
func (u userData) flat() map[string]string {
	members := map[string]string{
		"name": u.Name, "customerId": u.UserID, "email": u.Email, "phone": u.Phone,
		"company": u.Company, "caseId": u.CaseID, "language": u.Language,
	}
	for name, value := range members {
		if value == "" {
			delete(members, name)
		}
	}
	for _, p := range u.AdditionalProperties {
		members[p.Key] = p.Value
	}
	return members
}

// unflat is the inverse of flat.
func unflat(members map[string]string) userData {
	var u userData
	known := map[string]*string{
		"name": &u.Name, "customerId": &u.UserID, "email": &u.Email, "phone": &u.Phone,
		"company": &u.Company, "caseId": &u.CaseID, "language": &u.Language,
	}
	for key, value := range members {
		if place := known[key]; place != nil {
			*place = value
			continue
		}
		u.AdditionalProperties = append(u.AdditionalProperties, property{Key: key, Value: value})
	}
	slices.SortFunc(u.AdditionalProperties, func(a, b property) int { return cmp.Compare(a.Key, b.Key) })
	return u
}
