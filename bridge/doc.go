// Package bridge is the engine: it takes events in, keeps their order per
// conversation, makes what the rules decide durable, and carries it out.
//
//	event ─▶ Receive ─▶ lifecycle.Step ─▶ journal, state ─┬▶ turn lane ─▶ bot
//	         (once)      (pure)           (one commit)    ├▶ desk lane ─▶ desk
//	                                                      └▶ line woken
//
// Nothing is acknowledged before it is durable, and nothing is done before the
// decision to do it is durable. The results of what is done come back as
// events.
//
// What the engine needs of the world are ports: [Store], [Desk], [Line],
// [Bots], [Attachments] and [Clock]. It imports none of the packages behind them.
package bridge
