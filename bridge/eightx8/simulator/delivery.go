package simulator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	maxInFlight = 64               // webhooks being posted at once
	postTimeout = 15 * time.Second // for one attempt, whatever the client allows
	giveUpAfter = 24 * time.Hour   // how long a failing webhook is repeated
)

// errNoWebhook says that an event's channel has no webhook, or is gone.
var errNoWebhook = errors.New("channel has no webhook")

// emit hands an event to the outbox, for every webhook that hears of the
// ticket. The lock is held.
func (s *Simulator) emit(t *ticket, e event) {
	for _, webhookID := range s.centre.audience(t) {
		s.emitTo(webhookID, t, e)
	}
	s.kick()
}

// emitTo hands it over for one webhook, past the fault rules.
func (s *Simulator) emitTo(webhookID string, t *ticket, e event) {
	if w := s.centre.hook(webhookID, t.channelID); w != nil && w.Version != gatewayVersion {
		var has bool
		if e, has = s.centre.flatten(e); !has {
			return
		}
	}
	body, err := e.encode()
	if err != nil {
		s.log.Error("encode event", "event", e.EventType, "err", err)
		return
	}
	d := &delivery{
		eventID:      s.centre.ids.opaque(),
		conversation: t.id,
		channelID:    t.channelID,
		webhookID:    webhookID,
		body:         body,
		since:        s.opt.Clock.Now(),
	}
	d.record = s.journal.event(d, e)
	s.dispatch(d, s.faults.pickEvent(e))
}

// dispatch puts a new event where the fault, if any, wants it.
func (s *Simulator) dispatch(d *delivery, f *Fault) {
	if f == nil {
		s.outbox.push(d)
		return
	}
	d.record.Fault = f.Match
	d.forged, d.age = f.BadSignature, time.Duration(f.Age)
	switch {
	case f.Drop:
		d.record.State = eventDropped
		return
	case f.Hold:
		d.record.State = eventHeld
		s.outbox.held = append(s.outbox.held, d)
	case f.Delay > 0:
		s.after(time.Duration(f.Delay), func() { s.outbox.alone = append(s.outbox.alone, d) })
	default:
		s.outbox.push(d)
	}
	if f.Twice {
		again := *d
		s.outbox.push(&again)
	}
}

// launch starts as many deliveries as may be in flight. The lock is held.
func (s *Simulator) launch(ctx context.Context) {
	for s.inFlight < maxInFlight {
		d, l, ok := s.outbox.pop()
		if !ok {
			return
		}
		s.inFlight++
		uri := s.centre.address(d.webhookID, d.channelID)
		s.work.Go(func() {
			status, err := s.attempt(ctx, uri, d)
			s.mu.Lock()
			defer s.mu.Unlock()
			s.inFlight--
			s.settleAttempt(d, status, err)
			s.outbox.done(l)
			s.kick()
		})
	}
}

// settleAttempt notes what became of an attempt and plans the next one if it
// failed. The lock is held.
func (s *Simulator) settleAttempt(d *delivery, status int, err error) {
	d.record.tried(s.opt.Clock.Now(), d.retry, status, err)
	if err == nil {
		d.record.State = eventDelivered
		return
	}
	if errors.Is(err, errNoWebhook) {
		d.record.State = eventNoWebhook
		return
	}
	s.log.Warn("webhook refused", "conversation", d.conversation, "event", d.eventID, "attempt", d.retry+1, "err", err)
	if s.opt.Clock.Now().Sub(d.since) > giveUpAfter {
		if d.record.State == eventPending {
			d.record.State = eventGivenUp
		}
		return
	}
	wait := s.opt.RetryDelays[min(d.retry, len(s.opt.RetryDelays)-1)]
	d.retry++
	d.forged, d.age = false, 0
	s.after(wait, func() { s.outbox.alone = append(s.outbox.alone, d) })
}

// attempt posts the event once. Anything but a 2xx is an error. It reads d
// alone and needs no lock.
func (s *Simulator) attempt(ctx context.Context, uri string, d *delivery) (int, error) {
	if uri == "" {
		return 0, errNoWebhook
	}
	sent := s.opt.Clock.Now().Add(-d.age).UnixMilli()
	signature, err := s.signer.sign(signedPayload{
		Checksum:         checksum(d.body),
		CustomerID:       s.opt.Customer,
		EventID:          d.eventID,
		Retry:            d.retry,
		TenantID:         s.opt.Tenant,
		TransmissionTime: sent,
	})
	if err != nil {
		return 0, err
	}
	if d.forged {
		signature = forge(signature)
	}
	return s.post(ctx, uri, d.body, map[string]string{
		"x-8x8-tenant-id":         s.opt.Tenant,
		"x-8x8-customer-id":       s.opt.Customer,
		"x-8x8-event-id":          d.eventID,
		"x-8x8-transmission-time": strconv.FormatInt(sent, 10),
		"x-8x8-retry":             strconv.Itoa(d.retry),
		"x-8x8-signature":         signature,
	})
}

func (s *Simulator) post(ctx context.Context, uri string, body []byte, headers map[string]string) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, postTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, uri, bytes.NewReader(body))
	if err != nil {
		return 0, fmt.Errorf("build webhook request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	for name, value := range headers {
		req.Header.Set(name, value)
	}
	resp, err := s.opt.Client.Do(req)
	if err != nil {
		return 0, fmt.Errorf("post webhook: %w", err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10)) // so that the connection is used again
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return resp.StatusCode, fmt.Errorf("post webhook: answered %d", resp.StatusCode)
	}
	return resp.StatusCode, nil
}

// forge spoils a signature without spoiling its form.
func forge(signature string) string {
	dots := strings.Index(signature, "..")
	head, tail := signature[:dots+2], []byte(signature[dots+2:])
	if tail[0] == 'A' {
		tail[0] = 'B'
	} else {
		tail[0] = 'A'
	}
	return head + string(tail)
}
