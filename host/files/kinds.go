package files

import (
	"mime"
	"net/url"
	"strings"
)

// octets is the type of what is not to be shown.
const octets = "application/octet-stream"

// served is the type under which a file is served, and whether a browser may
// show it. Customers, bots and desks say what type a file has, and any of them
// may lie: a browser is told what cannot do anything, and saves all else.
func served(contentType string) (kind string, inline bool) {
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return octets, false
	}
	switch family, _, _ := strings.Cut(kind, "/"); {
	case kind == "image/png", kind == "image/jpeg", kind == "image/gif", kind == "image/webp", family == "audio", family == "video":
		return kind, true
	}
	return octets, false
}

// disposition is how a file is to be taken, with its name as RFC 6266 has it:
// in ASCII for everybody, and as it is for those who can read that.
func disposition(inline bool, name string) string {
	how := "attachment"
	if inline {
		how = "inline"
	}
	name = strings.ToValidUTF8(name, "_")
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '/' || r == '\\' {
			return '_'
		}
		return r
	}, name)
	if name == "" {
		return how
	}
	ascii := strings.Map(func(r rune) rune {
		if r > '~' || r == '"' || r == '%' {
			return '_'
		}
		return r
	}, name)
	how += `; filename="` + ascii + `"`
	if ascii != name {
		how += `; filename*=UTF-8''` + extended(name)
	}
	return how
}

// extended is a text as RFC 8187 writes it.
func extended(text string) string {
	// QueryEscape leaves letters, digits, - _ . and ~, which are all allowed.
	return strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
}
