package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/patchbay-host/patchbay/bridge/eightx8"
)

// result is what came of checking something.
type result string

// The results. Only what is wrong is a failure: unsure is what nobody can tell
// beforehand, skipped is what something wrong is in the way of.
const (
	isOK    result = "ok"
	isWrong result = "wrong"
	unsure  result = "unsure"
	skipped result = "skipped"
)

// finding is one thing that was checked.
type finding struct {
	// What was checked, such as "bot faq".
	What   string `json:"what"`
	Result result `json:"result"`
	// OK: nothing is wrong with it, as far as can be told.
	OK bool `json:"ok"`
	// Detail is what was found, and if it is wrong what would do.
	Detail string `json:"detail"`
	// At is the place in the file that is to blame, if one is.
	At string `json:"at,omitempty"`
}

// judged makes a finding.
func judged(what string, r result, detail string) finding {
	return finding{What: what, Result: r, OK: r == isOK || r == unsure, Detail: detail}
}

// attempted is a finding that is wrong if there was an error.
func attempted(what, detail string, err error) finding {
	if err != nil {
		return judged(what, isWrong, err.Error())
	}
	return judged(what, isOK, detail)
}

// resultOf is a proof's result.
func resultOf(p eightx8.Proof) result {
	switch p.Result {
	case eightx8.Proven:
		return isOK
	case eightx8.Unproven:
		return unsure
	case eightx8.Unchecked:
		return skipped
	default:
		return isWrong
	}
}

// show prints findings, a line each.
func show(w io.Writer, findings []finding, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(w).Encode(findings)
	}
	marks := map[result]string{isOK: "ok", isWrong: "WRONG", unsure: "unsure", skipped: "skip"}
	for _, f := range findings {
		text := oneLine(f.Detail)
		if f.At != "" {
			text += " (" + f.At + ")"
		}
		if _, err := fmt.Fprintf(w, "%-6s %s: %s\n", marks[f.Result], f.What, text); err != nil {
			return err
		}
	}
	return nil
}

// oneLine is a text as one line that does nothing to a terminal: bots and desks
// have said part of it.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ReplaceAll(text, "\n", "; "))
}

// anyWrong reports whether something is.
func anyWrong(findings []finding) bool {
	return slices.ContainsFunc(findings, func(f finding) bool { return f.Result == isWrong })
}
