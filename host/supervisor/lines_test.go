package supervisor

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLineWriter(t *testing.T) {
	long := strings.Repeat("x", maxLine)
	for name, test := range map[string]struct {
		writes []string
		want   []string
		cut    int
	}{
		"lines":          {[]string{"a\nb\n"}, []string{"a", "b"}, 0},
		"pieces":         {[]string{"a", "b\nc", "", "d"}, []string{"ab", "cd"}, 0},
		"empty":          {[]string{"\n\n"}, []string{"", ""}, 0},
		"just fits":      {[]string{long, "\nb\n"}, []string{long, "b"}, 0},
		"long":           {[]string{long, long, "yy\nb\n"}, []string{long, "b"}, maxLine + 2},
		"long, no end":   {[]string{long + "z"}, []string{long}, 1},
		"nothing at all": {nil, nil, 0},
	} {
		var got []string
		cut := 0
		w := &lineWriter{emit: func(text string, c int) { got = append(got, text); cut += c }}
		for _, text := range test.writes {
			if n, err := w.Write([]byte(text)); n != len(text) || err != nil {
				t.Fatalf("%s: Write = %d, %v", name, n, err)
			}
		}
		w.Close()
		if diff := cmp.Diff(test.want, got); diff != "" || cut != test.cut {
			t.Errorf("%s: cut %d, %s", name, cut, diff)
		}
	}
}

func TestFirstLine(t *testing.T) {
	for name, test := range map[string]struct {
		writes []string
		line   string
		rest   string
		err    string
	}{
		"line and rest": {[]string{"1|", "1|x\nmore\n", "still\n"}, "1|1|x", "more,still", ""},
		"no end":        {[]string{"1|1"}, "", "1|1", "closed before"},
		"nothing":       {nil, "", "", "closed before"},
		"too long":      {[]string{strings.Repeat("x", 2*maxLine), "\n1|1|x\n"}, "", strings.Repeat("x", maxLine) + ",1|1|x", "more than"},
	} {
		var rest []string
		f := newFirstLine(&lineWriter{emit: func(text string, _ int) { rest = append(rest, text) }})
		for _, text := range test.writes {
			_, _ = f.Write([]byte(text))
		}
		f.Close()
		line, ok := <-f.line
		if line != test.line || ok != (test.err == "") {
			t.Errorf("%s: line %q, %v", name, line, ok)
		}
		if test.err != "" {
			wantError(t, f.err, test.err)
		}
		if got := strings.Join(rest, ","); got != test.rest {
			t.Errorf("%s: rest %q", name, shorten(got, 100))
		}
	}
}
