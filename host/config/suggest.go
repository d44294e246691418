package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// suggest asks for the candidate that word may be a slip of: the nearest one,
// if at most a third of the letters differ. Empty if there is none.
func suggest(word string, candidates []string) string {
	best, distance := "", max(len(word)/3, 1)+1
	for _, candidate := range candidates {
		if d := edits(strings.ToLower(word), strings.ToLower(candidate)); d < distance {
			best, distance = candidate, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", best)
}

// edits counts the letters to insert, delete, change, or swap with their
// neighbour to make b of a.
func edits(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := d[i-1][j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			d[i][j] = min(change, d[i-1][j]+1, d[i][j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}

// known reports a key that names a bot or a desk that there is not.
func known[T any](r *reader, key, what, name string, all map[string]T) {
	if _, ok := all[name]; !ok && !r.broken[what+"s"] {
		r.problem(key, "no %s named %q%s", what, name, suggest(name, sorted(all)))
	}
}

func sorted[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }
