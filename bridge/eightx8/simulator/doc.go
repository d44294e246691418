// Package simulator is 8x8 Contact Center in a box: the Chat Gateway v1 API
// and the older Chat API v2 over the same conversations, signed webhooks,
// queues and agents behind one [http.Handler]. It gives a contact centre to
// whoever has none, and faults on demand to whoever tests.
//
// The pieces, from the inside out:
//
//   - centre.go, ticket.go, agent.go, lifecycle.go, membership.go: the contact
//     centre, which knows neither HTTP nor locks; script.go and cue.go play its
//     agents.
//   - event.go, outbox.go, delivery.go, signature.go: what is told by webhook,
//     in which order, how often, and signed how.
//   - routes.go, endpoint.go, and a file for each noun: 8x8's paths, as strict
//     as its schemas; problem.go: its error bodies. dialect.go and chat_*.go
//     are the Chat API, with its tokens in token.go.
//   - customer.go, postagent.go: the customers of 8x8's own lines, and the bots
//     behind webhooks that hold their conversations.
//   - control*.go: the simulator's own API under /simulator/v1.
//   - guard.go, fault.go, faults_file.go, journal.go: what stands before all
//     calls.
//
// All state is in memory and behind one lock, held for the length of a call and
// never while something is sent. Everything that happens later goes through the
// schedule, which [Simulator.Run] works off: nothing happens in the background
// without Run.
//
// It shares no types with the client of 8x8's API, so that a mistake about the
// wire format shows instead of agreeing with itself. README.md has the calls,
// the control API and the fault rules.
package simulator
