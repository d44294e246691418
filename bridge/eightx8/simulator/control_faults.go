package simulator

import "bytes"

// What the control API remembers and breaks.

// showCalls lists the calls of 8x8's API, oldest first; ?match= picks some as a
// fault rule would.
func (s *Simulator) showCalls(r *request) (answer, error) {
	match := r.query.Get("match")
	calls := []*callRecord{}
	for _, c := range s.journal.calls {
		if match == "" || matchesCall(match, c.Method, c.where) {
			calls = append(calls, c)
		}
	}
	return ok(map[string]any{"requests": calls, "total": s.journal.seen})
}

func (s *Simulator) forgetCalls(*request) (answer, error) {
	s.journal.calls = nil
	return nothing()
}

// showEvents lists the events and their deliveries, oldest first;
// ?conversationId= picks those of one conversation.
func (s *Simulator) showEvents(r *request) (answer, error) {
	id := r.query.Get("conversationId")
	events := []*eventRecord{}
	for _, e := range s.journal.events {
		if id == "" || e.ConversationID == id {
			events = append(events, e)
		}
	}
	return ok(map[string]any{"events": events, "total": s.journal.told})
}

// expireTokens makes every token that was given out invalid.
func (s *Simulator) expireTokens(*request) (answer, error) {
	return ok(map[string]any{"expired": s.tokens.revoke("")})
}

func (s *Simulator) showFaults(*request) (answer, error) {
	return ok(map[string]any{"faults": listed(s.faults.rules)})
}

// setFaults replaces all rules, by a list of them or by {"faults": list}. What
// was held back is let go.
func (s *Simulator) setFaults(r *request) (answer, error) {
	var req struct {
		Faults []*Fault `json:"faults"`
	}
	body := r.body
	if bytes.HasPrefix(bytes.TrimSpace(body), []byte("[")) {
		body = append(append([]byte(`{"faults":`), body...), '}')
	}
	if err := decodeJSON(body, &req, true); err != nil {
		return answer{}, err
	}
	if err := checkFaults(req.Faults).err(); err != nil {
		return answer{}, err
	}
	s.replaceFaults(req.Faults)
	return s.showFaults(r)
}

func (s *Simulator) clearFaults(*request) (answer, error) {
	s.replaceFaults(nil)
	return nothing()
}

func (s *Simulator) replaceFaults(rules []*Fault) {
	s.faults.rules = rules
	for _, d := range s.outbox.held {
		d.record.State = eventPending
	}
	s.outbox.release()
	s.kick()
}
