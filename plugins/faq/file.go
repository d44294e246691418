package main

import (
	"fmt"
	"maps"
	"os"
	"slices"
)

// What the file may hold. A text and the list of things to choose from below it
// must fit into a message, which has 16 KiB.
const (
	mostFile  = 4 << 20
	mostText  = 12 << 10
	mostTitle = 256
	mostName  = 64
	// mostQuickReplies is what a message may offer.
	mostQuickReplies = 13
)

// file is a file of questions and answers, with defaults for what it leaves
// out. README.md describes the keys.
type file struct {
	Texts        map[string]string
	Fuzzy        float64
	Misses       int
	OnMisses     string
	AfterAgent   string
	Target       string
	HandoffWords []string
	YesWords     []string
	NoWords      []string
	Topics       map[string]topic
	Answers      []answer
}

// topic is what several answers are about.
type topic struct {
	Title  string
	Target string
}

// answer is what is said to some questions.
type answer struct {
	Question     string
	Also         []string
	Keywords     []string
	Answer       string
	QuickReplies []string
	Topic        string
	Handoff      bool
	Starter      bool

	line int
}

// defaults is a file that says nothing.
func defaults() *file {
	return &file{
		Texts:      defaultTexts(),
		Fuzzy:      0.6,
		Misses:     2,
		OnMisses:   "offer",
		AfterAgent: "end",
		HandoffWords: []string{"agent", "human", "operator", "representative", "real person", "a person", "talk to someone",
			"speak to someone", "talk to somebody", "speak to somebody"},
		YesWords: []string{"yes", "yes please", "yeah", "yep", "ok", "okay", "sure", "please"},
		NoWords:  []string{"no", "no thanks", "no thank you", "nope", "not now"},
		Topics:   map[string]topic{},
	}
}

// defaultTexts are what faq says of itself.
func defaultTexts() map[string]string {
	return map[string]string{
		"greeting":          "Hello! What would you like to know?",
		"fallback":          "I'm sorry, I have no answer to that. Could you put it another way?",
		"did_you_mean":      "Did you mean one of these?",
		"offer":             "I'm sorry, I can't answer that. Would you like to talk to one of my colleagues?",
		"yes":               "Yes, please",
		"no":                "No, thanks",
		"declined":          "All right. What else would you like to know?",
		"handoff":           "I'll pass you on to one of my colleagues.",
		"handoff_refused":   "I'm sorry, none of my colleagues can be reached right now. Is there anything that I can answer?",
		"handoff_failed":    "I'm sorry, none of my colleagues was free. Is there anything that I can answer?",
		"handoff_cancelled": "All right, you're back with me. What would you like to know?",
		"goodbye":           "Thank you for talking to us. Goodbye!",
		"back":              "You're back with me. Is there anything else that you would like to know?",
	}
}

// load reads the file at path; what is wrong with it comes back one problem a
// line, each with file and line.
func load(path string) (*file, []string) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, []string{fmt.Sprintf("read answers: %v", err)}
	}
	if info.Size() > mostFile {
		return nil, []string{fmt.Sprintf("%s has %d bytes, and may have %d", path, info.Size(), mostFile)}
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, []string{fmt.Sprintf("read answers: %v", err)}
	}
	return parse(path, raw)
}

// parse reads a file's content; name is for the problems.
func parse(name string, raw []byte) (*file, []string) {
	f, r := defaults(), &reader{name: name}
	root, ok := r.parse(raw)
	if ok {
		f.read(r, root)
		f.check(r)
	}
	if problems := r.sorted(); len(problems) > 0 {
		return nil, problems
	}
	return f, nil
}

