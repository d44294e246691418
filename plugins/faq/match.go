package main

import (
	"cmp"
	"slices"
)

const (
	// mostWords is how much of a long message is looked at.
	mostWords = 100
	// mostOptions is how many answers are offered at once.
	mostOptions = 4
	// near is how close to the best score another answer must come to be
	// offered beside it.
	near = 0.05
	// suggest is the part of the threshold from which an answer is offered
	// although nothing reaches the threshold.
	suggest = 0.6
)

// matcher finds answers to what customers say. Safe for concurrent use.
type matcher struct {
	threshold float64
	phrases   []phrase
	keywords  []keyword
}

// phrase is one way to ask for an answer.
type phrase struct {
	answer int
	plain  string
	grams  gramCounts
}

// keyword is words that together ask for an answer.
type keyword struct {
	answer int
	words  []string
}

// found is what a text may ask for: numbers of answers, best first. One that is
// sure is the answer; several are offered, as are those that are only close.
type found struct{ sure, close []int }

func newMatcher(answers []answer, threshold float64) *matcher {
	m := &matcher{threshold: threshold}
	for i, a := range answers {
		for _, text := range append([]string{a.Question}, a.Also...) {
			w := words(text)
			m.phrases = append(m.phrases, phrase{answer: i, plain: plain(text), grams: grams(w)})
		}
		for _, text := range a.Keywords {
			m.keywords = append(m.keywords, keyword{answer: i, words: words(text)})
		}
	}
	return m
}

// exact finds the answer to a text that is one of its phrases.
func (m *matcher) exact(text string) (answer int, ok bool) {
	said := plain(text)
	for _, p := range m.phrases {
		if p.plain == said {
			return p.answer, true
		}
	}
	return 0, false
}

// find finds the answers to any text.
func (m *matcher) find(text string) found {
	if answer, ok := m.exact(text); ok {
		return found{sure: []int{answer}}
	}
	said := words(text)
	said = said[:min(len(said), mostWords)]
	return m.rank(m.scores(said))
}

// score is how well an answer fits.
type score struct {
	fit      float64  // from 0 to 1
	keywords []string // that were said
}

// scores says how well each answer fits that has anything in common with what
// was said. A phrase counts as it is similar; one keyword is 0.8, more are
// better, and among answers with the same keywords the more similar one wins.
func (m *matcher) scores(said []string) map[int]score {
	scores := map[int]score{}
	saidGrams := grams(said)
	for _, p := range m.phrases {
		s := scores[p.answer]
		s.fit = max(s.fit, min(0.99, similarity(saidGrams, p.grams)))
		scores[p.answer] = s
	}
	for _, k := range m.keywords {
		if hasAll(said, k.words) {
			s := scores[k.answer]
			s.keywords = append(s.keywords, k.words...)
			scores[k.answer] = s
		}
	}
	for answer, s := range scores {
		if len(s.keywords) > 0 {
			slices.Sort(s.keywords)
			s.keywords = slices.Compact(s.keywords)
			s.fit = max(s.fit, min(0.98, 0.7+0.1*float64(len(s.keywords))+0.1*s.fit))
			scores[answer] = s
		}
	}
	return scores
}

// rank sorts the answers that fit.
func (m *matcher) rank(scores map[int]score) found {
	var good, close []int
	for answer, s := range scores {
		switch {
		case s.fit >= m.threshold || len(s.keywords) > 0:
			good = append(good, answer)
		case s.fit >= m.threshold*suggest:
			close = append(close, answer)
		}
	}
	byFit := func(a, b int) int {
		return cmp.Or(cmp.Compare(scores[b].fit, scores[a].fit), cmp.Compare(a, b))
	}
	if len(good) == 0 {
		slices.SortFunc(close, byFit)
		return found{close: first(close)}
	}
	slices.SortFunc(good, byFit)
	best := scores[good[0]]
	return found{sure: first(slices.DeleteFunc(good, func(answer int) bool {
		s := scores[answer]
		return s.fit < best.fit-near && !asksFor(s, best)
	}))}
}

// asksFor reports whether other keywords than those of the best were said, so
// that two things may have been asked at once.
func asksFor(s, best score) bool {
	return len(s.keywords) > 0 && !slices.ContainsFunc(s.keywords, func(k string) bool { return has(best.keywords, k) })
}

func first(answers []int) []int { return answers[:min(len(answers), mostOptions)] }
