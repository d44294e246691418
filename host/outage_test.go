package host_test

import "testing"

// TestHandoffWhileTheDeskIsInTrouble: whatever goes wrong with a handoff, the
// customer is told once, one ticket is opened when 8x8 is back, and nothing is
// lost or said twice.
func TestHandoffWhileTheDeskIsInTrouble(t *testing.T) {
	t.Parallel()
	const create, list = "POST /conversations", "GET /conversations"
	// What tells of the ticket must not overtake the trouble.
	lateEvents := fault{"match": "webhook *", "delay": "500ms"}
	for name, faults := range map[string][]fault{
		"it answers 500":             {{"match": create, "times": 2, "status": 500}},
		"it does not answer":         {{"match": create, "times": 1, "hang": "10s"}},
		"its answer is lost":         {{"match": create, "times": 1, "lose_answer": true}, lateEvents},
		"it answers too late":        {{"match": create, "times": 1, "delay": "1500ms"}},
		"it asks to wait":            {{"match": create, "times": 1, "status": 429, "retry_after": "1"}},
		"lost, and cannot be looked": {{"match": create, "times": 1, "lose_answer": true}, {"match": list, "times": 3, "status": 503}, lateEvents},
		"it answers nothing at all":  {{"match": "* /*", "times": 4, "status": 502}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil)
			c := w.newCustomer(webSecret)
			c.says("hello")
			c.awaitSees("Kim: hello", "echo: You said: hello")

			w.faults(faults...)
			c.says("agent")
			seen := []string{"Kim: hello", "echo: You said: hello", "Kim: agent", "<requested>", "<delayed>"}
			c.awaitSees(seen...)
			c.says("anybody there?")
			c.awaitLast("<queued>")
			w.agent("ada", "accept")
			c.awaitLast("<joined>")
			w.awaitAgentSees("user: hello", "bot: You said: hello", "user: agent", "user: anybody there?")
			w.agent("ada", "say", "text", "Ada here.")
			c.awaitLast("ada: Ada here.")
			c.says("at last")

			c.awaitSees(append(seen, "Kim: anybody there?", "<queued>", "<joined>", "ada: Ada here.", "Kim: at last")...)
			w.awaitAgentSees("user: hello", "bot: You said: hello", "user: agent", "user: anybody there?",
				"agent: Ada here.", "user: at last")
		})
	}
}

// TestSayingWhileTheDeskIsInTrouble: what the customer says reaches the agent
// once and in order, equal messages, too.
func TestSayingWhileTheDeskIsInTrouble(t *testing.T) {
	t.Parallel()
	const send, list = "POST /conversations/*/messages", "GET /conversations/*/messages"
	for name, faults := range map[string][]fault{
		"it answers 500":             {{"match": send, "times": 2, "status": 500}},
		"it does not answer":         {{"match": send, "times": 1, "hang": "10s"}},
		"its answer is lost":         {{"match": send, "times": 1, "lose_answer": true}},
		"two answers are lost":       {{"match": send, "times": 1, "lose_answer": true}, {"match": send, "skip": 1, "times": 1, "lose_answer": true}},
		"it asks to wait":            {{"match": send, "times": 1, "status": 429, "retry_after": "1"}},
		"lost, and cannot be looked": {{"match": send, "times": 1, "lose_answer": true}, {"match": list, "times": 3, "status": 503}},
		"lost, and stored later":     {{"match": send, "times": 1, "lose_answer": true, "lag": "300ms"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil)
			c := w.newCustomer(webSecret)
			c.says("agent")
			w.agent("ada", "accept")
			c.awaitHeldBy("agent")
			w.faults(faults...)
			c.says("yes", "yes", "no", "yes")
			w.awaitAgentSees("user: agent", "user: yes", "user: yes", "user: no", "user: yes")
			w.faults()
			c.says("good-bye") // comes after whatever was to be repeated
			w.awaitAgentSees("user: agent", "user: yes", "user: yes", "user: no", "user: yes", "user: good-bye")
		})
	}
}
