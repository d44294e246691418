// Package webhooks takes 8x8's webhooks in: it verifies an event, hands it to
// the engine, and answers 2xx once it is durable. Anything else is sent again.
//
//	POST {prefix}/8x8/{desk}/{channel}
//
//	204  durable now or before, or nothing to take in
//	400  signed, and not an event
//	401  not signed by 8x8 for this desk, or not sent just now
//	404  no such desk, or no such channel of it
//	413  larger than 1 MiB
//	503  not durable, or the public key cannot be had: send it again
//
// What a desk's events look like is its [Verifier]'s business.
package webhooks
