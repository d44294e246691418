package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/patchbay-host/patchbay/plugins/bot"
	"golang.org/x/tools/txtar"
)

// TestTalks plays the conversations in testdata/talks. In each, a line that
// begins with > happens, and what stands below it is what the bot makes of it:
//
//	> started
//	> hello / is anybody there     the customer says two things
//	> presses yes                  a quick reply
//	> agent left / what about me   with what still waits
//	> handoff refused
//	> customer left
//	> plain line                   from here without buttons
//
// UPDATE=1 in the environment writes the files anew.
func TestTalks(t *testing.T) {
	files, err := filepath.Glob("testdata/talks/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no talks: %v", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			b, talk := shipped(t), &archive.Files[len(archive.Files)-1]
			if len(archive.Files) == 2 {
				f, problems := parse(archive.Files[0].Name, archive.Files[0].Data)
				if len(problems) > 0 {
					t.Fatal(strings.Join(problems, "\n"))
				}
				b = newBot(f)
			}
			want := string(talk.Data)
			got := play(t, b, want)
			if got == want {
				return
			}
			if os.Getenv("UPDATE") == "" {
				t.Fatalf("the talk went another way (-want +got):\n%s", cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")))
			}
			talk.Data = []byte(got)
			if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// play puts the lines that begin with > to b and writes down the whole talk.
func play(t *testing.T, b bot.Bot, script string) string {
	t.Helper()
	var out strings.Builder
	var state []byte
	line := bot.LineCapabilities{QuickReplies: true}
	for input := range strings.Lines(script) {
		happened, ok := strings.CutPrefix(strings.TrimSpace(input), "> ")
		if !ok {
			continue
		}
		fmt.Fprintf(&out, "> %s\n", happened)
		if happened == "plain line" {
			line.QuickReplies = false
			continue
		}
		turn := turnOf(happened)
		turn.State, turn.StateSchema, turn.Line = state, stateSchema, line
		err := bot.Run(t.Context(), b, turn, func(e bot.Event) error {
			out.WriteString(written(e))
			if e.Done != nil && e.Done.State != nil {
				state = e.Done.State
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out.String()
}

func turnOf(happened string) *bot.Turn {
	what, rest, _ := strings.Cut(happened, " / ")
	var more []bot.Message
	for text := range strings.SplitSeq(rest, " / ") {
		if text != "" {
			more = append(more, bot.Message{Text: text})
		}
	}
	title, presses := strings.CutPrefix(what, "presses ")
	switch {
	case presses:
		return &bot.Turn{Action: &bot.Action{Kind: bot.ActionQuickReply, Title: title, Value: title}}
	case what == "started":
		return &bot.Turn{Started: true}
	case what == "customer left":
		return &bot.Turn{CustomerLeft: true}
	case what == "something new":
		return &bot.Turn{}
	case what == "agent left":
		return &bot.Turn{AgentSessionEnded: &bot.AgentSession{End: bot.EndAgentLeft, Waiting: more}}
	case what == "customer left the agent":
		return &bot.Turn{AgentSessionEnded: &bot.AgentSession{End: bot.EndCustomerLeft}}
	case what == "handoff refused", what == "handoff failed", what == "handoff cancelled":
		return &bot.Turn{HandoffOutcome: &bot.HandoffOutcome{Result: bot.HandoffResult(strings.TrimPrefix(what, "handoff "))}}
	case what == "a picture":
		return &bot.Turn{Messages: []bot.Message{{Attachments: []bot.Attachment{{Name: "a.png"}}}}}
	}
	return &bot.Turn{Messages: append([]bot.Message{{Text: what}}, more...)}
}

// written is an event as it reads in a talk.
func written(e bot.Event) string {
	var out strings.Builder
	switch {
	case e.Message != nil:
		fmt.Fprintf(&out, "  %s\n", strings.ReplaceAll(e.Message.Text, "\n", "\n  "))
		for _, q := range e.Message.QuickReplies {
			fmt.Fprintf(&out, "  [%s]\n", q.Title)
		}
	case e.Fail != nil:
		fmt.Fprintf(&out, "  FAILS %s\n", e.Fail.Reason)
	case e.Done.Handoff != nil:
		h := e.Done.Handoff
		fmt.Fprintf(&out, "  HANDS OFF to %q: %s\n", h.Target, h.Reason)
		for _, name := range slices.Sorted(maps.Keys(h.Properties)) {
			fmt.Fprintf(&out, "  | %s = %s\n", name, h.Properties[name])
		}
		for line := range strings.SplitSeq(h.Summary, "\n") {
			fmt.Fprintf(&out, "  | %s\n", line)
		}
	case e.Done.End != nil:
		fmt.Fprintf(&out, "  ENDS %s\n", e.Done.End.Reason)
	}
	return out.String()
}
