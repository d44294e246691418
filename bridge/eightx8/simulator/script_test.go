package simulator

import (
	"strings"
	"testing"
	"time"
)

const scriptYAML = `
queues:
  - {id: "101", name: Support}
  - {id: "102", name: Billing}
agents:
  - id: ada
    name: Ada
    queues: ["101"]
    script:
      - {on: offered, after: 1s, do: accept}
      - {on: joined, after: 2s, do: say, text: "Hello, this is Ada."}
      - {on: message, contains: [invoice, bill], do: transfer, queue: "102"}
      - {on: message, contains: [bye], do: typing}
      - {on: then, after: 1s, do: say, text: "Goodbye!"}
      - {on: then, after: 1s, do: leave}
      - {on: message, after: 1s, do: say, text: "I see."}
  - id: bob
    queues: ["102"]
`

func TestScriptedAgent(t *testing.T) {
	script, err := ParseScript([]byte(scriptYAML))
	if err != nil {
		t.Fatal(err)
	}
	inBox(t, Options{Queues: script.Queues, Agents: script.Agents}, func(b *box) {
		say := func(id, text string) {
			b.gateway("POST", "/conversations/"+id+"/messages", map[string]string{"authorType": "user", "text": text})
		}
		id := b.open()
		b.told()
		time.Sleep(time.Second)
		b.expect("MEMBERS_CHANGED agent ada joined", "CONVERSATION_UPDATE active agent ada")
		time.Sleep(2 * time.Second)
		b.expect("MESSAGE agent ada echo=false: Hello, this is Ada.")

		say(id, "hm")
		time.Sleep(time.Second)
		b.expect("MESSAGE user user echo=true: hm", "MESSAGE agent ada echo=false: I see.")

		say(id, "Bye then")
		time.Sleep(5 * time.Second)
		b.expect(
			"MESSAGE user user echo=true: Bye then",
			"ACTIVITY typing map[users:[map[id:ada type:agent]]]",
			"MESSAGE agent ada echo=false: Goodbye!",
			"MEMBERS_CHANGED agent ada left",
			"CONVERSATION_UPDATE idle queue 101",
		)

		say(id, "my INVOICE!") // queued again, nobody there to transfer yet
		time.Sleep(1500 * time.Millisecond)
		say(id, "the bill, please")
		time.Sleep(time.Minute)
		b.expect(
			"MESSAGE user user echo=true: my INVOICE!",
			"CONVERSATION_UPDATE active queue 101",
			"QUEUED 101 Support",
			"MEMBERS_CHANGED agent ada joined",
			"CONVERSATION_UPDATE active agent ada",
			"MESSAGE user user echo=true: the bill, please",
			"TRANSFER",
			"MEMBERS_CHANGED agent ada left",
			"CONVERSATION_UPDATE active queue 102",
			"QUEUED 102 Billing",
		) // and no greeting: the ticket had changed hands
	})
}

// A queue that only a step names is there, as one that an agent serves is.
func TestAScriptNamesItsQueues(t *testing.T) {
	agents := []Agent{{ID: "ada", Queues: []string{"101"}, Script: []Step{
		{On: "offered", Do: "accept"}, {On: "joined", Do: "transfer", Queue: "103"},
	}}}
	inBox(t, Options{Agents: agents}, func(b *box) {
		id := b.open()
		b.webhooks()
		if queue := b.control("GET", "/conversations/"+id, nil).text("queue.id"); queue != "103" {
			t.Errorf("it is in queue %s", queue)
		}
		eve := `{"id":"eve","queues":["101"],"script":[{"on":"joined","do":"transfer","queue":"104"}]}`
		if r, err := b.send(t.Context(), "POST", controlPath+"/agents", nil, eve); err != nil || r.text("error.code") != "invalid_queue" {
			t.Errorf("a step to a queue that there is not: %d %s, %v", r.status, r.raw, err)
		}
	})
}

func TestScriptedAgentMindsCapacity(t *testing.T) {
	agents := []Agent{{ID: "ada", Queues: []string{"101"}, Capacity: 1, Script: []Step{{On: "offered", Do: "accept"}}}}
	inBox(t, Options{Agents: agents}, func(b *box) {
		first, second := b.open(), b.open()
		b.webhooks()
		if got := b.control("GET", "/agents/ada", nil).list("handling"); len(got) != 1 || got[0] != first {
			t.Fatalf("ada handles %v, want the first", got)
		}
		b.control("POST", "/agents/ada/leave", nil)
		b.webhooks()
		if got := b.control("GET", "/agents/ada", nil).list("handling"); len(got) != 1 || got[0] != second {
			t.Errorf("ada handles %v, want the second", got)
		}
	})
}

func TestAgentsByLanguage(t *testing.T) {
	agents := []Agent{{ID: "ada", Queues: []string{"101"}, Languages: []string{"de"}, Script: []Step{{On: "offered", Do: "accept"}}}}
	inBox(t, Options{Agents: agents}, func(b *box) {
		b.open() // without a language: en
		r := b.gateway("POST", "/conversations", `{"channelId":"7","user":{"language":"de"}}`)
		b.webhooks()
		if got := b.control("GET", "/agents/ada", nil).list("handling"); len(got) != 1 || got[0] != r.text("conversationId") {
			t.Errorf("ada handles %v", got)
		}
	})
}

func TestScriptsAreChecked(t *testing.T) {
	for yaml, want := range map[string]string{
		"agents: [{id: a, nme: x}]":                                           `unknown field "nme"`,
		"agents: [{name: x}]":                                                 "agents[0].id is required",
		"agents: [{id: a}, {id: a}]":                                          `agents[1].id: "a" is there twice`,
		"agents: [{id: a/b}]":                                                 "would not fit into a path",
		"agents: [{id: a, capacity: -1}]":                                     "capacity: may not be negative",
		"agents: [{id: a, languages: [tlh]}]":                                 `no language "tlh"`,
		"flows: [{id: x}]":                                                    "flows[0]: id and queue are required",
		"queues: [{name: x}]":                                                 "queues[0].id is required",
		"agents: [{id: a, script: [{on: noon, do: leave}]}]":                  `script[0].on: "noon" is not`,
		"agents: [{id: a, script: [{on: then, do: leave}]}]":                  "then needs a step above it",
		"agents: [{id: a, script: [{on: joined, do: dance}]}]":                `script[0].do: "dance" is not`,
		"agents: [{id: a, script: [{on: joined, do: say}]}]":                  "script[0].text is required",
		"agents: [{id: a, script: [{on: joined, do: transfer}]}]":             "script[0].queue is required",
		"agents: [{id: a, script: [{on: joined, contains: [x], do: leave}]}]": "goes with on: message alone",
		"agents: [{id: a, script: [{on: joined, do: leave, after: soon}]}]":   "parse duration",
		"agents: [{id: a, script: [{on: joined, do: leave, after: -1s}]}]":    "is negative",
	} {
		_, err := ParseScript([]byte(yaml))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n  = %v\n  want %s", yaml, err, want)
		}
	}
}
