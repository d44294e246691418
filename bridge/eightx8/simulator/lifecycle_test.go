package simulator

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The six points of the 8x8 contract's "The lifecycle, as the vendor tells it".

func TestSetUpThenCreate(t *testing.T) {
	inBox(t, Options{Webhooks: []Webhook{}, Channels: []Channel{}}, func(b *box) {
		hook := b.gateway("POST", "/webhooks",
			`{"name":"host","uri":"https://hooks.example/8x8","version":"Chat Gateway v1.0","notificationVersion":"Chat Gateway v1.0"}`)
		channel := b.gateway("POST", "/channels", map[string]any{
			"name": "Web", "type": "ChatAPI", "webHookId": hook.get("id"),
			"routingOptions": map[string]string{"type": "queue", "id": "102"},
		})
		if hook.status != http.StatusOK || channel.status != http.StatusOK {
			t.Fatalf("set-up: %d %s, %d %s", hook.status, hook.raw, channel.status, channel.raw)
		}
		b.gateway("POST", "/conversations", map[string]any{"channelId": channel.get("id"), "user": map[string]any{}})
		b.expect(
			"CONVERSATION_UPDATE created queue 102",
			"CONVERSATION_UPDATE active queue 102",
			"MEMBERS_CHANGED user user joined",
			"QUEUED 102 Billing",
		)
	})
}

func TestCreateQueuesOnTheAssignment(t *testing.T) {
	inBox(t, Options{}, func(b *box) {
		r := b.gateway("POST", "/conversations",
			`{"channelId":"7","user":{"name":"Mia","language":"de","additionalProperties":[{"key":"k","value":"v"}]},
			  "assignment":{"type":"queue","id":"102"}}`)
		id := r.text("conversationId")
		first := b.webhooks()[0].event["data"]
		want := map[string]any{
			"state": "created", "channel": "ChatAPI", "assignment": map[string]any{"type": "queue", "id": "102"},
			"user": map[string]any{
				"name": "Mia", "language": "de",
				"additionalProperties": []any{map[string]any{"key": "k", "value": "v"}},
			},
		}
		if diff := cmp.Diff(want, first); diff != "" {
			t.Errorf("first event (-want +got):\n%s", diff)
		}
		if got := b.control("GET", "/queues", nil).text("queues.1.waiting.0"); got != id {
			t.Errorf("queue 102 waits for %s, want %s", got, id)
		}
		if r, _ := b.send(b.t.Context(), "POST", controlPath+"/agents/ada/accept", nil, nil); r.status != http.StatusConflict {
			t.Errorf("an agent of queue 101 accepts: %d", r.status)
		}
	})
}

func TestAgentSeesTheHistoryAndTalks(t *testing.T) {
	inBox(t, Options{}, func(b *box) {
		r := b.gateway("POST", "/conversations", `{"channelId":"7","user":{},"history":{"messages":[
			{"authorType":"user","text":"hi"},{"authorType":"bot","text":"hello"}]}}`)
		id := r.text("conversationId")
		b.told()
		seen := b.control("POST", "/agents/ada/accept", nil)
		if got := seen.text("messages.1.text"); got != "hello" || seen.get("messages.1.history") != true {
			t.Errorf("the agent sees %s", seen.raw)
		}
		b.gateway("POST", "/conversations/"+id+"/messages", `{"authorType":"user","text":"are you there?"}`)
		b.control("POST", "/agents/ada/typing", nil)
		b.control("POST", "/agents/ada/say", map[string]string{"conversationId": id, "text": "yes"})
		b.gateway("POST", "/conversations/"+id+"/typing", `{"authorType":"user"}`)
		b.expect(
			"MEMBERS_CHANGED agent ada joined",
			"CONVERSATION_UPDATE active agent ada",
			"MESSAGE user user echo=true: are you there?",
			"ACTIVITY typing map[users:[map[id:ada type:agent]]]",
			"MESSAGE agent ada echo=false: yes",
		)
		list := b.gateway("GET", "/conversations/"+id+"/messages?sort=createdAt:asc", nil)
		var said []string
		for i := range list.list("_embedded.messages") {
			at := "_embedded.messages." + string(rune('0'+i))
			said = append(said, list.text(at+".author.type")+": "+list.text(at+".text"))
		}
		if diff := cmp.Diff([]string{"user: hi", "bot: hello", "user: are you there?", "agent: yes"}, said); diff != "" {
			t.Errorf("messages (-want +got):\n%s", diff)
		}
		if b.control("GET", "/conversations/"+id, nil).get("typing.user") == nil {
			t.Error("the agent does not see the customer typing")
		}
	})
}

