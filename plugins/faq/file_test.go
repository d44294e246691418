package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/patchbay-host/patchbay/plugins/bot"
	"golang.org/x/tools/txtar"
)

// TestProblems reads the bad files in testdata/files; UPDATE=1 in the
// environment writes their problems anew.
func TestProblems(t *testing.T) {
	names, err := filepath.Glob("testdata/files/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			_, problems := parse(archive.Files[0].Name, archive.Files[0].Data)
			if len(problems) == 0 {
				t.Fatal("nothing wrong was found")
			}
			got, want := strings.Join(problems, "\n")+"\n", string(archive.Files[1].Data)
			if os.Getenv("UPDATE") != "" {
				archive.Files[1].Data = []byte(got)
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDefaultsHoldForWhatIsLeftOut(t *testing.T) {
	f, problems := parse("a.yaml", []byte("texts: {fallback: Hm?}\nanswers: [{question: 24 hours?, answer: 7}]\n"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	want := defaults()
	want.Texts["fallback"] = "Hm?"
	want.Answers = []answer{{Question: "24 hours?", Answer: "7", line: 2}}
	if diff := cmp.Diff(want, f, cmp.AllowUnexported(answer{})); diff != "" {
		t.Error(diff)
	}
}

func TestFilesAsEditorsSaveThem(t *testing.T) {
	for name, c := range map[string]struct{ raw, answer, problem string }{
		"UTF-8":            {"answers:\n- question: a\n  answer: ü\n", "ü", ""},
		"with a mark":      {"\ufeffanswers:\n- question: a\n  answer: ü\n", "ü", ""},
		"lines of Windows": {"answers:\r\n- question: a\r\n  answer: |\r\n    b\r\n    c\r\n", "b\nc", ""},
		"Latin-1":          {"answers:\n- question: a\n  answer: \xfc\n", "", "a.yaml:3: is not UTF-8: save the file with that encoding"},
		"UTF-16":           {"\xff\xfea\x00n\x00s\x00", "", "a.yaml:1: is not UTF-8: save the file with that encoding"},
	} {
		t.Run(name, func(t *testing.T) {
			f, problems := parse("a.yaml", []byte(c.raw))
			if got := strings.Join(problems, "\n"); got != c.problem {
				t.Errorf("problems %q, want %q", got, c.problem)
			}
			if f != nil && f.Answers[0].Answer != c.answer {
				t.Errorf("answer %q, want %q", f.Answers[0].Answer, c.answer)
			}
		})
	}
}

func TestDefaultTextsFitIntoAMessage(t *testing.T) {
	for key, text := range defaultTexts() {
		if err := (bot.Message{Text: text}).Check(); err != nil {
			t.Errorf("%s: %v", key, err)
		}
	}
}

func TestNewFAQ(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("good.yaml", "answers: [{question: a, answer: b}]")
	write("bad.yaml", "answers:\n- question: a\n- answer: b\n")
	for name, c := range map[string]struct {
		values map[string]any
		want   bot.SettingErrors
	}{
		"good":        {map[string]any{"answers": "./good.yaml"}, nil},
		"absolute":    {map[string]any{"answers": filepath.Join(dir, "good.yaml")}, nil},
		"none":        {nil, bot.SettingErrors{{Key: "answers", Problem: "is missing: the YAML file with questions and answers"}}},
		"unknown key": {map[string]any{"answer": "a"}, bot.SettingErrors{{Key: "answer", Problem: "is not a setting of this bot"}}},
		"wrong type":  {map[string]any{"answers": 1.0}, bot.SettingErrors{{Key: "answers", Problem: "is a number, and must be text"}}},
		"no file": {map[string]any{"answers": "gone.yaml"},
			bot.SettingErrors{{Key: "answers", Problem: "read answers: stat " + filepath.Join(dir, "gone.yaml") + ": no such file or directory"}}},
		"bad file": {map[string]any{"answers": "bad.yaml"}, bot.SettingErrors{
			{Key: "answers", Problem: filepath.Join(dir, "bad.yaml") + ":2: answers[0]: has no answer; give it one, or handoff: true"},
			{Key: "answers", Problem: filepath.Join(dir, "bad.yaml") + ":3: answers[1]: has no question"}}},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := newFAQ(bot.Settings{Values: c.values, BaseDir: dir})
			wrong, _ := errors.AsType[bot.SettingErrors](err)
			if diff := cmp.Diff(c.want, wrong); diff != "" || (b == nil) != (err != nil) {
				t.Errorf("bot %v, error %v: %s", b, err, diff)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	names, _ := filepath.Glob("testdata/*/*.txtar")
	for _, name := range append(names, "answers.yaml") {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		if archive := txtar.Parse(raw); len(archive.Files) > 0 {
			raw = archive.Files[0].Data
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		file, problems := parse("fuzz.yaml", raw)
		if (file == nil) == (len(problems) == 0) {
			t.Fatalf("file %v with problems %q", file, problems)
		}
		for _, p := range problems {
			if !strings.HasPrefix(p, "fuzz.yaml:") {
				t.Errorf("problem without a place: %q", p)
			}
		}
		if file == nil {
			return
		}
		// What loads can be served: no turn of it breaks the contract.
		for _, turn := range []*bot.Turn{
			{Started: true},
			{Messages: []bot.Message{{Text: file.Answers[0].Question}, {Text: "agent"}}},
			{AgentSessionEnded: &bot.AgentSession{}},
		} {
			err := bot.Run(t.Context(), newBot(file), turn, func(e bot.Event) error {
				if e.Fail != nil {
					t.Errorf("fails: %s", e.Fail.Reason)
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		}
	})
}

func TestREADMENamesEveryDefault(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for key, text := range defaultTexts() {
		if !strings.Contains(string(readme), "`"+key+"`") || !strings.Contains(string(readme), text) {
			t.Errorf("README.md does not say that the default of %s is %q", key, text)
		}
	}
}
