package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"
)

// gatewayVersion is the only version of events a gateway webhook may have.
const gatewayVersion = "Chat Gateway v1.0"

// webhook is an address for events, as stored and as answered.
type webhook struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	URI     string `json:"uri"`
	Version string `json:"version"`
}

// webhookRequest is what create and put take. The schema requires
// notificationVersion and defines version: the first must be there, the second
// must be right if it is.
type webhookRequest struct {
	Name                string `json:"name"`
	URI                 string `json:"uri"`
	Version             string `json:"version"`
	NotificationVersion string `json:"notificationVersion"`
}

func (w webhookRequest) check() error {
	var v violations
	v.require("name", w.Name)
	v.limit("name", w.Name, 256)
	v.require("notificationVersion", w.NotificationVersion)
	if w.Version != "" && w.Version != gatewayVersion {
		v.add("version", w.Version, "invalid_version", "Version %s is not supported.", w.Version)
	}
	checkURI(&v, w.URI)
	return v.err()
}

func checkURI(v *violations, uri string) {
	if uri == "" {
		v.require("uri", uri)
		return
	}
	u, err := url.Parse(uri)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		v.add("uri", uri, "invalid_uri", "URI %s is not an absolute http or https address.", uri)
	}
}

// fill takes over what was asked for. 256 characters go into a name and 255
// come out.
func (w *webhook) fill(r webhookRequest) {
	name := []rune(r.Name)
	w.Name, w.URI, w.Version = string(name[:min(255, len(name))]), r.URI, gatewayVersion
}

func (s *Simulator) listWebhooks(r *request) (answer, error) {
	l := listing[*webhook]{
		name: "webhooks",
		sort: "id:asc",
		fields: fields[*webhook]{
			"id":      func(w *webhook) string { return w.ID },
			"name":    func(w *webhook) string { return w.Name },
			"uri":     func(w *webhook) string { return w.URI },
			"version": func(w *webhook) string { return w.Version },
		},
		ordered: map[string]func(a, b *webhook) int{
			"id":   func(a, b *webhook) int { return byID(a.ID, b.ID) },
			"name": func(a, b *webhook) int { return byID(a.Name, b.Name) },
		},
	}
	return l.answer(r, s.centre.webhooks, s.opt.MaxPageSize, s.opt.Quirks)
}

func (s *Simulator) createWebhook(r *request) (answer, error) {
	var req webhookRequest
	if err := r.decode(&req); err != nil {
		return answer{}, err
	}
	if err := req.check(); err != nil {
		return answer{}, err
	}
	w := &webhook{ID: s.centre.ids.counted(func(id string) bool {
		_, err := s.centre.webhook(id)
		return err == nil
	})}
	w.fill(req)
	s.centre.webhooks = append(s.centre.webhooks, w)
	return ok(w)
}

func (s *Simulator) getWebhook(r *request) (answer, error) {
	w, err := s.centre.webhook(r.param("id"))
	if err != nil {
		return answer{}, err
	}
	return ok(w)
}

func (s *Simulator) putWebhook(r *request) (answer, error) {
	w, err := s.centre.webhook(r.param("id"))
	if err != nil {
		return answer{}, err
	}
	var req webhookRequest
	if err := r.decode(&req); err != nil {
		return answer{}, err
	}
	if err := req.check(); err != nil {
		return answer{}, err
	}
	w.fill(req)
	return ok(w)
}

// deleteWebhook deletes also while channels use it: their events then go
// nowhere.
func (s *Simulator) deleteWebhook(r *request) (answer, error) {
	w, err := s.centre.webhook(r.param("id"))
	if err != nil {
		return answer{}, err
	}
	s.centre.webhooks = slices.DeleteFunc(s.centre.webhooks, func(one *webhook) bool { return one == w })
	return nothing()
}

// verification is the unsigned event by which 8x8 tries an address.
type verification struct {
	NotificationVersion string `json:"notificationVersion"`
	EventType           string `json:"eventType"`
}

// verifyWebhook posts to the address while the caller waits, and so without
// the lock.
func (s *Simulator) verifyWebhook(c *gin.Context) {
	err := func() error {
		r, err := s.read(c)
		if err != nil {
			return err
		}
		var req struct {
			Version string `json:"version"`
			URI     string `json:"uri"`
		}
		if err := r.decode(&req); err != nil {
			return err
		}
		var v violations
		v.require("version", req.Version)
		if req.Version != "" && !slices.Contains([]string{gatewayVersion, "v1.0", "v2.0"}, req.Version) {
			v.add("version", req.Version, "invalid_version", "Version %s is not supported.", req.Version)
		}
		checkURI(&v, req.URI)
		if err := v.err(); err != nil {
			return err
		}
		body, err := json.Marshal(verification{NotificationVersion: req.Version, EventType: eventVerify})
		if err != nil {
			return fmt.Errorf("encode verification: %w", err)
		}
		if _, err := s.post(c.Request.Context(), req.URI, body, nil); err != nil {
			return refuse("uri", req.URI, "webhook_not_reachable", "The webhook at %s was not verified: %v.", req.URI, err)
		}
		return nil
	}()
	if err != nil {
		status, problem := generalStyle().render(err, s.reference())
		writeJSON(c.Writer, status, problemType, problem)
		return
	}
	write(c.Writer, http.StatusNoContent, "", nil)
}
