package supervisor

import (
	"log/slog"
	"strings"
	"testing"
)

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
		parsed := parseLog(test.line, asItIs)
		got := parsed.level.String() + ` ` + quote(parsed.message)
		for _, field := range parsed.fields {
			got += " " + field.Key + "=" + field.Value.String()
		}
		if got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, test.want)
		}
	}
}

func asItIs(text string) string { return text }

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
	parsed := parseLog(b.String(), asItIs)
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
		parsed := parseLog(line, asItIs)
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