func TestCustomerLeavesAndTheAgentIsFreed(t *testing.T) {
	inBox(t, Options{}, func(b *box) {
		id := b.open()
		b.control("POST", "/agents/ada/accept", nil)
		b.told()
		r := b.gateway("PATCH", "/conversations/"+id+"/participants/user", `{"removed":true}`)
		if r.status != http.StatusNoContent || len(r.raw) != 0 {
			t.Errorf("leave: %d %s", r.status, r.raw)
		}
		b.expect(
			"MEMBERS_CHANGED user user left",
			"MEMBERS_CHANGED agent ada left",
			"CONVERSATION_UPDATE idle queue 101",
		)
		if got := b.control("GET", "/agents/ada", nil).list("handling"); len(got) != 0 {
			t.Errorf("the agent still has %v", got)
		}
		b.gateway("PATCH", "/conversations/"+id+"/participants/user", `{"removed":true}`)
		b.expect([]string{}...)
	})
}

func TestCustomerLeavesTheQueue(t *testing.T) {
	inBox(t, Options{}, func(b *box) {
		id := b.open()
		b.told()
		b.gateway("PATCH", "/conversations/"+id+"/participants/user", `{"removed":true}`)
		b.expect("MEMBERS_CHANGED user user left", "CONVERSATION_UPDATE idle queue 101")
		r, _ := b.send(b.t.Context(), "POST", controlPath+"/agents/ada/accept", nil, nil)
		if r.status != http.StatusConflict || r.text("error.code") != "nothing_waiting" {
			t.Errorf("accept: %d %s", r.status, r.raw)
		}
	})
}

func TestAgentLeavesAndTheCustomerReturns(t *testing.T) {
	inBox(t, Options{}, func(b *box) {
		id := b.open()
		b.control("POST", "/agents/ada/accept", nil)
		b.control("POST", "/agents/ada/transfer", map[string]string{"queue": "102"})
		b.control("POST", "/agents/bob/accept", nil)
		b.told()
		b.control("POST", "/agents/bob/leave", nil)
		b.expect("MEMBERS_CHANGED agent bob left", "CONVERSATION_UPDATE idle queue 102")

		b.gateway("POST", "/conversations/"+id+"/messages", `{"authorType":"user","text":"one more thing"}`)
		b.expect(
			"MESSAGE user user echo=true: one more thing",
			"CONVERSATION_UPDATE active queue 102",
			"QUEUED 102 Billing",
		)
		list := b.gateway("GET", "/conversations/"+id+"/interactions", nil)
		if n := len(list.list("_embedded.interactions")); n != 2 {
			t.Errorf("%d interactions, want 2: %s", n, list.raw)
		}
		if list.get("_embedded.interactions.0.endTime") == nil || list.get("_embedded.interactions.1.endTime") != nil {
			t.Errorf("only the first interaction is over: %s", list.raw)
		}
	})
}

func TestReturnAfterTheCustomerLeft(t *testing.T) {
	inBox(t, Options{}, func(b *box) {
		id := b.open()
		b.gateway("PATCH", "/conversations/"+id+"/participants/user", `{"removed":true}`)
		b.told()
		b.gateway("POST", "/conversations/"+id+"/messages", `{"authorType":"bot","text":"meanwhile"}`)
		b.expect(
			"MESSAGE bot bot echo=true: meanwhile",
			"CONVERSATION_UPDATE active queue 101",
			"MEMBERS_CHANGED user user joined",
			"QUEUED 101 Support",
		)
	})
}

