package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// shipped is the bot with the file that it comes with.
func shipped(t testing.TB) *faq {
	t.Helper()
	f, problems := load("answers.yaml")
	if len(problems) > 0 {
		t.Fatalf("answers.yaml:\n%s", strings.Join(problems, "\n"))
	}
	return newBot(f)
}

func TestFind(t *testing.T) {
	b := shipped(t)
	const (
		open     = "When are you open?"
		takes    = "How long does delivery take?"
		costs    = "How much does delivery cost?"
		back     = "Can I send something back?"
		refund   = "How long does a refund take?"
		pay      = "Which payment methods do you take?"
		invoice  = "Where do I find my invoice?"
		mistaken = "My invoice is wrong"
	)
	for text, want := range map[string][]string{
		// as it stands, but for case, punctuation and diacritics
		"When are you open?":   {open},
		"WHEN ARE YOU OPEN":    {open},
		"whén are  you… öpen!": {open},
		"How can I pay?":       {pay},
		// keywords, in any order and with a typing mistake
		"hi there, could you please tell me your opening hours for next week?": {open},
		"are there special hours for opening at christmas":                     {open},
		"I'd like to see the receipt of my last purchase, please":              {invoice},
		"can i get my mony back?? money back!":                                 {refund},
		"I need two invoices for my tax office, where are they":                {invoice},
		"the invocie from last week, where is it to be found":                  {invoice},
		"is delivery free for students":                                        {costs},
		"someone charged me twice last month":                                  {mistaken},
		"do you accept paypal":                                                 {pay},
		// similar
		"when are you opne":            {open},
		"how long does delivery takes": {takes},
		"how much is delivery cost":    {costs},
		"how to return order":          {back},
		"wen will my ordr arrive":      {takes},
		"What are you opening hour's":  {open},
		// several
		"opening hours and paypal": {open, pay},
		// nothing
		"what is the meaning of life": nil,
		"asdf":                        nil,
		"":                            nil,
		"???":                         nil,
		"日本語":                         nil,
	} {
		t.Run(text, func(t *testing.T) {
			f := b.matcher.find(text)
			var got []string
			for _, answer := range f.sure {
				got = append(got, b.file.Answers[answer].Question)
			}
			slices.Sort(got)
			if want = slices.Sorted(slices.Values(want)); !slices.Equal(got, want) {
				t.Errorf("found %q (close %v, scores %v), want %q", got, f.close, b.matcher.scores(words(text)), want)
			}
		})
	}
}

// TestFindInOtherWritings: no two words are one for lack of their vowels, and
// keywords are found where words are written without spaces.
func TestFindInOtherWritings(t *testing.T) {
	f, problems := parse("a.yaml", []byte(`
handoff_words: [人工]
answers:
  - {question: दिन, answer: day}
  - {question: दान, answer: gift}
  - {question: かき, answer: persimmon}
  - {question: かぎ, answer: key}
  - {question: 几点营业？, keywords: [开门], answer: hours}
  - {question: ราคาเท่าไหร่, keywords: [ราคา], answer: price}
  - {question: 営業時間は？, keywords: [かけ, 営業], answer: open}
`))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	b := newBot(f)
	for text, want := range map[string]string{
		"दिन":         "day",
		"दान":         "gift",
		"かき":          "persimmon",
		"かぎ":          "key",
		"请问今天几点开门呢谢谢": "hours",
		"อยากทราบราคาค่ะ": "price",
		"営業日を教えてください":     "open",
		"えいがかげき":          "",
	} {
		found, got := b.matcher.find(text), ""
		for _, answer := range found.sure {
			got += f.Answers[answer].Answer
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if !(&talk{faq: b}).wantsPeople("我要找人工客服") {
		t.Error("asking for a person was not heard")
	}
}

func TestAlike(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"invoice", "invoice", true},
		{"invoice", "invoices", true},
		{"invoice", "invioce", true},
		{"invoice", "envoice", true},
		{"invoice", "nvoice", true},
		{"invoice", "envoise", false},
		{"agent", "urgent", false},
		{"open", "oven", false},
		{"10001", "10002", false},
		{"abcde", "abdce", true},
		{"größe", "große", true},
		{"aaaaa", "aaaaaa", true},
		{"", "", true},
	} {
		if got := alike(c.a, c.b); got != c.want {
			t.Errorf("alike(%q, %q) = %v", c.a, c.b, got)
		}
		if got := alike(c.b, c.a); got != c.want {
			t.Errorf("alike(%q, %q) = %v", c.b, c.a, got)
		}
	}
}

