package simulator

import (
	"net/http"
)

// What the control API does with queues and agents.

func (s *Simulator) queueViews() []queueView {
	views := make([]queueView, len(s.centre.queues))
	for i, q := range s.centre.queues {
		views[i] = s.centre.showQueue(q)
	}
	return views
}

func (s *Simulator) showQueues(*request) (answer, error) {
	return ok(map[string]any{"queues": s.queueViews()})
}

func (s *Simulator) makeQueue(r *request) (answer, error) {
	var q Queue
	if err := r.decodeStrict(&q); err != nil {
		return answer{}, err
	}
	if q.ID == "" {
		return answer{}, refuse("id", "", "required", "id is required.")
	}
	return answer{status: http.StatusCreated, body: s.centre.showQueue(s.centre.addQueue(q))}, nil
}

func (s *Simulator) agentViews() []agentView {
	views := make([]agentView, len(s.centre.agents))
	for i, a := range s.centre.agents {
		views[i] = a.show()
	}
	return views
}

func (s *Simulator) showAgents(*request) (answer, error) {
	return ok(map[string]any{"agents": s.agentViews()})
}

func (s *Simulator) showAgent(r *request) (answer, error) {
	a, err := s.centre.agent(r.param("id"))
	if err != nil {
		return answer{}, err
	}
	return ok(a.show())
}

// makeAgent adds an agent, or replaces one of the same id.
func (s *Simulator) makeAgent(r *request) (answer, error) {
	var a Agent
	if err := r.decodeStrict(&a); err != nil {
		return answer{}, err
	}
	v := a.check("")
	for _, q := range a.names() {
		s.centre.checkQueue(&v, "queues", q)
	}
	if err := v.err(); err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusCreated, body: s.centre.addAgent(a).show()}, nil
}

// changeAgent sets what is given. An agent made unavailable keeps the
// conversations it has.
func (s *Simulator) changeAgent(r *request) (answer, error) {
	a, err := s.centre.agent(r.param("id"))
	if err != nil {
		return answer{}, err
	}
	var req struct {
		Available *bool     `json:"available"`
		Queues    *[]string `json:"queues"`
		Capacity  *int      `json:"capacity"`
	}
	if err := r.decodeStrict(&req); err != nil {
		return answer{}, err
	}
	next := a.Agent
	if req.Available != nil {
		next.Away = !*req.Available
	}
	if req.Queues != nil {
		next.Queues = *req.Queues
	}
	if req.Capacity != nil {
		next.Capacity = *req.Capacity
	}
	v := next.check("")
	for _, q := range next.names() {
		s.centre.checkQueue(&v, "queues", q)
	}
	if err := v.err(); err != nil {
		return answer{}, err
	}
	return ok(s.centre.addAgent(next).show())
}