func TestTransfer(t *testing.T) {
	for name, c := range map[string]struct {
		leftFirst bool
		want      []string
	}{
		"transfer first": {false, []string{"TRANSFER", "MEMBERS_CHANGED agent ada left"}},
		"left first":     {true, []string{"MEMBERS_CHANGED agent ada left", "TRANSFER"}},
	} {
		t.Run(name, func(t *testing.T) {
			inBox(t, Options{}, func(b *box) {
				id := b.open()
				b.control("POST", "/agents/ada/accept", nil)
				b.told()
				b.control("POST", "/agents/ada/transfer",
					map[string]any{"conversationId": id, "queue": "102", "leftFirst": c.leftFirst})
				b.control("POST", "/agents/bob/accept", map[string]string{"conversationId": id})
				b.expect(append(c.want,
					"CONVERSATION_UPDATE active queue 102",
					"QUEUED 102 Billing",
					"MEMBERS_CHANGED agent bob joined",
					"CONVERSATION_UPDATE active agent bob")...)
				people := b.gateway("GET", "/conversations/"+id+"/participants", nil)
				if people.get("_embedded.participants.1.removed") != true || people.get("_embedded.participants.2.removed") != false {
					t.Errorf("participants: %s", people.raw)
				}
			})
		})
	}
}

func TestDeclineLeavesItToOthers(t *testing.T) {
	agents := []Agent{{ID: "ada", Queues: []string{"101"}}, {ID: "eve", Queues: []string{"101"}, Capacity: 1}}
	inBox(t, Options{Agents: agents}, func(b *box) {
		first, second := b.open(), b.open()
		b.control("POST", "/agents/ada/decline", map[string]string{"conversationId": first})
		if got := b.control("POST", "/agents/ada/accept", nil).text("id"); got != second {
			t.Errorf("ada got %s, want the one not declined", got)
		}
		b.control("POST", "/agents/eve/accept", nil)
		third := b.open()
		for agent, body := range map[string]any{"eve": nil, "ada": map[string]string{"conversationId": first}} {
			if r, _ := b.send(b.t.Context(), "POST", controlPath+"/agents/"+agent+"/accept", nil, body); r.status != http.StatusConflict {
				t.Errorf("%s accepts: %d %s", agent, r.status, r.raw)
			}
		}
		b.control("PATCH", "/agents/ada", `{"available":false}`)
		if r, _ := b.send(b.t.Context(), "POST", controlPath+"/agents/ada/accept", nil, nil); r.status != http.StatusConflict {
			t.Errorf("ada is away and accepts: %d", r.status)
		}
		b.control("PATCH", "/agents/ada", `{"available":true}`)
		if got := b.control("POST", "/agents/ada/accept", nil).text("id"); got != third {
			t.Errorf("ada got %s, want %s", got, third)
		}
	})
}

func TestAssignmentChanges(t *testing.T) {
	inBox(t, Options{}, func(b *box) {
		id := b.open()
		b.told()
		r := b.gateway("PATCH", "/conversations/"+id, `{"assignment":{"type":"queue","id":"102"},"user":{"caseId":"C1"}}`)
		if r.status != http.StatusAccepted || r.text("id") != id {
			t.Errorf("patch: %d %s", r.status, r.raw)
		}
		b.expect(
			"CONVERSATION_UPDATE active queue 101",
			"CONVERSATION_UPDATE active queue 102",
			"QUEUED 102 Billing",
		)
		got := b.gateway("GET", "/conversations/"+id, nil)
		if got.text("user.name") != "Mia" || got.text("user.caseId") != "C1" {
			t.Errorf("user: %s", got.raw)
		}
		b.control("POST", "/agents/bob/accept", nil)
		b.told()
		b.gateway("PUT", "/conversations/"+id, `{"assignment":{"id":"101"},"user":{"name":"Max"}}`)
		b.expect("CONVERSATION_UPDATE active agent bob")
		got = b.gateway("GET", "/conversations/"+id, nil)
		if got.text("user.name") != "Max" || got.get("user.caseId") != nil || got.text("assignment.type") != "agent" {
			t.Errorf("after put: %s", got.raw)
		}
	})
}
