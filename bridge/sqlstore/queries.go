package sqlstore

import "strings"

// The queries, in one text for every database: parameters are ? in order, a
// database that wants them numbered numbers them when it prepares.
const (
	queryMeta    = `SELECT value FROM meta WHERE name = ?`
	queryPutMeta = `INSERT INTO meta (name, value) VALUES (?, ?)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`

	// What an attempt to write writes, and removes.
	queryPutRoom  = `INSERT INTO meta (name, value) VALUES ('room', zeroblob(?)) ON CONFLICT (name) DO UPDATE SET value = excluded.value`
	queryDropRoom = `DELETE FROM meta WHERE name = 'room'`

	// A host's term is above those of all that came before it.
	queryRaiseTerm = `INSERT INTO hosts (id, term, seen_at) SELECT ?, coalesce(max(term), 0) + 1, unixepoch() FROM hosts WHERE true
		ON CONFLICT (id) DO UPDATE SET term = excluded.term, seen_at = excluded.seen_at RETURNING term`
	queryTerm = `SELECT max(term) FROM hosts`

	queryPosition = `SELECT coalesce(max(position), 0) FROM journal`
	queryTail     = `SELECT position, previous, leap, base, number, desk, desk_done, observe_done, conversation, taken, state
		FROM journal WHERE position > ? ORDER BY position`
	queryState = `SELECT state FROM journal WHERE position = ?`

	// queryWalk reads the rows that hold the entries from ?3+1 to ?2, from the
	// head at ?1: by leaps as far as they reach, then step by step, and never forwards.
	queryWalk = `WITH RECURSIVE
		leaps (position, leap, number, through) AS (
			SELECT position, leap, number, ? FROM journal WHERE position = ?
			UNION ALL
			SELECT j.position, j.leap, j.number, l.through FROM leaps l
				JOIN journal j ON j.position = l.leap AND j.position < l.position WHERE l.number > l.through),
		steps (position, previous, base, wanted) AS (
			SELECT position, previous, base, ? FROM journal
				WHERE position = (SELECT min(position) FROM leaps WHERE number >= through)
			UNION ALL
			SELECT j.position, j.previous, j.base, s.wanted FROM steps s
				JOIN journal j ON j.position = s.previous AND j.position < s.position WHERE s.base > s.wanted)
		SELECT j.conversation, j.entries FROM steps s JOIN journal j ON j.position = s.position ORDER BY s.position`

	headColumns = `first, id, head, leap, number, desk, desk_done, observe_done, channel, holder, due, turn`
	queryHead   = `SELECT ` + headColumns + ` FROM conversations WHERE id = ?`
	queryWorks  = `SELECT ` + headColumns + ` FROM conversations WHERE work = 1 ORDER BY first`
	queryHeldBy = `SELECT ` + headColumns + ` FROM conversations
		WHERE holder = ? AND holder <> 'nobody' AND (channel = ? OR ? = '') ORDER BY head DESC LIMIT ?`
	queryAll = `SELECT ` + headColumns + ` FROM conversations
		WHERE (holder = ? OR ? = '') AND (channel = ? OR ? = '') ORDER BY head DESC LIMIT ?`

	queryOldest = `SELECT ` + headColumns + ` FROM conversations
		WHERE (holder = ? OR ? = '') AND (channel = ? OR ? = '') ORDER BY head LIMIT ?`

	queryTicket = `SELECT conversation FROM tickets WHERE desk = ? AND ticket = ?`
	queryBind   = `INSERT INTO tickets (desk, ticket, conversation) VALUES (?, ?, ?)
		ON CONFLICT (desk, ticket) DO NOTHING`

	queryPark       = `INSERT INTO parked (desk, ticket, hash, event) VALUES (?, ?, ?, ?)`
	queryUnpark     = `DELETE FROM parked WHERE id = ?`
	queryParkedHash = `SELECT hash FROM parked WHERE id = ?`
	queryParked     = `SELECT id, event FROM parked WHERE desk = ? AND ticket = ? ORDER BY id`
	queryAllParked  = `SELECT id, event FROM parked ORDER BY id`

	// What is overwritten by as many zeros stays in its place; what is removed
	// may have been copied about before.
	queryBlankJournal = `UPDATE journal SET conversation = zeroblob(octet_length(conversation)),
		entries = zeroblob(octet_length(entries)), state = zeroblob(octet_length(state)) ` + queryOneJournal
	queryEraseJournal = `DELETE FROM journal ` + queryOneJournal
	// A row that is damaged may name one of another conversation, or a later
	// one: there it ends.
	queryOneJournal = `WHERE position IN (
		WITH RECURSIVE back (position, previous, conversation) AS (
			SELECT position, previous, conversation FROM journal WHERE position = ?
			UNION ALL
			SELECT j.position, j.previous, j.conversation FROM back b JOIN journal j
				ON j.position = b.previous AND j.position < b.position AND j.conversation = b.conversation)
		SELECT position FROM back)`
	queryEraseParked  = `DELETE FROM parked WHERE (desk, ticket) IN (SELECT desk, ticket FROM tickets WHERE conversation = ?)`
	queryEraseTickets = `DELETE FROM tickets WHERE conversation = ?`
	queryEraseHead    = `DELETE FROM conversations WHERE id = ?`
	queryPutErased    = `INSERT INTO erased (conversation) VALUES (?) ON CONFLICT DO NOTHING`
	queryForgetErased = `DELETE FROM erased WHERE conversation = ?`
	queryErased       = `SELECT conversation FROM erased`

	queryTakenDays   = `SELECT slot, day FROM taken_days`
	queryPutTakenDay = `INSERT INTO taken_days (slot, day) VALUES (?, ?)
		ON CONFLICT (slot) DO UPDATE SET day = excluded.day`
)

