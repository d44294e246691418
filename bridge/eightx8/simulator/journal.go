package simulator

import "time"

const journalLength = 2000 // of calls and of events; older ones are forgotten

// The states of an event in the journal.
const (
	eventPending   = "pending"
	eventHeld      = "held"
	eventDelivered = "delivered"
	eventDropped   = "dropped"
	eventNoWebhook = "no_webhook"
	eventGivenUp   = "given_up"
)

// journal remembers the latest calls and events for the control API. It holds
// no text of messages. Not safe for concurrent use.
type journal struct {
	calls  []*callRecord
	events []*eventRecord
	seen   int // calls so far, forgotten ones included
	told   int // events so far, forgotten ones included
}

// callRecord is one call of 8x8's API.
type callRecord struct {
	Number   int       `json:"number"`
	At       time.Time `json:"at"`
	Method   string    `json:"method"`
	Path     string    `json:"path"`
	Status   int       `json:"status"`   // 0 while it lasts, or if it was not carried out
	Answered bool      `json:"answered"` // false while it lasts, or if the connection was cut
	Done     bool      `json:"done"`
	TookMS   int64     `json:"tookMs"`
	Fault    string    `json:"fault,omitempty"` // the rule that acted

	where string // the path below 8x8's base
}

// eventRecord is one event and how its delivery went.
type eventRecord struct {
	Number         int       `json:"number"`
	At             time.Time `json:"at"`
	ID             string    `json:"id"`
	EventType      string    `json:"eventType"`
	ConversationID string    `json:"conversationId"`
	Tags           []string  `json:"tags,omitempty"`
	State          string    `json:"state"`
	Fault          string    `json:"fault,omitempty"`
	Attempts       []attempt `json:"attempts"`
}

type attempt struct {
	At     time.Time `json:"at"`
	Retry  int       `json:"retry"`
	Status int       `json:"status"`
	Error  string    `json:"error,omitempty"`
}

func (j *journal) call(at time.Time, method, path, where string) *callRecord {
	j.seen++
	r := &callRecord{Number: j.seen, At: at, Method: method, Path: path, where: where}
	j.calls = append(j.calls, r)
	if len(j.calls) > journalLength {
		j.calls = append([]*callRecord(nil), j.calls[journalLength/2:]...)
	}
	return r
}

func (j *journal) event(d *delivery, e event) *eventRecord {
	j.told++
	r := &eventRecord{
		Number: j.told, At: d.since, ID: d.eventID, EventType: e.EventType, ConversationID: e.ConversationID,
		Tags: e.tags, State: eventPending, Attempts: []attempt{},
	}
	j.events = append(j.events, r)
	if len(j.events) > journalLength {
		j.events = append([]*eventRecord(nil), j.events[journalLength/2:]...)
	}
	return r
}

// tried notes an attempt; of many, the first and the latest 20 are kept.
func (r *eventRecord) tried(at time.Time, retry, status int, err error) {
	a := attempt{At: at, Retry: retry, Status: status}
	if err != nil {
		a.Error = err.Error()
	}
	r.Attempts = append(r.Attempts, a)
	if len(r.Attempts) > 21 {
		r.Attempts = append(r.Attempts[:1], r.Attempts[2:]...)
	}
}
