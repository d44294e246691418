package main

import (
	"context"
	"slices"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// faq is the bot: it keeps nothing but the file, and the host keeps the state
// of each conversation. Safe for concurrent use.
type faq struct {
	file    *file
	matcher *matcher
}

// newFAQ makes the bot from its settings.
func newFAQ(s bot.Settings) (bot.Bot, error) {
	var settings struct {
		Answers string `json:"answers"`
	}
	if err := s.Decode(&settings); err != nil {
		return nil, err
	}
	if settings.Answers == "" {
		return nil, s.Errorf("answers", "is missing: the YAML file with questions and answers")
	}
	f, problems := load(s.Path(settings.Answers))
	if len(problems) > 0 {
		var wrong bot.SettingErrors
		for _, p := range problems {
			wrong = append(wrong, bot.SettingError{Key: "answers", Problem: p})
		}
		return nil, wrong
	}
	return newBot(f), nil
}

func newBot(f *file) *faq { return &faq{file: f, matcher: newMatcher(f.Answers, f.Fuzzy)} }

// Turn answers one turn; what it does not know of is left unanswered.
func (b *faq) Turn(_ context.Context, t *bot.Turn, reply *bot.Reply) error {
	talk := &talk{faq: b, turn: t, reply: reply, state: stateOf(t)}
	var err error
	switch {
	case t.Started:
		err = talk.greet()
	case len(t.Messages) > 0:
		err = talk.hear(textsOf(t.Messages))
	case t.Action != nil:
		err = talk.hear([]string{t.Text()})
	case t.AgentSessionEnded != nil:
		err = talk.takeBack(t.AgentSessionEnded)
	case t.HandoffOutcome != nil:
		err = talk.handoffCameToNothing(t.HandoffOutcome)
	default:
		return nil
	}
	if err != nil {
		return err
	}
	reply.SetState(talk.state.encode())
	return nil
}

func textsOf(messages []bot.Message) []string {
	texts := make([]string, len(messages))
	for i, m := range messages {
		texts[i] = m.Text
	}
	return texts
}

// talk is one turn of one conversation.
type talk struct {
	*faq
	turn  *bot.Turn
	reply *bot.Reply
	state state
}

// greet says hello, with the starters to press.
func (t *talk) greet() error {
	var starters []string
	for _, a := range t.file.Answers {
		if a.Starter && len(starters) < mostQuickReplies {
			starters = append(starters, a.Question)
		}
	}
	return t.offer("greeting", starters)
}

// takeBack begins after the agents are done: with what still waits for an
// answer, or else with a goodbye or a new beginning, as configured.
func (t *talk) takeBack(s *bot.AgentSession) error {
	t.state = state{}
	switch {
	case s.End == bot.EndCustomerLeft:
		return nil
	case len(s.Waiting) > 0:
		return t.hear(textsOf(s.Waiting))
	case t.file.AfterAgent == "continue":
		return t.say("back")
	}
	if err := t.say("goodbye"); err != nil {
		return err
	}
	return t.reply.End(bot.End{Reason: "the agent is done and nothing was left to answer"})
}

// handoffCameToNothing says why no agent comes.
func (t *talk) handoffCameToNothing(o *bot.HandoffOutcome) error {
	switch o.Result {
	case bot.HandoffWithdrawn: // no person was asked for, and what was asked follows
		return nil
	case bot.HandoffRefused:
		return t.say("handoff_refused")
	case bot.HandoffCancelled:
		return t.say("handoff_cancelled")
	}
	return t.say("handoff_failed")
}

// say says one of the texts; an empty one is not said.
func (t *talk) say(key string) error { return t.offer(key, nil) }

// offer says one of the texts with something to press; a line without buttons
// gets a list to choose from.
func (t *talk) offer(key string, titles []string) error {
	return t.ask(t.file.Texts[key], titles)
}

func (t *talk) ask(text string, titles []string) error {
	if text == "" {
		return nil
	}
	if !t.turn.Line.QuickReplies {
		for _, title := range titles {
			text += "\n- " + title
		}
		titles = nil
	}
	return t.reply.Ask(text, titles...)
}

// questions are the titles under which answers are offered.
func (t *talk) questions(answers []int) []string {
	var titles []string
	for _, a := range answers {
		if title := t.file.Answers[a].Question; !slices.Contains(titles, title) {
			titles = append(titles, title)
		}
	}
	return titles
}
