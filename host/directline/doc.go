// Package directline is the customers' line: Bot Framework Direct Line 3.0
// over HTTP and WebSocket, so that Web Chat and the existing clients work as
// they are.
//
// One Direct Line conversation is one conversation of the engine. What the
// customer posts becomes events; what the journal addresses to the customer
// is read from there and shown as activities. Nothing is kept here but open
// sockets: an activity's id and the watermark are numbers of the journal, and
// a token carries all that is known of its holder.
//
//	post ─▶ inbound ─▶ Engine.Receive ─▶ 200 once durable
//	Wake ─▶ hub ─▶ sockets ─▶ Engine.Entries ─▶ outbound ─▶ frame
package directline
