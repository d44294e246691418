package bot

import (
	botv1 "github.com/patchbay-host/patchbay/proto/patchbay/bot/v1"
)

func messageToWire(m Message) *botv1.Message {
	return &botv1.Message{
		Id: m.ID, Text: m.Text, At: timeToWire(m.At),
		Cards: each(m.Cards, func(c Card) *botv1.Card {
			return &botv1.Card{ContentType: c.ContentType, ContentJson: string(c.Content), Fallback: c.Fallback}
		}),
		QuickReplies: each(m.QuickReplies, func(q QuickReply) *botv1.QuickReply {
			return &botv1.QuickReply{Title: q.Title, Value: q.Value}
		}),
		Attachments: each(m.Attachments, func(a Attachment) *botv1.Attachment {
			return &botv1.Attachment{Name: a.Name, ContentType: a.ContentType, Url: a.URL, Data: a.Data, Size: a.Size}
		}),
	}
}

func messageFromWire(w *botv1.Message) Message {
	return Message{
		ID: w.GetId(), Text: w.GetText(), At: timeFromWire(w.GetAt()),
		Cards: each(w.GetCards(), func(c *botv1.Card) Card {
			return Card{ContentType: c.GetContentType(), Content: jsonFromWire(c.GetContentJson()), Fallback: c.GetFallback()}
		}),
		QuickReplies: each(w.GetQuickReplies(), func(q *botv1.QuickReply) QuickReply {
			return QuickReply{Title: q.GetTitle(), Value: q.GetValue()}
		}),
		Attachments: each(w.GetAttachments(), func(a *botv1.Attachment) Attachment {
			return Attachment{Name: a.GetName(), ContentType: a.GetContentType(), URL: a.GetUrl(), Data: a.GetData(), Size: a.GetSize()}
		}),
	}
}

func eventToWire(e Event) *botv1.TurnResponse {
	w := &botv1.TurnResponse{Seq: uint32(e.Seq)}
	switch {
	case e.Message != nil:
		w.Event = &botv1.TurnResponse_Message{Message: messageToWire(*e.Message)}
	case e.Typing != nil:
		w.Event = &botv1.TurnResponse_Typing{Typing: &botv1.Typing{
			Duration: durationToWire(e.Typing.For), Thinking: e.Typing.Thinking,
		}}
	case e.Done != nil:
		w.Event = &botv1.TurnResponse_Done{Done: doneToWire(e.Done)}
	case e.Fail != nil:
		w.Event = &botv1.TurnResponse_Fail{Fail: &botv1.Fail{
			Reason: e.Fail.Reason, Retryable: e.Fail.Retryable, RetryAfter: durationToWire(e.Fail.RetryAfter),
		}}
	}
	return w
}

func eventFromWire(w *botv1.TurnResponse) Event {
	e := Event{Seq: int(w.GetSeq())}
	switch event := w.GetEvent().(type) {
	case *botv1.TurnResponse_Message:
		m := messageFromWire(event.Message)
		e.Message = &m
	case *botv1.TurnResponse_Typing:
		e.Typing = &Typing{For: event.Typing.GetDuration().AsDuration(), Thinking: event.Typing.GetThinking()}
	case *botv1.TurnResponse_Done:
		e.Done = doneFromWire(event.Done)
	case *botv1.TurnResponse_Fail:
		e.Fail = &Fail{
			Reason: event.Fail.GetReason(), Retryable: event.Fail.GetRetryable(),
			RetryAfter: event.Fail.GetRetryAfter().AsDuration(),
		}
	}
	return e
}

// doneToWire leaves StateSchema out: the bot's description has it.
func doneToWire(d *Done) *botv1.Done {
	w := &botv1.Done{
		State: d.State, Properties: d.Properties,
		Timers: each(d.Timers, func(t Timer) *botv1.Timer {
			return &botv1.Timer{Name: t.Name, After: durationToWire(t.After)}
		}),
	}
	switch {
	case d.Handoff != nil:
		w.Next = &botv1.Done_Handoff{Handoff: &botv1.Handoff{
			Target: d.Handoff.Target, Reason: d.Handoff.Reason,
			Summary: d.Handoff.Summary, Properties: d.Handoff.Properties,
		}}
	case d.End != nil:
		w.Next = &botv1.Done_End{End: &botv1.End{Reason: d.End.Reason}}
	}
	return w
}

