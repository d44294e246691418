package config

import "strings"

// languageTag reports whether text has the form of a BCP 47 tag whose language
// has two or three letters, as all in use have.
func languageTag(text string) bool {
	for i, part := range strings.Split(text, "-") {
		if part == "" || len(part) > 8 || strings.Trim(strings.ToLower(part), "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			return false
		}
		if i == 0 && (len(part) < 2 || len(part) > 3 || strings.ContainsAny(part, "0123456789")) {
			return false
		}
	}
	return true
}

// canonicalTag writes a tag in the usual way (RFC 5646, section 2.1.1): zh-Hant-TW.
func canonicalTag(tag string) string {
	parts := strings.Split(strings.ToLower(tag), "-")
	for i, part := range parts {
		switch {
		case i == 0 || len(parts[i-1]) == 1: // behind a single letter all is small
		case len(part) == 2:
			parts[i] = strings.ToUpper(part)
		case len(part) == 4:
			parts[i] = strings.ToUpper(part[:1]) + part[1:]
		}
	}
	return strings.Join(parts, "-")
}
