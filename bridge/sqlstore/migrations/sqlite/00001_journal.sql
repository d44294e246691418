-- +goose Up

-- Facts about the store itself: hash_key (of the event ids), checkpoint (the
-- journal position up to which conversations and taken_n are written).
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) WITHOUT ROWID;

-- Who may commit. A host that opens the store raises its term; a commit of an
-- older term is refused.
CREATE TABLE hosts (
    id      TEXT PRIMARY KEY,
    term    INTEGER NOT NULL,
    seen_at INTEGER NOT NULL -- seconds, by the clock of the database
) WITHOUT ROWID;

-- One row per commit of a conversation, in order of arrival, never changed.
-- It has no index but its key: a conversation is read by walking back from its
-- head. The short columns come first, so that walking reads no text.
CREATE TABLE journal (
    position     INTEGER PRIMARY KEY,
    previous     INTEGER NOT NULL, -- position of the conversation's row before; 0: none
    leap         INTEGER NOT NULL, -- position of its last row before that began a new 64; 0: none
    base         INTEGER NOT NULL, -- the row holds the entries base+1 to number
    number       INTEGER NOT NULL,
    desk         INTEGER NOT NULL, -- number of the newest entry for the desk so far
    desk_done    INTEGER NOT NULL, -- cursors of the lanes
    observe_done INTEGER NOT NULL,
    conversation TEXT NOT NULL,
    taken        BLOB,             -- hashes of the event ids, 8 bytes each, big endian
    entries      TEXT NOT NULL,    -- JSON array
    state        TEXT NOT NULL     -- the conversation after the row, JSON
);

-- The head of each conversation. Written behind: rows of the journal after
-- the checkpoint are newer and count.
CREATE TABLE conversations (
    first        INTEGER PRIMARY KEY, -- position of its first row
    id           TEXT NOT NULL UNIQUE,
    head         INTEGER NOT NULL,    -- position of its newest row
    leap         INTEGER NOT NULL,    -- what the next row's leap will be
    number       INTEGER NOT NULL,
    desk         INTEGER NOT NULL,
    desk_done    INTEGER NOT NULL,
    observe_done INTEGER NOT NULL,
    channel      TEXT NOT NULL,
    holder       TEXT NOT NULL,
    due          INTEGER NOT NULL,    -- earliest timer, Unix nanoseconds; 0: none
    turn         INTEGER NOT NULL,    -- 1: a turn waits
    work         INTEGER NOT NULL,    -- 1: a timer, a turn or the desk waits
    owner        TEXT NOT NULL,       -- host and its term that wrote last
    term         INTEGER NOT NULL
);
-- Neither index has anything that changes with every event.
CREATE INDEX conversations_held ON conversations (holder) WHERE holder <> 'nobody';
CREATE INDEX conversations_work ON conversations (first) WHERE work = 1;

CREATE TABLE tickets (
    desk         TEXT NOT NULL,
    ticket       TEXT NOT NULL,
    conversation TEXT NOT NULL,
    PRIMARY KEY (desk, ticket)
) WITHOUT ROWID;

-- Events whose ticket is not bound yet.
CREATE TABLE parked (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    desk   TEXT NOT NULL,
    ticket TEXT NOT NULL,
    hash   INTEGER NOT NULL, -- of the event's id
    event  TEXT NOT NULL     -- JSON
);
CREATE INDEX parked_ticket ON parked (desk, ticket);

-- Keyed hashes of the ids of events taken in, a table per day, emptied whole
-- when the day is more than seven days gone. Day d is kept in table d mod 8.
CREATE TABLE taken_days (
    slot INTEGER PRIMARY KEY,
    day  INTEGER NOT NULL -- since 1970, UTC
);
CREATE TABLE taken_0 (hash INTEGER PRIMARY KEY);
CREATE TABLE taken_1 (hash INTEGER PRIMARY KEY);
CREATE TABLE taken_2 (hash INTEGER PRIMARY KEY);
CREATE TABLE taken_3 (hash INTEGER PRIMARY KEY);
CREATE TABLE taken_4 (hash INTEGER PRIMARY KEY);
CREATE TABLE taken_5 (hash INTEGER PRIMARY KEY);
CREATE TABLE taken_6 (hash INTEGER PRIMARY KEY);
CREATE TABLE taken_7 (hash INTEGER PRIMARY KEY);