func doneFromWire(w *botv1.Done) *Done {
	d := &Done{
		State: w.State, Properties: w.GetProperties(),
		Timers: each(w.GetTimers(), func(t *botv1.Timer) Timer {
			return Timer{Name: t.GetName(), After: t.GetAfter().AsDuration()}
		}),
	}
	switch next := w.GetNext().(type) {
	case *botv1.Done_Handoff:
		d.Handoff = &Handoff{
			Target: next.Handoff.GetTarget(), Reason: next.Handoff.GetReason(),
			Summary: next.Handoff.GetSummary(), Properties: next.Handoff.GetProperties(),
		}
	case *botv1.Done_End:
		d.End = &End{Reason: next.End.GetReason()}
	}
	return d
}

func observedToWire(o *Observed) *botv1.ObserveRequest {
	return &botv1.ObserveRequest{
		ConversationId: string(o.Conversation), Channel: o.Channel,
		Observations: each(o.Observations, observationToWire),
	}
}

func observedFromWire(w *botv1.ObserveRequest) *Observed {
	return &Observed{
		Conversation: ConversationID(w.GetConversationId()), Channel: w.GetChannel(),
		Observations: each(w.GetObservations(), observationFromWire),
	}
}

func observationToWire(o Observation) *botv1.Observation {
	w := &botv1.Observation{Number: o.Number, At: timeToWire(o.At)}
	switch {
	case o.Queued != "":
		w.Happened = &botv1.Observation_Queued{Queued: o.Queued}
	case o.AgentJoined != nil:
		w.Happened = &botv1.Observation_AgentJoined{AgentJoined: agentToWire(*o.AgentJoined)}
	case o.AgentLeft != nil:
		w.Happened = &botv1.Observation_AgentLeft{AgentLeft: agentToWire(*o.AgentLeft)}
	case o.Said != nil:
		w.Happened = &botv1.Observation_Said{Said: historyToWire(*o.Said)}
	case o.Transferred:
		w.Happened = &botv1.Observation_Transferred{Transferred: true}
	}
	return w
}

func observationFromWire(w *botv1.Observation) Observation {
	o := Observation{Number: w.GetNumber(), At: timeFromWire(w.GetAt())}
	switch happened := w.GetHappened().(type) {
	case *botv1.Observation_Queued:
		o.Queued = happened.Queued
	case *botv1.Observation_AgentJoined:
		agent := agentFromWire(happened.AgentJoined)
		o.AgentJoined = &agent
	case *botv1.Observation_AgentLeft:
		agent := agentFromWire(happened.AgentLeft)
		o.AgentLeft = &agent
	case *botv1.Observation_Said:
		said := historyFromWire(happened.Said)
		o.Said = &said
	case *botv1.Observation_Transferred:
		o.Transferred = happened.Transferred
	}
	return o
}

func descriptionToWire(d Description) *botv1.DescribeResponse {
	return &botv1.DescribeResponse{
		Name: d.Name, Version: d.Version, Capabilities: d.Capabilities,
		SettingsSchema: d.SettingsSchema, StateSchema: d.StateSchema,
		Limits: &botv1.Limits{Turns: d.Turns, History: d.History},
	}
}

func descriptionFromWire(w *botv1.DescribeResponse) Description {
	return Description{
		Name: w.GetName(), Version: w.GetVersion(), Capabilities: w.GetCapabilities(),
		SettingsSchema: w.GetSettingsSchema(), StateSchema: w.GetStateSchema(),
		Turns: w.GetLimits().GetTurns(), History: w.GetLimits().GetHistory(),
	}
}

func settingErrorsToWire(es SettingErrors) *botv1.ConfigureResponse {
	return &botv1.ConfigureResponse{Errors: each(es, func(e SettingError) *botv1.SettingError {
		return &botv1.SettingError{Key: e.Key, Problem: e.Problem}
	})}
}

func settingErrorsFromWire(w *botv1.ConfigureResponse) SettingErrors {
	return each(w.GetErrors(), func(e *botv1.SettingError) SettingError {
		return SettingError{Key: e.GetKey(), Problem: e.GetProblem()}
	})
}
