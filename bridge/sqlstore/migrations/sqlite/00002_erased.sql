-- +goose Up

-- Conversations of which nothing is left here, and perhaps files elsewhere.
CREATE TABLE erased (
    conversation TEXT PRIMARY KEY
) WITHOUT ROWID;

-- For erasing; few conversations have tickets, and none has many.
CREATE INDEX tickets_conversation ON tickets (conversation);
