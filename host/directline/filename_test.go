package directline

import (
	"strings"
	"testing"
)

func TestFileName(t *testing.T) {
	long := strings.Repeat("ä", 150)
	for given, want := range map[string]string{
		"cat.png": "cat.png", "": "file.png", ".": "file.png", "..": "file.png", "/": "file.png", " \n": "file.png",
		"../../etc/passwd": "passwd", `C:\Users\ann\cat.png`: "cat.png", "/a/b/": "b", "my cat.png ": "my cat.png",
		"a\r\nb\x00c\x7f.png": "abc.png", "invoice\u202efdp.exe": "invoicefdp.exe", "a\u200bb.png": "ab.png",
		"\xffcat.png": "_cat.png", "写真.jpg": "写真.jpg", ".htaccess": ".htaccess",
		long + ".tar.gz": strings.Repeat("ä", 98) + ".gz", long: strings.Repeat("ä", 100),
	} {
		got := fileName(given, ".png")
		if got != want || fileName(got, ".png") != got {
			t.Errorf("%q: %q, want %q; again %q", given, got, want, fileName(got, ".png"))
		}
	}
}

func TestLanguageOf(t *testing.T) {
	for locale, want := range map[string]string{
		"de-DE": "de-DE", "de_de": "de-DE", "EN": "en", "zh_hant_tw": "zh-Hant-TW", "pt-br": "pt-BR", "en-us-u-ca-gregory": "en-US-u-ca-gregory",
		"": "", "-": "", "<b>": "", "und": "", "xx": "", "x": "", "de DE": "", "de-QQ": "de-QQ", "C": "", "no such language": "",
		strings.Repeat("de-", 20): "", "de-\x00": "",
	} {
		if got := languageOf(locale); got != want {
			t.Errorf("%q: %q, want %q", locale, got, want)
		}
	}
}
