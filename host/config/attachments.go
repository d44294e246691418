package config

import (
	"fmt"
	"math"
	"time"

	"github.com/dustin/go-humanize"
)

// Attachments says how the files of conversations are kept.
type Attachments struct {
	// Folder they are in; absolute. Left out: beside the store, with -files
	// behind its name.
	Folder string `key:"folder"`
	// MaxFile is the size of the largest file that is taken, from whomever.
	MaxFile Size `key:"max_file" default:"25MiB"`
	// Room is how much all files together may take; 0: any.
	Room Size `key:"room" default:"10GiB"`
	// Keep is how long a file is kept; 0: for ever.
	Keep time.Duration `key:"keep" default:"0s" min:"0s"`
}

// Size is a number of bytes, as 500KB, 25MiB and 10GiB are written.
type Size int64

func (s *Size) setText(text string) error {
	bytes, err := humanize.ParseBytes(text)
	if err != nil || bytes > math.MaxInt64 {
		return fmt.Errorf("%q is not a size, as 500KB, 25MiB and 10GiB are", text)
	}
	*s = Size(bytes)
	return nil
}

// The bounds of attachments.max_file: less is no file, and more than that no
// desk takes.
const (
	leastFile = 1 << 10
	mostFile  = 1 << 30
)

// checkAttachments finishes the section; the store's file is known.
func (r *reader) checkAttachments(a *Attachments, store Store) {
	switch {
	case a.Folder == "":
		a.Folder = store.SQLite + "-files"
	default:
		a.Folder = path(r.dir, a.Folder)
	}
	if a.Folder == store.SQLite {
		r.problem("attachments.folder", "is the store's own file")
	}
	if a.MaxFile < leastFile || a.MaxFile > mostFile {
		r.problem("attachments.max_file", "must be at least 1KiB and at most 1GiB")
	} else if a.Room > 0 && a.Room < a.MaxFile {
		key, other := "attachments.room", "max_file"
		if r.lines[key] == 0 {
			key, other = "attachments.max_file", "room"
		}
		r.problem(key, "leaves no room for a file of the size that attachments.%s says", other)
	}
	if a.Keep > 0 && a.Keep < time.Hour {
		r.problem("attachments.keep", "must be 0s, for ever, or at least 1h")
	}
}
