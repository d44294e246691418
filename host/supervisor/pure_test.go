package supervisor

import (
	"errors"
	"log/slog"
	"math"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestBackoffDoublesItsBound(t *testing.T) {
	var bounds []time.Duration
	b := backoff{min: 200 * time.Millisecond, max: 2 * time.Minute, rand: func(n int64) int64 {
		bounds = append(bounds, time.Duration(n))
		return n - 1
	}}
	for range 40 {
		if got := b.next(); got < 0 || got >= 2*time.Minute {
			t.Fatalf("next() = %v", got)
		}
	}
	want := []time.Duration{200 * time.Millisecond, 400 * time.Millisecond, 800 * time.Millisecond, 1600 * time.Millisecond}
	if diff := cmp.Diff(want, bounds[:4]); diff != "" {
		t.Error(diff)
	}
	if bounds[39] != 2*time.Minute {
		t.Errorf("the last bound is %v", bounds[39])
	}
	b.reset()
	if b.next(); bounds[40] != 200*time.Millisecond {
		t.Errorf("after reset the bound is %v", bounds[40])
	}
}

func TestCrashLoop(t *testing.T) {
	minute := func(n float64) time.Time { return time.Unix(1e9, 0).Add(time.Duration(n * float64(time.Minute))) }
	for name, test := range map[string]struct {
		at   []float64
		loop bool
	}{
		"four":                    {[]float64{0, 1, 2, 3}, false},
		"five at once":            {[]float64{0, 0, 0, 0, 0}, true},
		"five in just ten":        {[]float64{0, 1, 2, 3, 10}, true},
		"five in more than ten":   {[]float64{0, 1, 2, 3, 10.1}, false},
		"the last five in ten":    {[]float64{0, 11, 12, 13, 14, 15}, true},
		"slow ones never add up":  {[]float64{0, 5, 10, 15, 20, 25, 30, 35}, false},
		"many, long ago, and one": {[]float64{0, 0, 0, 0, 60}, false},
	} {
		c, loop := crashes{window: 10 * time.Minute, most: 5}, false
		for _, at := range test.at {
			loop = c.add(minute(at))
		}
		if loop != test.loop {
			t.Errorf("%s: loop %v", name, loop)
		}
	}
}

func TestStrikes(t *testing.T) {
	for name, test := range map[string]struct {
		events string // c: check answered, C: missed; t: turn in time, T: late
		sick   bool
	}{
		"three missed":               {"CCC", true},
		"answered in between":        {"CCcCC", false},
		"late turns":                 {"TTTTTTTT", false},
		"nine late turns":            {"TTTTTTTTT", true},
		"checks don't excuse turns":  {"TTTcTTTcTTTc", true},
		"a turn in time does":        {"TTTTTTTTtT", false},
		"both together":              {"TTTCC", true},
		"turns don't excuse silence": {"CtCtC", true},
	} {
		var s strikes
		sick := false
		for _, event := range test.events {
			switch event {
			case 'c', 'C':
				sick = s.checked(event == 'c')
			default:
				sick = s.turned(event == 't')
			}
		}
		if sick != test.sick {
			t.Errorf("%s: sick %v", name, sick)
		}
	}
}

func TestParseLog(t *testing.T) {
	for name, test := range map[string]struct {
		line string
		want string
	}{
		"plain":                  {`loading`, `INFO "loading"`},
		"panic":                  {`panic: nil map`, `ERROR "panic: nil map"`},
		"python":                 {`Traceback (most recent call last):`, `ERROR "Traceback (most recent call last):"`},
		"prefix":                 {`[WARN] disk`, `WARN "[WARN] disk"`},
		"slog":                   {`{"time":"x","level":"WARN","msg":"slow","ms":12}`, `WARN "slow" ms=12`},
		"slog offset":            {`{"level":"INFO+2","msg":"a"}`, `INFO+2 "a"`},
		"slog wild offset":       {`{"level":"ERROR+2000000000","msg":"a"}`, `ERROR+4 "a"`},
		"hclog":                  {`{"@level":"trace","@message":"in","@module":"m"}`, `DEBUG-4 "in" @module=m`},
		"pino":                   {`{"level":50,"msg":"bad"}`, `ERROR "bad"`},
		"pino fatal":             {`{"level":60,"msg":"bad"}`, `ERROR "bad"`},
		"python-json":            {`{"levelname":"CRITICAL","message":"bad"}`, `ERROR "bad"`},
		"message is a number":    {`{"@message": 42}`, `INFO "42"`},
		"nothing is as expected": {`{"level":{"a":[1]},"msg":null,"x":[1,{"y":2}],"z":true}`, `INFO "" x=[1,{"y":2}] z=true`},
		"no object":              {`{"msg":`, `INFO "{\"msg\":"`},
		"array":                  {`[1]`, `INFO "[1]"`},
		"control characters":     {"a\x00b\x07c\td\x1b[31;1mred\x1b[0m\u202eback", `INFO "abc dredback"`},
		"unfinished escape":      {"a\x1b[31", `INFO "a"`},
		"not UTF-8":              {"a\xff\xfeb", `INFO "a�b"`},
		"escapes inside JSON":    {`{"msg":"a\u001b[2Jb\nc","k\u0000":"v\r"}`, `INFO "ab c" k=v`},
	} {
		parsed := parseLog(test.line)
		got := parsed.level.String() + ` ` + quote(parsed.message)
		for _, field := range parsed.fields {
			got += " " + field.Key + "=" + field.Value.String()
		}
		if got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, test.want)
		}
	}
}

