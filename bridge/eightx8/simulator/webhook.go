package simulator

import (
	"net/url"
	"slices"
)

// gatewayVersion is the only version of events a gateway webhook may have.
// The two others are those of the Chat API; what v1.0 looked like the vendor
// no longer says, so its webhooks get the events of v2.0.
const (
	gatewayVersion = "Chat Gateway v1.0"
	chatVersion    = "v2.0"
	oldChatVersion = "v1.0"
)

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
	Name                string  `json:"name"`
	URI                 string  `json:"uri"`
	Version             *string `json:"version"`
	NotificationVersion string  `json:"notificationVersion"`
}

func (w webhookRequest) check(d dialect) error {
	var v violations
	v.require("name", w.Name)
	v.limit("name", w.Name, 256)
	v.require("notificationVersion", w.NotificationVersion)
	if w.Version != nil && !slices.Contains(d.versions, *w.Version) {
		v.add("version", *w.Version, "invalid_version", "Version %s is not supported.", *w.Version)
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
func (w *webhook) fill(r webhookRequest, d dialect) {
	name := []rune(r.Name)
	w.Name, w.URI, w.Version = string(name[:min(255, len(name))]), r.URI, d.versions[0]
	switch {
	case r.Version != nil:
		w.Version = *r.Version
	case slices.Contains(d.versions, r.NotificationVersion):
		w.Version = r.NotificationVersion
	}
}

// webhookOf is the webhook of that id, if it is of the dialect.
func (c *centre) webhookOf(d dialect, id string) (*webhook, error) {
	w, err := c.webhook(id)
	if err == nil && !slices.Contains(d.versions, w.Version) {
		return nil, missing{kind: "WebHook", id: id}
	}
	return w, err
}

// webhooksOf are the webhooks of the dialect.
func (c *centre) webhooksOf(d dialect) []*webhook {
	return slices.DeleteFunc(slices.Clone(c.webhooks), func(w *webhook) bool {
		return !slices.Contains(d.versions, w.Version)
	})
}

func (s *Simulator) listWebhooks(d dialect) endpoint {
	return func(r *request) (answer, error) {
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
			flat: d.flat,
		}
		return l.answer(r, s.centre.webhooksOf(d), s.opt.MaxPageSize, s.opt.Quirks)
	}
}

func (s *Simulator) createWebhook(d dialect) endpoint {
	return func(r *request) (answer, error) {
		var req webhookRequest
		if err := r.decode(&req); err != nil {
			return answer{}, err
		}
		if err := req.check(d); err != nil {
			return answer{}, err
		}
		w := &webhook{ID: s.centre.ids.counted(func(id string) bool {
			_, err := s.centre.webhook(id)
			return err == nil
		})}
		w.fill(req, d)
		s.centre.webhooks = append(s.centre.webhooks, w)
		return ok(w)
	}
}

func (s *Simulator) getWebhook(d dialect) endpoint {
	return func(r *request) (answer, error) {
		w, err := s.centre.webhookOf(d, r.param("id"))
		if err != nil {
			return answer{}, err
		}
		return ok(w)
	}
}

func (s *Simulator) putWebhook(d dialect) endpoint {
	return func(r *request) (answer, error) {
		w, err := s.centre.webhookOf(d, r.param("id"))
		if err != nil {
			return answer{}, err
		}
		if err := r.checkMatch(); err != nil {
			return answer{}, err
		}
		var req webhookRequest
		if err := r.decode(&req); err != nil {
			return answer{}, err
		}
		if err := req.check(d); err != nil {
			return answer{}, err
		}
		w.fill(req, d)
		return ok(w)
	}
}

// deleteWebhook deletes also while channels use it: their events then go
// nowhere.
func (s *Simulator) deleteWebhook(d dialect) endpoint {
	return func(r *request) (answer, error) {
		w, err := s.centre.webhookOf(d, r.param("id"))
		if err != nil {
			return answer{}, err
		}
		s.centre.webhooks = slices.DeleteFunc(s.centre.webhooks, func(one *webhook) bool { return one == w })
		return nothing()
	}
}
