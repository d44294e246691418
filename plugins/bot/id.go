package bot

// ConversationID names a conversation, for ever. Made by the line that the
// customer came in by; nobody parses it.
type ConversationID string

// TurnID names a turn, the same for each attempt. Made by the host from the id
// of the event that caused the turn; nobody parses it. A bot that does
// something outside uses it as the key that makes a repeat harmless.
type TurnID string
