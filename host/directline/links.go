package directline

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// linker makes the address of the file at index among those of an entry.
type linker func(conversation bot.ConversationID, entry int64, index int, name string) string

// base is where the client reaches the server, as an http or https address:
// the public URL, or where the request went.
func (s *Server) base(r *http.Request) string {
	if s.public != nil {
		return s.public.String()
	}
	u := url.URL{Scheme: "http", Host: r.Host}
	if r.TLS != nil || forwardedProto(r) == "https" {
		u.Scheme = "https"
	}
	return u.String()
}

// linker makes the addresses of files for a client that reaches the server at
// base.
func (s *Server) linker(base string) linker {
	return func(conversation bot.ConversationID, entry int64, index int, name string) string {
		if s.fileURL == nil {
			return ""
		}
		address := s.fileURL(conversation, entry, index, name)
		if strings.HasPrefix(address, "/") {
			address = base + address
		}
		return address
	}
}

// contentURL is where a client gets a file of an entry: from here if it is the
// host's to give, else from where it is.
func contentURL(link linker, conversation bot.ConversationID, entry int64, index int, file bot.Attachment) string {
	if place, _ := lifecycle.PlaceOf(file); place != "" {
		return link(conversation, entry, index, file.Name)
	}
	return file.URL
}

// forwardedProto is what the outermost proxy was asked by.
func forwardedProto(r *http.Request) string {
	first, _, _ := strings.Cut(r.Header.Get("X-Forwarded-Proto"), ",")
	return strings.ToLower(strings.TrimSpace(first))
}
