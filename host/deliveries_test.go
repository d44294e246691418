package host_test

import "testing"

// TestWebhooksGoingWrong: however 8x8's webhooks come, a conversation with two
// agents reads the same to everybody.
func TestWebhooksGoingWrong(t *testing.T) {
	t.Parallel()
	for name, faults := range map[string][]fault{
		"all come twice":                 {{"match": "webhook *", "twice": true}},
		"all are signed wrongly first":   {{"match": "webhook *", "bad_signature": true}},
		"all are old at first":           {{"match": "webhook *", "age": "1h"}},
		"all are late":                   {{"match": "webhook *", "delay": "50ms"}},
		"agents join after they speak":   {{"match": "webhook MEMBERS_CHANGED agent joined", "delay": "300ms"}},
		"agents leave before transfers":  {{"match": "webhook TRANSFER", "delay": "300ms"}},
		"tickets say last what they are": {{"match": "webhook CONVERSATION_UPDATE", "delay": "300ms"}},
		"queues are late":                {{"match": "webhook QUEUED", "delay": "300ms"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil)
			w.faults(faults...)
			c := w.newCustomer(webSecret)
			c.says("agent")
			w.agent("ada", "accept")
			w.agent("ada", "say", "text", "Ada here.")
			c.awaitHeldBy("agent")
			c.awaitHas("ada: Ada here.")
			c.says("good to hear")
			w.awaitAgentSees("user: agent", "agent: Ada here.", "user: good to hear")
			w.agent("ada", "transfer", "queue", "102")
			c.awaitHeldBy("queue")
			w.agent("bob", "accept")
			c.awaitHeldBy("agent")
			w.agent("bob", "say", "text", "Bob here.")
			c.awaitHas("bob: Bob here.")
			w.agent("bob", "leave")
			c.awaitLast("echo: Back again.")
			c.awaitHeldBy("bot")
			c.says("thanks")
			c.awaitLast("echo: You said: thanks")

			c.awaitSaid("Kim: agent", "ada: Ada here.", "Kim: good to hear", "bob: Bob here.",
				"echo: Back again.", "Kim: thanks", "echo: You said: thanks")
			w.awaitAgentSees("user: agent", "agent: Ada here.", "user: good to hear", "agent: Bob here.")
		})
	}
}
