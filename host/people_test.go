package host_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
)

// customer is somebody who talks Direct Line.
type customer struct {
	w *world
	// ConversationID and Token as tokens/generate answers them.
	ConversationID, Token string
}

// newCustomer begins a conversation of Kim's on the channel of a secret.
func (w *world) newCustomer(secret string) *customer {
	w.t.Helper()
	c := w.invite(secret)
	if status := w.call("POST", w.front+"/v3/directline/conversations", c.Token, nil, nil); status != http.StatusCreated {
		w.t.Fatalf("start conversation: %d", status)
	}
	return c
}

// invite gives Kim a token for a conversation that has not begun.
func (w *world) invite(secret string) *customer {
	w.t.Helper()
	c := &customer{w: w}
	user := map[string]any{"user": map[string]string{"id": "dl_kim", "name": "Kim"}}
	if status := w.call("POST", w.front+"/v3/directline/tokens/generate", secret, user, c); status != http.StatusOK {
		w.t.Fatalf("generate token: %d", status)
	}
	return c
}

// customerWithAda is Kim, with ada since a moment: 8x8 has no more to tell.
func (w *world) customerWithAda() *customer {
	w.t.Helper()
	c := w.newCustomer(webSecret)
	c.says("agent")
	w.agent("ada", "accept")
	c.awaitHeldBy("agent")
	w.awaitDelivered()
	return c
}

// activities is the address of the conversation's activities.
func (c *customer) activities() string {
	return c.w.front + "/v3/directline/conversations/" + url.PathEscape(c.ConversationID) + "/activities"
}

func (c *customer) says(texts ...string) {
	c.w.t.Helper()
	for _, text := range texts {
		said := map[string]any{"type": "message", "text": text}
		if status := c.w.call("POST", c.activities(), c.Token, said, nil); status != http.StatusOK {
			c.w.t.Fatalf("say %q: %d", text, status)
		}
	}
}

// activity is what a client gets to see.
type activity struct {
	ID, Type, Text, Name string
	From                 struct{ ID, Name string }
	Value                json.RawMessage
}

// line is a message as "Kim: hello" and news as "<queued>"; "": neither.
func (a activity) line() string {
	var news struct{ Status string }
	switch {
	case a.Type == "message" && a.From.Name != "":
		return a.From.Name + ": " + a.Text
	case a.Type == "message":
		return a.From.ID + ": " + a.Text
	case json.Unmarshal(a.Value, &news) == nil:
		return "<" + news.Status + ">"
	}
	return ""
}

// sees are all messages and news of the conversation.
func (c *customer) sees() []string {
	c.w.t.Helper()
	var set struct{ Activities []activity }
	if status := c.w.call("GET", c.activities(), c.Token, nil, &set); status != http.StatusOK {
		c.w.t.Fatalf("get activities: %d", status)
	}
	var lines []string
	for _, a := range set.Activities {
		if line := a.line(); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// awaitSees waits until the customer sees exactly this.
func (c *customer) awaitSees(want ...string) {
	c.w.t.Helper()
	c.w.awaitLines("what the customer sees", c.sees, want...)
}

// awaitLast waits until this is the last that the customer sees.
func (c *customer) awaitLast(want string) {
	c.w.t.Helper()
	c.w.awaitLines("the last that the customer sees", func() []string {
		lines := c.sees()
		return lines[max(0, len(lines)-1):]
	}, want)
}

// awaitHas waits until this is among what the customer sees.
func (c *customer) awaitHas(want string) {
	c.w.t.Helper()
	c.w.await("the customer sees "+want, func() error {
		if lines := c.sees(); !slices.Contains(lines, want) {
			return fmt.Errorf("the customer sees %q", lines)
		}
		return nil
	})
}

// awaitSaid waits until the customer sees exactly this, news aside.
func (c *customer) awaitSaid(want ...string) {
	c.w.t.Helper()
	c.w.awaitLines("what was said", func() []string {
		return slices.DeleteFunc(c.sees(), func(line string) bool { return line[0] == '<' })
	}, want...)
}

// holder is who holds the conversation, as the operator sees it.
func (c *customer) holder() string {
	c.w.t.Helper()
	var shown struct{ Holder string }
	c.w.call("GET", c.w.ops+"/api/v1/conversations/"+url.PathEscape(c.ConversationID), opsToken, nil, &shown)
	return shown.Holder
}

func (c *customer) awaitHeldBy(holder string) {
	c.w.t.Helper()
	c.w.await("held by "+holder, func() error {
		if now := c.holder(); now != holder {
			return fmt.Errorf("it is held by %s", now)
		}
		return nil
	})
}

// control is an address of the contact centre's control API.
func (w *world) control(path string) string { return w.centre + "/simulator/v1" + path }

// fault is a rule about what goes wrong at the contact centre.
type fault map[string]any

// faults are what goes wrong at the contact centre from now on.
func (w *world) faults(rules ...fault) {
	w.t.Helper()
	if rules == nil {
		rules = []fault{}
	}
	var answer string
	if status := w.call("PUT", w.control("/faults"), "", rules, &answer); status != http.StatusOK {
		w.t.Fatalf("set faults: %d %s", status, answer)
	}
}

// agent lets an agent do something, as soon as it can be done. Details come as
// name, value, name, value …
func (w *world) agent(id, action string, details ...string) {
	w.t.Helper()
	body := map[string]string{}
	for i := 0; i < len(details); i += 2 {
		body[details[i]] = details[i+1]
	}
	w.await(id+" can "+action, func() error {
		var answer string
		if status := w.call("POST", w.control("/agents/"+id+"/"+action), "", body, &answer); status != http.StatusOK {
			return fmt.Errorf("%d %s", status, answer)
		}
		return nil
	})
}

// tickets are the ids of all tickets at the contact centre.
func (w *world) tickets() []string {
	w.t.Helper()
	var list struct{ Conversations []struct{ ID string } }
	w.call("GET", w.control("/conversations"), "", nil, &list)
	var ids []string
	for _, ticket := range list.Conversations {
		ids = append(ids, ticket.ID)
	}
	return ids
}

// agentSees is what stands in the one ticket, as "user: hello".
func (w *world) agentSees() []string {
	w.t.Helper()
	ids := w.tickets()
	if len(ids) != 1 {
		return []string{fmt.Sprintf("there are %d tickets", len(ids))}
	}
	var ticket struct {
		Messages []struct{ AuthorType, Text string }
	}
	w.call("GET", w.control("/conversations/"+ids[0]), "", nil, &ticket)
	var lines []string
	for _, m := range ticket.Messages {
		lines = append(lines, m.AuthorType+": "+m.Text)
	}
	return lines
}

// awaitAgentSees waits until exactly this stands in the one ticket.
func (w *world) awaitAgentSees(want ...string) {
	w.t.Helper()
	w.awaitLines("what the agent sees", w.agentSees, want...)
}

// awaitDelivered waits until 8x8 has nothing more to tell.
func (w *world) awaitDelivered() {
	w.t.Helper()
	w.await("all webhooks are delivered", func() error {
		var list struct {
			Events []struct{ EventType, State string }
		}
		w.call("GET", w.control("/events"), "", nil, &list)
		for _, e := range list.Events {
			if e.State != "delivered" {
				return fmt.Errorf("%s is %s", e.EventType, e.State)
			}
		}
		return nil
	})
}