func quote(text string) string {
	return slog.StringValue(`"` + strings.ReplaceAll(text, `"`, `\"`) + `"`).String()
}

func TestParseLogBoundsFields(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"msg":"m"`)
	for i := range 100 {
		b.WriteString(`,"` + strings.Repeat("k", i+1) + `":"` + strings.Repeat("v", 2000) + `"`)
	}
	b.WriteString(`}`)
	parsed := parseLog(b.String())
	if len(parsed.fields) != maxFields {
		t.Errorf("%d fields", len(parsed.fields))
	}
	for _, field := range parsed.fields {
		if len(field.Key) > maxFieldName || len(field.Value.String()) > maxFieldValue {
			t.Errorf("field of %d and %d bytes", len(field.Key), len(field.Value.String()))
		}
	}
}

func FuzzParseLog(f *testing.F) {
	for _, seed := range []string{`{"@message":42}`, `{"level":1e308,"msg":{}}`, "panic: x", "\x1b[", `{"a":`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		parsed := parseLog(line)
		for _, text := range append([]string{parsed.message}, fieldTexts(parsed)...) {
			if strings.ContainsAny(text, "\x00\x1b\n\r\u202e") {
				t.Errorf("%q became %q", line, text)
			}
		}
	})
}

func fieldTexts(l logLine) (texts []string) {
	for _, field := range l.fields {
		texts = append(texts, field.Key, field.Value.String())
	}
	return texts
}

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

func TestRingKeepsTheLast(t *testing.T) {
	r := newRing(map[string]string{"token": "hunter22", "pin": "1234"})
	for range keptLines {
		r.add(1, "old", 0)
	}
	r.add(2, "token hunter22, pin 1234", 0)
	r.add(2, strings.Repeat("x", maxLine), 7)
	all := r.all()
	if len(all) != keptLines || all[0] != "old" || len(r.of(1)) != keptLines-2 {
		t.Errorf("%d lines, of which %d old", len(all), len(r.of(1)))
	}
	if got := r.of(2)[0]; got != "token [secret token], pin 1234" {
		t.Errorf("kept %q", got)
	}
	if got := r.lastOf(2); len(got) > shownBytes+30 || !strings.HasSuffix(got, "(and 7 bytes more)") {
		t.Errorf("kept %d bytes", len(got))
	}
	if got := r.lastOf(3); got != "" {
		t.Errorf("of nobody: %q", got)
	}
}

func TestCheckHandshake(t *testing.T) {
	sockets := filepath.Join(shortDir(t), "s")
	if err := os.Mkdir(sockets, 0o700); err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(sockets, "a")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	must(os.WriteFile(filepath.Join(sockets, "file"), nil, 0o600))
	must(os.Symlink(socket, filepath.Join(sockets, "link")))
	cert := certText(t)
	for line, want := range map[string]string{
		"1|1|unix|" + socket + "|grpc|" + cert:           "",
		"1|1|unix|" + socket + "|grpc|" + cert + "|true": "",
		"  1|1|unix|" + socket + "|grpc|" + cert + " \r": "",
		"":                                             "not a handshake",
		"||||":                                         "not a handshake",
		"Loading \x1b[31mmodel\x1b[0m":                 `is "Loading model"`,
		"1|1|unix":                                     "not a handshake",
		"2|1|unix|" + socket + "|grpc|" + cert:         `version "2" of the handshake`,
		"1|7|unix|" + socket + "|grpc|" + cert:         `version "7" of the bot contract, this host speaks 1`,
		"1|1.0|unix|" + socket + "|grpc|" + cert:       "bot contract",
		"1|1|tcp|127.0.0.1:80|grpc|" + cert:            "only unix sockets",
		"1|1|unix|/run/docker.sock|grpc|" + cert:       "only sockets directly in",
		"1|1|unix|" + sockets + "/../s/a|grpc|" + cert: "only sockets directly in",
		"1|1|unix|" + sockets + "/x/a|grpc|" + cert:    "only sockets directly in",
		"1|1|unix|a|grpc|" + cert:                      "only sockets directly in",
		"1|1|unix|@abstract|grpc|" + cert:              "only sockets directly in",
		"1|1|unix|" + sockets + "|grpc|" + cert:        "only sockets directly in",
		"1|1|unix|" + sockets + "/" + strings.Repeat("x", 100) + "|grpc|" + cert: "a unix socket's address takes 107",
		"1|1|unix|" + sockets + "/none|grpc|" + cert:                             "must listen before it prints",
		"1|1|unix|" + sockets + "/file|grpc|" + cert:                             "is no socket",
		"1|1|unix|" + sockets + "/link|grpc|" + cert:                             "is no socket",
		"1|1|unix|" + socket + "|netrpc|" + cert:                                 `protocol "netrpc"`,
		"1|1|unix|" + socket + "|grpc":                                           "shows no certificate",
		"1|1|unix|" + socket + "|grpc|":                                          "shows no certificate",
		"1|1|unix|" + socket + "|grpc|" + cert + "==":                            "base64 without padding",
		"1|1|unix|" + socket + "|grpc|AAAA":                                      "read its certificate",
		"1|1|unix|" + socket + "|grpc|" + certText(t, "example.com"):             "must be valid now, for localhost",
	} {
		err := checkHandshake(line, sockets)
		if want == "" && err != nil {
			t.Errorf("%q: %v", shorten(line, 60), err)
		}
		if want != "" {
			wantError(t, err, want)
		}
	}
}

func TestExitInWords(t *testing.T) {
	now := time.Now()
	for want, exit := range map[string]Exit{
		"has not ended":     {},
		"exit code 3":       {At: now, Code: 3},
		"killed by SIGSEGV": {At: now, Code: -1, Signal: "SIGSEGV"},
		"killed by SIGKILL": {At: now, Code: -1, Signal: "SIGKILL", ByHost: true},
		"killed by SIGKILL, not by this host: perhaps the system was out of memory": {At: now, Code: -1, Signal: "SIGKILL"},
	} {
		if got := exit.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestGate(t *testing.T) {
	var g gate
	if !g.enter() || !g.enter() {
		t.Fatal("an open gate is closed")
	}
	g.leave()
	empty := g.close()
	if g.enter() {
		t.Error("a closed gate is open")
	}
	select {
	case <-empty:
		t.Error("empty with one inside")
	default:
	}
	g.leave()
	<-empty
	<-g.close() // again
}

func TestGuardTurnsPanicIntoError(t *testing.T) {
	err := guard(func() error { panic("nil map") })
	wantError(t, err, "panic in go-plugin: nil map", "pure_test.go")
	if err := guard(func() error { return os.ErrClosed }); !errors.Is(err, os.ErrClosed) {
		t.Error(err)
	}
}

func TestNewReportsAllProblems(t *testing.T) {
	_, err := New([]Config{
		{Name: "a", Command: []string{"./a"}, SHA256: "12", Files: map[string]string{"b.py": "zz"}},
		{Name: "a", Command: []string{"/a"}, Dir: "x"},
		{},
	}, Options{RunDir: "/" + strings.Repeat("long", 20)})
	wantError(t, err, `bot "a": command: "./a" is not an absolute path`, `sha256: "12" is not a SHA-256`,
		`files: "b.py" is not an absolute path`, `files: b.py: "zz"`, `dir: "x"`, "two of this name",
		"has no name", "command: is empty", "run directory", "is too long: it has 81 bytes", "choose a shorter one")
}

func TestBackoffAtItsLimits(t *testing.T) {
	b := backoff{min: 1, max: math.MaxInt64, rand: func(n int64) int64 {
		if n <= 0 {
			t.Fatalf("bound %d", n)
		}
		return 0
	}}
	for range 100 {
		b.next()
	}
}
