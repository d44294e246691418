package lifecycle

// cut keeps the turn that the bot is at, which is about to become void. If its
// words are put to a bot again, it is the same turn: the bot must be able to
// tell that it has had them.
func (s *step) cut() {
	if len(s.c.Turns) == 0 || len(s.before) == 0 {
		return
	}
	if t := s.c.Turns[0]; t.ID == s.before[0].ID && s.before[0].Ready {
		s.keepCut(t)
	}
}

func (s *step) keepCut(t Turn) {
	if carriesWords(t) {
		s.c.Cut = &t
	}
}

// resumed is a turn, unless it carries words of the one that was cut off: then
// that one goes on, with its id and all that was said in it, and what else the
// turn carries is put after it. One id always stands for the same words, but
// for older ones that nobody has heard. It has the attempts that were left, and
// one at least: what the bot fails at again and again is not put for ever.
func (s *step) resumed(t Turn) []Turn {
	cut := s.c.Cut
	if cut == nil || !carriesWords(t) || t.From > cut.Through || t.Through < cut.From {
		return []Turn{t}
	}
	rest := Turn{
		ID: turnID(s.c.ID, "rest", s.ev), Attempt: 1,
		Kind: TurnMessages, From: cut.Through + 1, Through: t.Through,
	}
	t.ID, t.Attempt, t.Before, t.Seq = cut.ID, cut.Attempt, cut.Before+1, cut.Seq
	t.From, t.Through = min(t.From, cut.From), cut.Through
	if s.c.Words <= t.Through {
		return []Turn{t}
	}
	return []Turn{t, rest}
}

// heard keeps which words a bot has done with.
func (s *step) heard(t Turn) {
	if carriesWords(t) {
		s.c.Heard = max(s.c.Heard, t.Through)
	}
	if s.c.Cut != nil && s.c.Cut.ID == t.ID {
		s.c.Cut = nil
	}
}

// carriesWords reports whether a turn carries words of the customer's.
func carriesWords(t Turn) bool { return t.From > 0 && t.Kind != TurnStarted }
