package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// chain is what of a conversation was found in the journal, row by row.
type chain struct {
	// number and position of its newest row.
	number, position int64
	// end is the number and whole the position of the newest row that says how
	// the conversation stands.
	end, whole int64
	// known is the number that it is said to have; 0: unknown.
	known int64
	gaps  []string
}

type chains map[bot.ConversationID]*chain

// mostMissing is how many entries a row may be ahead of what is known, to be
// believed.
const mostMissing = 1 << 20

// add takes in the next row, and reports whether it follows.
func (cs chains) add(r *row) bool {
	if r.columnsOff != nil {
		return false // its conversation will miss it
	}
	c := cs[r.conversation]
	if c == nil {
		c = &chain{}
		cs[r.conversation] = c
	}
	if r.base < c.number || r.number-c.number > mostMissing {
		c.gaps = append(c.gaps, fmt.Sprintf("row %d does not follow", r.position))
		return false
	}
	if r.base > c.number {
		c.gap(c.number, r.base)
	}
	if r.entriesWrong != nil {
		c.gap(r.base, r.number)
	}
	c.number, c.position = r.number, r.position
	if r.stateWrong == nil {
		c.end, c.whole = r.number, r.position
	}
	return true
}

func (c *chain) gap(after, through int64) {
	c.gaps = append(c.gaps, fmt.Sprintf("entries %d to %d cannot be read", after+1, through))
}

// ends compares with the table of conversations, which knows their ends from
// elsewhere.
func (cs chains) ends(ctx context.Context, db *sql.DB) error {
	rows, err := db.QueryContext(ctx, "SELECT id, number FROM conversations")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id bot.ConversationID
		var number int64
		if err := rows.Scan(&id, &number); err != nil {
			return err
		}
		if cs[id] == nil {
			cs[id] = &chain{}
		}
		cs[id].known = number
	}
	return rows.Err()
}

// wrong is what of the conversation cannot be read; empty: nothing.
func (c *chain) wrong() string {
	wrong := c.gaps
	switch {
	case c.whole == 0:
		return "nothing of it can be read"
	case max(c.number, c.known) > c.end:
		wrong = append(wrong, fmt.Sprintf("what came after entry %d cannot be read", c.end))
	case c.whole < c.position:
		wrong = append(wrong, "how it stands at its end cannot be read")
	}
	if more := len(wrong) - 5; more > 0 {
		wrong = append(wrong[:5:5], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(wrong, "; ")
}
