// Package sqlstore keeps journals and conversations in SQLite: the engine's
// [bridge.Store].
//
// What is durable is the journal: one row per commit, appended in order of
// arrival, that carries the entries, the conversation after them, the hashes
// of the events taken in, and the position of the conversation's row before.
// Everything that would be written at random places, the heads of the
// conversations and the index of event ids, is kept in memory, written behind
// in batches, and rebuilt from the journal's tail when the store is opened.
// The README has the figures that this was chosen by.
package sqlstore
