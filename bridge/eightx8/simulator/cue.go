package simulator

import (
	"slices"
	"strings"
	"time"
)

// cue starts the first step of the agent's script that fits.
func (c *centre) cue(a *agent, t *ticket, on, text string) {
	for i, step := range a.Script {
		if step.On == on && step.hears(text) {
			c.play(a, t, a.Script[i:])
			return
		}
	}
}

func (s Step) hears(text string) bool {
	text = strings.ToLower(text)
	return len(s.Contains) == 0 || slices.ContainsFunc(s.Contains, func(word string) bool {
		return strings.Contains(text, strings.ToLower(word))
	})
}

// play does the first of the steps in its time, then those that follow it.
func (c *centre) play(a *agent, t *ticket, steps []Step) {
	interactions, stays, since := len(t.interactions), len(t.agents), t.waitingSince
	c.after(time.Duration(steps[0].After), func() {
		if !t.sameStay(interactions, stays, since) {
			return
		}
		if err := c.perform(a, t, steps[0]); err != nil {
			c.log.Debug("scripted step dropped", "conversation", t.id, "agent", a.ID, "do", steps[0].Do, "err", err)
			return
		}
		if len(steps) > 1 && steps[1].On == cueThen {
			c.play(a, t, steps[1:])
		}
	})
}

// perform does what one step says, if the agent may.
func (c *centre) perform(a *agent, t *ticket, s Step) error {
	switch s.Do {
	case doAccept, doDecline:
		if _, err := c.pick(a, t.id); err != nil {
			delete(t.asked, a.ID) // busy meanwhile, say: ask again when that is over
			return err
		}
	default:
		if _, err := c.handled(a, t.id); err != nil {
			return err
		}
	}
	switch s.Do {
	case doAccept:
		c.join(a, t)
	case doDecline:
		c.decline(a, t)
	case doSay:
		c.say(a, t, s.Text)
	case doTyping:
		c.agentTyping(a, t, false)
	case doCard:
		one, err := s.Card.request()
		if err != nil {
			return err
		}
		c.store(t, message{authorType: authorAgent, author: a.ID, text: s.Text, cards: []*card{one.card()}})
	case doAttach:
		one := c.attach(t, s.File.Name, s.File.Type, []byte(s.File.Text))
		c.store(t, message{authorType: authorAgent, author: a.ID, text: s.Text, attachments: []*attachment{one}})
	case doTransfer:
		if err := t.handledBy(a); err != nil {
			return err
		}
		if _, err := c.queue(s.Queue); err != nil {
			return err
		}
		c.transfer(t, s.Queue, false)
	case doLeave:
		c.agentLeave(t, a.ID)
	}
	return nil
}
