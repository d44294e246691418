// Package eightx8 is 8x8 Contact Center as a desk: [Desk] calls it,
// [Verifier] takes its webhooks in.
//
//	engine ─▶ Desk ─▶ POST, PATCH (once) ─────▶ 8x8
//	                  GET (again if need be) ─▶
//	engine ◀─ lifecycle.Event ◀─ Verifier ◀─ signed webhook
//
// Desk speaks either of 8x8's dialects; a file that is named for one, gateway_
// or chatapi_, has what that one does in its own way. 8x8's word for a ticket
// is "conversation". README.md has the table of calls and events.
//
// Nothing here logs or puts into an error what people say, or secrets.
package eightx8