func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		"Öffnungszeiten?":         "offnungszeiten",
		"  What's   up, Doc?! ":   "whats up doc",
		"Straße":                  "strasse",
		"É\u0301té №5 ﬁn":         "ete no5 fin",
		"🙂":                       "",
		"e-mail":                  "e mail",
		"ΣΊΣΥΦΟΣ":                 "σισυφοσ",
		"ᏣᎳᎩ ꮳꮃꭹ":                 "ꮳꮃꭹ ꮳꮃꭹ",
		"no\xf4Ȟow":               "no how",
		"bro\u00adken\u200bwords": "brokenwords",
		"1️⃣ ☎️":                  "1",
		// marks that are vowels, tones and voices, and such that may be left out
		"कीमत क्या है?": "कीमत क्या है",
		"ม้า มา":        "ม้า มา",
		"நான்":          "நான்",
		"שָׁלוֹם":       "שלום",
		"مُحَمَّد":      "محمد",
	} {
		if got := plain(text); got != want {
			t.Errorf("plain(%q) = %q, want %q", text, got, want)
		}
	}
}

// TestPlainTwice: what is plain stays as it is, whatever the letter and what
// stands around it.
func TestPlainTwice(t *testing.T) {
	for r := range rune(unicode.MaxRune + 1) {
		if !unicode.IsGraphic(r) {
			continue
		}
		text := string(r) + " Ȟ" + string(r) + "\u0301É"
		if once := plain(text); plain(once) != once {
			t.Errorf("%U: plain(%q) = %q, and plain of that is %q", r, text, once, plain(once))
		}
	}
}

func FuzzFind(f *testing.F) {
	for _, seed := range []string{"When are you open?", "opening hours and paypal", "", "\xff\xfe", "\xf4Ȟ", "ﬁ №", strings.Repeat("a ", 300)} {
		f.Add(seed)
	}
	b := shipped(f)
	f.Fuzz(func(t *testing.T, text string) {
		found := b.matcher.find(text)
		if len(found.sure) > mostOptions || len(found.close) > mostOptions || len(found.sure) > 0 && len(found.close) > 0 {
			t.Errorf("found %+v", found)
		}
		for _, answer := range slices.Concat(found.sure, found.close) {
			if answer < 0 || answer >= len(b.file.Answers) {
				t.Errorf("there is no answer %d", answer)
			}
		}
		if again := plain(plain(text)); again != plain(text) {
			t.Errorf("plain(%q) = %q, and plain of that is %q", text, plain(text), again)
		}
		for answer, score := range b.matcher.scores(words(text)) {
			if !(score.fit >= 0 && score.fit < 1) {
				t.Errorf("answer %d has the score %v", answer, score)
			}
		}
	})
}

// BenchmarkFind finds in a file of 5,000 answers; the long word is what a
// customer may send to keep the bot busy.
func BenchmarkFind(b *testing.B) {
	var answers []answer
	for i := range 5000 {
		answers = append(answers, answer{Question: fmt.Sprintf("What about number %d of the %d things?", i, i%7), Keywords: []string{fmt.Sprint("thing", i)}})
	}
	m := newMatcher(answers, 0.6)
	var long strings.Builder
	for i := range 5000 {
		long.WriteRune(rune('a' + i*i%26))
		long.WriteRune(rune('ぁ' + i%80))
	}
	for name, text := range map[string]string{"a question": "what about thing 17 of them", "a long word": long.String()} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				m.find(text)
			}
		})
	}
}
