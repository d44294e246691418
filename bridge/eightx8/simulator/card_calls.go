package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"
)

// cardActionPath is where cards are acted on: outside the gateway's base.
const cardActionPath = "/api/v1/tenant"

// The kinds of action on an Adaptive Card.
const (
	actionSubmit  = "Action.Submit"
	actionExecute = "Action.Execute"
)

func (s *Simulator) cardRoutes(g *gin.RouterGroup) {
	g.PUT("/conversations/:id/cards/:cardId/action-submit", s.call(objectsStyle(), s.actOnCard(actionSubmit)))
	g.PUT("/conversations/:id/cards/:cardId/action-execute", s.call(objectsStyle(), s.actOnCard(actionExecute)))
}

// checkCardTenant refuses paths of another tenant.
func (s *Simulator) checkCardTenant(c *gin.Context) {
	if tenant := c.Param("tenant"); tenant != s.opt.Tenant {
		reason := fmt.Sprintf("Tenant %s does not belong to customer %s.", tenant, s.opt.Customer)
		writeJSON(c.Writer, http.StatusForbidden, problemType, forbidden(reason))
		c.Abort()
	}
}

// listCards gives the cards of one message.
func (s *Simulator) listCards(r *request) (answer, error) {
	m, err := s.messageOf(r)
	if err != nil {
		return answer{}, err
	}
	type placed struct {
		cardView
		place int
	}
	items := make([]placed, len(m.cards))
	for i, c := range m.cards {
		items[i] = placed{cardView: c.whole(), place: i}
	}
	l := listing[placed]{
		name:    "cards",
		top:     "cards",
		sort:    "createdAt:desc",
		ordered: map[string]func(a, b placed) int{"createdAt": func(a, b placed) int { return a.place - b.place }},
	}
	return l.answer(r, items, s.opt.MaxPageSize, s.opt.Quirks)
}

// actOnCard marks a card and tells of the action. No data travels in the call,
// so none is in the event.
func (s *Simulator) actOnCard(action string) endpoint {
	return func(r *request) (answer, error) {
		t, err := s.centre.ticket(r.param("id"))
		if err != nil {
			return answer{}, err
		}
		c, err := t.card(r.param("cardId"))
		if err != nil {
			return answer{}, err
		}
		var req struct {
			Name string `json:"name"`
		}
		if err := r.decode(&req); err != nil {
			return answer{}, err
		}
		if err := s.centre.actOnCard(t, c, action, nil); err != nil {
			return answer{}, err
		}
		return nothing()
	}
}

// actOnCard is the pressing of an action of an Adaptive Card.
func (c *centre) actOnCard(t *ticket, one *card, action string, data json.RawMessage) error {
	if one.contentType != adaptiveType {
		return refuse("cardId", one.id, "invalid_card", "Card %s is not an Adaptive Card.", one.id)
	}
	if action == actionExecute {
		one.executed = true
	} else {
		one.submitted = true
	}
	if !given(data) {
		data = json.RawMessage("{}")
	}
	c.tellActivity(t, "adaptiveCard/action", map[string]any{"type": action, "data": data})
	return nil
}
