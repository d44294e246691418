package directline

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxFileName is the longest name of a file, in bytes.
const maxFileName = 200

// fileName cleans the name that a client gives a file: the last part of what
// may be a path, without what cannot be seen, or turns around how a name reads
// (fdp.exe). A file without a name is called after what it is.
func fileName(given, extension string) string {
	given = strings.ToValidUTF8(given, "_")
	given = path.Base(strings.ReplaceAll(given, `\`, "/"))
	name := strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) || unicode.Is(unicode.Bidi_Control, r) || unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) {
			return -1
		}
		return r
	}, given)
	name = strings.TrimSpace(name)
	if strings.Trim(name, "./ ") == "" {
		return "file" + extension
	}
	return shorten(name)
}

// shorten takes letters out before the extension, until the name is short
// enough.
func shorten(name string) string {
	if len(name) <= maxFileName {
		return name
	}
	end := path.Ext(name)
	if len(end) > 20 {
		end = ""
	}
	start := name[:maxFileName-len(end)]
	for !utf8.ValidString(start) {
		start = start[:len(start)-1]
	}
	return strings.TrimSpace(start) + end
}