// takenSlots is how many tables the taken hashes are spread over by day: seven
// whole days back, and today.
const takenSlots = 8

var slotNames = [takenSlots]string{"taken_0", "taken_1", "taken_2", "taken_3", "taken_4", "taken_5", "taken_6", "taken_7"}

func queryTake(slot int) func(n int) string {
	return func(n int) string {
		return `INSERT INTO ` + slotNames[slot] + ` (hash) VALUES ` + rows(n, 1) + ` ON CONFLICT (hash) DO NOTHING`
	}
}

func queryEraseTaken(slot int) string { return `DELETE FROM ` + slotNames[slot] + ` WHERE hash = ?` }

func queryEmpty(slot int) string { return `DELETE FROM ` + slotNames[slot] }

// queryTaken asks all days for n hashes.
func queryTaken(n int) string {
	var q strings.Builder
	q.WriteString(`WITH asked (hash) AS (VALUES ` + rows(n, 1) + `) SELECT hash FROM asked WHERE `)
	for i, name := range slotNames {
		if i > 0 {
			q.WriteString(` OR `)
		}
		q.WriteString(`EXISTS (SELECT 1 FROM ` + name + ` t WHERE t.hash = asked.hash)`)
	}
	return q.String()
}

// rows repeats one row of parameters n times behind VALUES.
func rows(n, columns int) string {
	row := `(?` + strings.Repeat(`, ?`, columns-1) + `)`
	return row + strings.Repeat(`, `+row, n-1)
}

func queryAppend(n int) string {
	return `INSERT INTO journal (position, previous, leap, base, number, desk, desk_done, observe_done,
		conversation, taken, entries, state) VALUES ` + rows(n, rowColumns)
}

// headWidth is how many columns queryPutHeads writes for each head.
const headWidth = 15

func queryPutHeads(n int) string {
	return `INSERT INTO conversations (` + headColumns + `, work, owner, term) VALUES ` + rows(n, headWidth) + `
	ON CONFLICT (first) DO UPDATE SET head = excluded.head, leap = excluded.leap, number = excluded.number,
		desk = excluded.desk, desk_done = excluded.desk_done, observe_done = excluded.observe_done,
		channel = excluded.channel, holder = excluded.holder, due = excluded.due, turn = excluded.turn,
		work = excluded.work, owner = excluded.owner, term = excluded.term`
}
