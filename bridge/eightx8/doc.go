// Package eightx8 is 8x8 Contact Center as a desk: [Desk] calls it,
// [Verifier] takes its webhooks in.
//
//	engine ─▶ Desk ─▶ POST, PATCH (once) ─────▶ 8x8
//	                  GET (again if need be) ─▶
//	engine ◀─ lifecycle.Event ◀─ Verifier ◀─ signed webhook
//
// The dialect is the chat-gateway; 8x8's word for a ticket is "conversation".
// README.md has the table of calls and events, and what is not covered.
//
// Nothing here logs or puts into an error what people say, or the API key.
package eightx8
