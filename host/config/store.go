package config

import (
	"errors"
	"strings"
)

// Store is where conversations are kept.
type Store struct {
	// SQLite is the database's file; absolute.
	SQLite string
}

// setText reads sqlite:FILE. The text is not repeated in errors: the address
// of a database may hold a password.
func (s *Store) setText(text string) error {
	kind, rest, found := strings.Cut(text, ":")
	switch {
	case found && (kind == "postgres" || kind == "postgresql"):
		return errors.New("PostgreSQL is not supported yet; use sqlite:FILE")
	case !found || kind != "sqlite":
		return errors.New("must be sqlite:FILE")
	case rest == "" || strings.HasPrefix(rest, ":"):
		return errors.New("must name a file, as in sqlite:patchbay.db")
	}
	s.SQLite = rest
	return nil
}
