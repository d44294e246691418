package simulator

// The events that the Chat API alone has. It shares QUEUED and TRANSFER with
// the gateway, and tells nothing of what its caller sent.
const (
	eventAgentJoined = "AGENT_JOINED"
	eventAgentLeft   = "AGENT_LEFT"
	eventText        = "TEXT"
)

// flatEvent is the body of a webhook of version v2.0.
type flatEvent struct {
	EventType      string `json:"eventType"`
	MessageType    string `json:"messageType"`
	ConversationID string `json:"conversationId"`
	QueueID        string `json:"queueId,omitempty"`
	QueueName      string `json:"queueName,omitempty"`
	AgentID        string `json:"agentId,omitempty"`
	AgentName      string `json:"agentName,omitempty"`
	Message        string `json:"message,omitempty"`
	Timestamp      int64  `json:"timestamp"`
}

// flatten is the event in the Chat API's shape; false if it has none.
func (c *centre) flatten(e event) (event, bool) {
	flat := flatEvent{EventType: e.EventType, MessageType: "SYSTEM", ConversationID: e.ConversationID, Timestamp: e.Timestamp}
	switch data := e.Data.(type) {
	case queuedData:
		flat.QueueID, flat.QueueName = data.QueueID, data.QueueName
	case membersData:
		if data.MemberType != authorAgent {
			return event{}, false
		}
		flat.EventType = eventAgentJoined
		if data.Change == memberLeft {
			flat.EventType = eventAgentLeft
		}
		flat.AgentID, flat.AgentName = data.ID, c.nameOf(data.ID)
	case messageData:
		if data.Sender.Type != authorAgent || data.Text == "" {
			return event{}, false
		}
		flat.EventType, flat.MessageType, flat.Message = eventText, "AGENT", data.Text
		flat.AgentID, flat.AgentName = data.Sender.ID, c.nameOf(data.Sender.ID)
	case nil: // TRANSFER
	default:
		return event{}, false
	}
	return event{EventType: flat.EventType, ConversationID: e.ConversationID, body: flat, tags: e.tags}, true
}

// nameOf is the name of an agent, who may be gone.
func (c *centre) nameOf(agentID string) string {
	if a, err := c.agent(agentID); err == nil {
		return a.Name
	}
	return agentID
}
