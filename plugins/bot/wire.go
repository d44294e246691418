package bot

import (
	"encoding/json"
	"strings"
	"time"

	botv1 "github.com/patchbay-host/patchbay/proto/patchbay/bot/v1"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// The conversion between the author's types and the generated ones, both ways,
// is in wire.go (what goes to the bot), wire_event.go (what comes back) and
// nowhere else. What the other side sets that this version does not know is
// left out, never an error.

func turnToWire(t *Turn) *botv1.TurnRequest {
	w := &botv1.TurnRequest{
		TurnId:         string(t.ID),
		Attempt:        uint32(t.Attempt),
		Epoch:          t.Epoch,
		ConversationId: string(t.Conversation),
		Channel:        t.Channel,
		Customer: &botv1.Customer{
			Id: t.Customer.ID, Name: t.Customer.Name, Verified: t.Customer.Verified,
			Email: t.Customer.Email, Phone: t.Customer.Phone, Properties: t.Customer.Properties,
		},
		Language:    t.Language,
		Deliveries:  each(t.Deliveries, deliveryToWire),
		History:     each(t.History, historyToWire),
		State:       t.State,
		StateSchema: t.StateSchema,
		Deadline:    timeToWire(t.Deadline),
		DryRun:      t.DryRun,
		Line: &botv1.LineCapabilities{
			Cards: t.Line.Cards, QuickReplies: t.Line.QuickReplies,
			Attachments: t.Line.Attachments, Typing: t.Line.Typing,
		},
		Traceparent: t.TraceParent,
	}
	happenedToWire(t, w)
	return w
}

func happenedToWire(t *Turn, w *botv1.TurnRequest) {
	switch {
	case t.Started:
		w.Happened = &botv1.TurnRequest_Started{Started: &botv1.Started{}}
	case len(t.Messages) > 0 && t.Returned:
		w.Happened = &botv1.TurnRequest_Returned{Returned: &botv1.Returned{Messages: each(t.Messages, messageToWire)}}
	case len(t.Messages) > 0:
		w.Happened = &botv1.TurnRequest_Messages{Messages: &botv1.Messages{Messages: each(t.Messages, messageToWire)}}
	case t.Action != nil:
		w.Happened = &botv1.TurnRequest_Action{Action: &botv1.Action{
			Kind:  botv1.ActionKind(enumToWire(t.Action.Kind, "ACTION_KIND_", botv1.ActionKind_value)),
			Title: t.Action.Title, Value: t.Action.Value, DataJson: string(t.Action.Data),
		}}
	case t.AgentSessionEnded != nil:
		w.Happened = &botv1.TurnRequest_AgentSessionEnded{AgentSessionEnded: sessionToWire(t.AgentSessionEnded)}
	case t.HandoffOutcome != nil:
		w.Happened = &botv1.TurnRequest_HandoffOutcome{HandoffOutcome: &botv1.HandoffOutcome{
			Result: botv1.HandoffResult(enumToWire(t.HandoffOutcome.Result, "HANDOFF_RESULT_", botv1.HandoffResult_value)),
			Reason: t.HandoffOutcome.Reason, Target: t.HandoffOutcome.Target,
		}}
	case t.CustomerLeft:
		w.Happened = &botv1.TurnRequest_CustomerLeft{CustomerLeft: &botv1.CustomerLeft{}}
	case t.TimerDue != "":
		w.Happened = &botv1.TurnRequest_TimerDue{TimerDue: &botv1.TimerDue{Name: t.TimerDue}}
	}
}

func turnFromWire(w *botv1.TurnRequest) *Turn {
	customer, line := w.GetCustomer(), w.GetLine()
	t := &Turn{
		ID:           TurnID(w.GetTurnId()),
		Attempt:      int(w.GetAttempt()),
		Epoch:        w.GetEpoch(),
		Conversation: ConversationID(w.GetConversationId()),
		Channel:      w.GetChannel(),
		Customer: Customer{
			ID: customer.GetId(), Name: customer.GetName(), Verified: customer.GetVerified(),
			Email: customer.GetEmail(), Phone: customer.GetPhone(), Properties: customer.GetProperties(),
		},
		Language:    w.GetLanguage(),
		Deliveries:  each(w.GetDeliveries(), deliveryFromWire),
		History:     each(w.GetHistory(), historyFromWire),
		State:       w.GetState(),
		StateSchema: w.GetStateSchema(),
		Deadline:    timeFromWire(w.GetDeadline()),
		DryRun:      w.GetDryRun(),
		Line: LineCapabilities{
			Cards: line.GetCards(), QuickReplies: line.GetQuickReplies(),
			Attachments: line.GetAttachments(), Typing: line.GetTyping(),
		},
		TraceParent: w.GetTraceparent(),
	}
	happenedFromWire(w, t)
	return t
}

func happenedFromWire(w *botv1.TurnRequest, t *Turn) {
	switch h := w.GetHappened().(type) {
	case *botv1.TurnRequest_Started:
		t.Started = true
	case *botv1.TurnRequest_Messages:
		t.Messages = each(h.Messages.GetMessages(), messageFromWire)
	case *botv1.TurnRequest_Returned:
		t.Messages = each(h.Returned.GetMessages(), messageFromWire)
		t.Returned = len(t.Messages) > 0
	case *botv1.TurnRequest_Action:
		t.Action = &Action{
			Kind:  enumFromWire[ActionKind](int32(h.Action.GetKind()), "ACTION_KIND_", botv1.ActionKind_name),
			Title: h.Action.GetTitle(), Value: h.Action.GetValue(), Data: jsonFromWire(h.Action.GetDataJson()),
		}
	case *botv1.TurnRequest_AgentSessionEnded:
		t.AgentSessionEnded = sessionFromWire(h.AgentSessionEnded)
	case *botv1.TurnRequest_HandoffOutcome:
		t.HandoffOutcome = &HandoffOutcome{
			Result: enumFromWire[HandoffResult](int32(h.HandoffOutcome.GetResult()), "HANDOFF_RESULT_", botv1.HandoffResult_name),
			Reason: h.HandoffOutcome.GetReason(), Target: h.HandoffOutcome.GetTarget(),
		}
	case *botv1.TurnRequest_CustomerLeft:
		t.CustomerLeft = true
	case *botv1.TurnRequest_TimerDue:
		t.TimerDue = h.TimerDue.GetName()
	}
}

func sessionToWire(s *AgentSession) *botv1.AgentSession {
	return &botv1.AgentSession{
		HandedOffAt: timeToWire(s.HandedOffAt), JoinedAt: timeToWire(s.JoinedAt), EndedAt: timeToWire(s.EndedAt),
		Reason: s.Reason, Agents: each(s.Agents, agentToWire), Queues: s.Queues,
		Messages: each(s.Messages, historyToWire),
		End:      botv1.AgentSessionEnd(enumToWire(s.End, "AGENT_SESSION_END_", botv1.AgentSessionEnd_value)),
		Waiting:  each(s.Waiting, messageToWire),
	}
}

func sessionFromWire(w *botv1.AgentSession) *AgentSession {
	return &AgentSession{
		HandedOffAt: timeFromWire(w.GetHandedOffAt()), JoinedAt: timeFromWire(w.GetJoinedAt()), EndedAt: timeFromWire(w.GetEndedAt()),
		Reason: w.GetReason(), Agents: each(w.GetAgents(), agentFromWire), Queues: w.GetQueues(),
		Messages: each(w.GetMessages(), historyFromWire),
		End:      enumFromWire[AgentSessionEnd](int32(w.GetEnd()), "AGENT_SESSION_END_", botv1.AgentSessionEnd_name),
		Waiting:  each(w.GetWaiting(), messageFromWire),
	}
}

func agentToWire(a Agent) *botv1.Agent   { return &botv1.Agent{Id: a.ID, Name: a.Name} }
func agentFromWire(w *botv1.Agent) Agent { return Agent{ID: w.GetId(), Name: w.GetName()} }

func deliveryToWire(d Delivery) *botv1.Delivery {
	return &botv1.Delivery{
		TurnId: string(d.Turn), Seq: uint32(d.Seq), Detail: d.Detail,
		Result: botv1.DeliveryResult(enumToWire(d.Result, "DELIVERY_RESULT_", botv1.DeliveryResult_value)),
	}
}

func deliveryFromWire(w *botv1.Delivery) Delivery {
	return Delivery{
		Turn: TurnID(w.GetTurnId()), Seq: int(w.GetSeq()), Detail: w.GetDetail(),
		Result: enumFromWire[DeliveryResult](int32(w.GetResult()), "DELIVERY_RESULT_", botv1.DeliveryResult_name),
	}
}

func historyToWire(h HistoryMessage) *botv1.HistoryMessage {
	return &botv1.HistoryMessage{
		Author: botv1.Author(enumToWire(h.Author, "AUTHOR_", botv1.Author_value)),
		Name:   h.Name, Text: h.Text, At: timeToWire(h.At),
	}
}

func historyFromWire(w *botv1.HistoryMessage) HistoryMessage {
	return HistoryMessage{
		Author: enumFromWire[Author](int32(w.GetAuthor()), "AUTHOR_", botv1.Author_name),
		Name:   w.GetName(), Text: w.GetText(), At: timeFromWire(w.GetAt()),
	}
}

// each converts a slice; an empty one becomes nil.
func each[From, To any](from []From, convert func(From) To) []To {
	if len(from) == 0 {
		return nil
	}
	to := make([]To, len(from))
	for i, f := range from {
		to[i] = convert(f)
	}
	return to
}

// enumToWire finds the number of a word: the generated names are the words in
// capitals behind a prefix. An unknown word is 0, unspecified.
func enumToWire[T ~string](word T, prefix string, values map[string]int32) int32 {
	return values[prefix+strings.ToUpper(string(word))]
}

// enumFromWire finds the word of a number; an unknown one and 0 are empty.
func enumFromWire[T ~string](number int32, prefix string, names map[int32]string) T {
	if number == 0 {
		return ""
	}
	return T(strings.ToLower(strings.TrimPrefix(names[number], prefix)))
}

// timeToWire leaves the zero time out.
func timeToWire(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}

func timeFromWire(w *timestamppb.Timestamp) time.Time {
	if !w.IsValid() {
		return time.Time{}
	}
	return w.AsTime()
}

// durationToWire leaves 0 out.
func durationToWire(d time.Duration) *durationpb.Duration {
	if d == 0 {
		return nil
	}
	return durationpb.New(d)
}

// jsonFromWire leaves an empty text out.
func jsonFromWire(text string) json.RawMessage {
	if text == "" {
		return nil
	}
	return json.RawMessage(text)
}
