package lifecycle

import (
	"slices"
	"strings"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// FilePlace is where a file of a message is: the scheme of its attachment's
// URL, with an id behind it. A file with any other URL is where that URL says,
// and is passed on without being looked at.
type FilePlace string

// The places of files.
const (
	// FileKept: the host keeps it.
	FileKept FilePlace = "kept-file"
	// FileAtDesk: the desk has it, under an id of the desk's own.
	FileAtDesk FilePlace = "desk-attachment"
)

// FileURL is the URL of a file in its place.
func FileURL(place FilePlace, id string) string { return string(place) + ":" + id }

// PlaceOf is where a file is, and its id there; an empty place: where its URL
// says.
func PlaceOf(a bot.Attachment) (place FilePlace, id string) {
	scheme, id, _ := strings.Cut(a.URL, ":")
	switch place = FilePlace(scheme); {
	case id == "", place != FileKept && place != FileAtDesk:
		return "", ""
	}
	return place, id
}

// showsFile reports whether a message has a file that the host can get at.
func showsFile(m *bot.Message) bool {
	return m != nil && slices.ContainsFunc(m.Attachments, func(a bot.Attachment) bool {
		place, _ := PlaceOf(a)
		return place != ""
	})
}
