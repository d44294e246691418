package redact

import (
	"bytes"
	"errors"
	"log/slog"
	"net/netip"
	"regexp"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"
)

func redactor(t testing.TB, rules Rules) *Redactor {
	t.Helper()
	r := &Redactor{}
	if err := r.Set(rules); err != nil {
		t.Fatal(err)
	}
	return r
}

func all(t testing.TB) *Redactor {
	return redactor(t, Rules{Builtin: []string{"phone", "card", "email"}})
}

func TestBuiltin(t *testing.T) {
	r := all(t)
	for text, want := range map[string]string{
		"4111111111111111":                            "[card]",
		"My card is 4111 1111 1111 1111, thanks":      "My card is [card], thanks",
		"4111-1111-1111-1111.":                        "[card].",
		"4111\u00a01111\u00a01111\u00a01111":          "[card]",
		"4111.1111.1111.1111":                         "[card]",
		"(378282246310005)":                           "([card])",
		"12 4111 1111 1111 1111 07":                   "12 [card] 07",
		"4111 1111 1111 1111 5555 5555 5555 4444":     "[card][card]",
		"x5 4111 1111 1111 1111 5x":                   "x5 [card] 5x",
		"Karte:4111111111111111":                      "Karte:[card]",
		"卡号4111111111111111。":                         "卡号[card]。",
		"4111 1111 1111 1112":                         "4111 1111 1111 1112", // the check digit is wrong
		"0000 0000 0000 0000":                         "0000 0000 0000 0000",
		"a4111111111111111":                           "a4111111111111111", // an id
		"https://x.example/4111111111111111":          "https://x.example/4111111111111111",
		"order 123456789012":                          "order 123456789012",
		"timestamp 1629804577002":                     "timestamp 1629804577002",
		"ann@example.com":                             "[email]",
		"<Ann.O'Neill+a_b@mail.example.co.uk>, no":    "<[email]>, no",
		"jürgen@müller.example":                       "[email]",
		"write to ann @ example.com":                  "write to ann @ example.com",
		"ann@localhost":                               "ann@localhost",
		"+49 30 1234567":                              "[phone]",
		"+49 (0)30 / 123-4567":                        "[phone]",
		"call 0049 30 1234567 or (030) 1234567 today": "call [phone] or [phone] today",
		"030/1234567-89":                              "[phone]",
		"+14155550132":                                "[phone]",
		"(415) 555-0132":                              "[phone]",
		"415-555-0132":                                "[phone]",
		"415 555 0132, 1 415 555 0132":                "[phone], [phone]",
		"4155550132":                                  "4155550132", // any number
		"01.05.2026 12:30":                            "01.05.2026 12:30",
		"2026-05-01T12:00:00Z":                        "2026-05-01T12:00:00Z",
		"192.168.100.200:8080":                        "192.168.100.200:8080",
		"0.000123456789":                              "0.000123456789",
		"01234567-89ab-4def-8123-0123456789ab":        "01234567-89ab-4def-8123-0123456789ab",
		"https://x.example/?id=0301234567":            "https://x.example/?id=0301234567",
		"7KDJQZ4V2MXYA3N5|0000003":                    "7KDJQZ4V2MXYA3N5|0000003",
		"":                                            "",
	} {
		if got := r.Text(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestOnlyWhatIsAskedFor(t *testing.T) {
	const text = "4111111111111111 ann@example.com +49301234567"
	for name, want := range map[string]string{
		"card":  "[card] ann@example.com +49301234567",
		"email": "4111111111111111 [email] +49301234567",
		"phone": "4111111111111111 ann@example.com [phone]",
	} {
		if got := redactor(t, Rules{Builtin: []string{name}}).Text(text); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := new(Redactor).Text(text); got != text {
		t.Errorf("without rules: %q", got)
	}
	if err := new(Redactor).Set(Rules{Builtin: []string{"iban"}}); err == nil {
		t.Error("a rule that is not built in is taken")
	}
}

func TestPatternsAndSecrets(t *testing.T) {
	r := redactor(t, Rules{
		Patterns: []*regexp.Regexp{regexp.MustCompile(`\bK-[0-9]+\b`), regexp.MustCompile(`(?i)passwort: \S+`)},
		Secrets:  []string{"hunter", "hunter-and-more", "short", "", "4111111111111111", "-----BEGIN KEY-----\nMIIEvQIBADAN\nBg==\n"},
		Builtin:  []string{"card"},
	})
	for text, want := range map[string]string{
		"customer K-4711 of K-12":         "customer [redacted] of [redacted]",
		"PassWort: $1 done":               "[redacted] done",
		"hunter, hunter-and-more, hunted": "[secret], [secret], hunted",
		"in short":                        "in short",
		"4111111111111111":                "[secret]",
		"378282246310005":                 "[card]",
		"read\tMIIEvQIBADAN":              "read\t[secret]",
	} {
		if got := r.Text(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// told is a value that says what it is by a method.
type told struct{ text string }

func (t told) String() string { return "it is " + t.text }

// lazy is a value that is asked for when it is logged.
type lazy struct{ text string }

func (l lazy) LogValue() slog.Value { return slog.StringValue(l.text) }

// TestLogs: whatever the shape in which something is logged.
func TestLogs(t *testing.T) {
	const mail = "ann@example.com"
	for name, next := range map[string]func(*bytes.Buffer) slog.Handler{
		"text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
		"json": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			log := slog.New(all(t).Handler(next(&b)))
			log.With("with", mail).WithGroup("group").Info("said "+mail,
				"text", mail, "err", errors.Join(errors.New("no"), errors.New("refused for "+mail)), "told", told{mail}, "lazy", lazy{mail},
				"bytes", []byte(mail), "list", []string{mail}, "map", map[string]string{"a": mail}, "struct", struct{ Mail string }{mail},
				slog.Group("inner", "text", mail, slog.Group("more", "text", mail)), "number", 4111111111111111, "nil", nil,
				"nobody", (*told)(nil), "wrong", error((*fails)(nil)), "address", netip.MustParseAddr("192.0.2.1"))
			if strings.Contains(b.String(), "ann@") || strings.Count(b.String(), "[email]") != 12 {
				t.Errorf("%s", &b)
			}
			if !strings.Contains(b.String(), "4111111111111111") || !strings.Contains(b.String(), "192.0.2.1") {
				t.Errorf("what is no text is gone: %s", &b)
			}
		})
	}
	var b bytes.Buffer
	log := slog.New(new(Redactor).Handler(slog.NewTextHandler(&b, &slog.HandlerOptions{Level: slog.LevelWarn})))
	log.Info("not this")
	log.Warn("this", "err", errors.New(mail))
	if !strings.Contains(b.String(), `msg=this err=ann@example.com`) || strings.Contains(b.String(), "not") {
		t.Errorf("without rules: %s", &b)
	}
}

type fails struct{ text string }

func (f *fails) Error() string { return f.text }

// Rules may be replaced while they are used.
func TestSetWhileUsed(t *testing.T) {
	r := all(t)
	var users sync.WaitGroup
	for range 4 {
		users.Go(func() {
			for range 1000 {
				if got := r.Text("ann@example.com"); got != "[email]" && got != "ann@example.com" {
					t.Errorf("%q", got)
				}
			}
		})
	}
	for range 100 {
		_ = r.Set(Rules{})
		_ = r.Set(Rules{Builtin: []string{"email"}})
	}
	users.Wait()
}

// FuzzText: nothing is read wrongly into what is not text, a second look finds
// nothing more, and a text without digits and @ stays as it is.
func FuzzText(f *testing.F) {
	for _, seed := range []string{
		"4111 1111 1111 1111", "12 4111-1111-1111-1111x", "+49 (0)30 1234567", "ann@example.com", "a@b.c@d.e", "\xff4111111111111111",
		"0\u00a01\u00a02\u00a03\u00a04\u00a05\u00a06\u00a07\u00a08\u00a09x", "4111111111111111@example.com",
	} {
		f.Add(seed)
	}
	r := all(f)
	f.Fuzz(func(t *testing.T, text string) {
		got := r.Text(text)
		if utf8.ValidString(text) && !utf8.ValidString(got) {
			t.Errorf("%q became %q", text, got)
		}
		if !strings.ContainsAny(text, numerals+"@") && got != text {
			t.Errorf("%q became %q", text, got)
		}
		if _, rest, ok := strings.Cut(" "+text+" ", " 4111 1111 1111 1111 "); ok && strings.Contains(got, " 4111 1111 1111 1111 "+rest) {
			t.Errorf("%q became %q", text, got)
		}
	})
}