func (f *file) read(r *reader, root value) {
	for _, e := range r.entries(root) {
		switch e.key {
		case "texts":
			f.readTexts(r, e.value)
		case "fuzzy":
			f.Fuzzy = r.number(e.value, 0.1, 1)
		case "misses":
			f.Misses = r.whole(e.value, 100)
		case "on_misses":
			f.OnMisses = r.choice(e.value, "offer", "handoff")
		case "after_agent":
			f.AfterAgent = r.choice(e.value, "end", "continue")
		case "target":
			f.Target = r.text(e.value, mostName)
		case "handoff_words":
			f.HandoffWords = r.texts(e.value, mostTitle)
		case "yes_words":
			f.YesWords = r.texts(e.value, mostTitle)
		case "no_words":
			f.NoWords = r.texts(e.value, mostTitle)
		case "topics":
			f.readTopics(r, e.value)
		case "answers":
			for _, item := range r.items(e.value) {
				f.Answers = append(f.Answers, readAnswer(r, item))
			}
		default:
			r.unknown(e, "texts", "fuzzy", "misses", "on_misses", "after_agent", "target",
				"handoff_words", "yes_words", "no_words", "topics", "answers")
		}
	}
}

func (f *file) readTexts(r *reader, v value) {
	for _, e := range r.entries(v) {
		if _, ok := f.Texts[e.key]; !ok {
			r.unknown(e, slices.Sorted(maps.Keys(f.Texts))...)
			continue
		}
		switch e.key {
		case "yes", "no":
			f.Texts[e.key] = r.phrase(e.value, mostTitle)
		default:
			f.Texts[e.key] = r.text(e.value, mostText)
		}
	}
}

func (f *file) readTopics(r *reader, v value) {
	for _, e := range r.entries(v) {
		if len(e.key) > mostName {
			r.wrong(e.value, "is a name of %d bytes, and may have %d", len(e.key), mostName)
		}
		t := topic{Title: e.key}
		for _, e := range r.entries(e.value) {
			switch e.key {
			case "title":
				t.Title = r.phrase(e.value, mostName)
			case "target":
				t.Target = r.text(e.value, mostName)
			default:
				r.unknown(e, "title", "target")
			}
		}
		f.Topics[e.key] = t
	}
}

func readAnswer(r *reader, v value) answer {
	a := answer{line: v.line}
	before := len(r.problems)
	for _, e := range r.entries(v) {
		switch e.key {
		case "question":
			a.Question = r.phrase(e.value, mostTitle)
		case "also":
			a.Also = r.texts(e.value, mostTitle)
		case "keywords":
			a.Keywords = r.texts(e.value, mostTitle)
		case "answer":
			a.Answer = r.text(e.value, mostText)
		case "quick_replies":
			a.QuickReplies = readQuickReplies(r, e.value)
		case "topic":
			a.Topic = r.text(e.value, mostName)
		case "handoff":
			a.Handoff = r.boolean(e.value)
		case "starter":
			a.Starter = r.boolean(e.value)
		default:
			r.unknown(e, "question", "also", "keywords", "answer", "quick_replies", "topic", "handoff", "starter")
		}
	}
	if len(r.problems) > before {
		return a
	}
	if a.Question == "" {
		r.wrong(v, "has no question")
	}
	if a.Answer == "" && !a.Handoff {
		r.wrong(v, "has no answer; give it one, or handoff: true")
	}
	if a.Answer == "" && len(a.QuickReplies) > 0 {
		r.wrong(v, "has quick_replies without an answer to show them with")
	}
	return a
}

func readQuickReplies(r *reader, v value) []string {
	titles := r.texts(v, mostTitle)
	if len(titles) > mostQuickReplies {
		r.wrong(v, "are %d, and may be %d", len(titles), mostQuickReplies)
	}
	return titles
}

// check finds what is wrong between the parts.
func (f *file) check(r *reader) {
	if len(f.Answers) == 0 && len(r.problems) == 0 {
		r.add(1, "answers", "is empty: there is nothing to answer")
	}
	asked := map[string]int{}
	for i, a := range f.Answers {
		path := fmt.Sprintf("answers[%d]", i)
		if _, ok := f.Topics[a.Topic]; a.Topic != "" && !ok {
			r.add(a.line, path+".topic", "no topic named %q%s", a.Topic, meant(a.Topic, slices.Sorted(maps.Keys(f.Topics))))
		}
		for _, question := range append([]string{a.Question}, a.Also...) {
			key := plain(question)
			if other, ok := asked[key]; ok && other != i && key != "" {
				r.add(a.line, path, "answers %q, as answers[%d] does", question, other)
			}
			asked[key] = i
		}
	}
}
