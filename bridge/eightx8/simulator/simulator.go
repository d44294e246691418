package simulator

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// ErrRunning is returned by Run while another Run is going on.
var ErrRunning = errors.New("simulator: already running")

// Simulator is a contact centre in a box. Make one with New, serve its Handler
// and run it with Run. All methods are safe for concurrent use.
type Simulator struct {
	opt     Options
	log     *slog.Logger
	signer  *signer
	handler http.Handler
	wake    chan struct{} // holds one token when Run should look again

	mu       sync.Mutex // guards all below
	centre   *centre
	schedule schedule
	outbox   outbox
	inFlight int
	faults   faults
	journal  journal
	tokens   tokens
	running  bool
	stopping chan struct{} // closed when the present Run ends; nil before the first

	work sync.WaitGroup // deliveries in flight
}

// New makes a simulator. It panics only if no RSA key can be made, for which
// the machine would have to be without randomness.
func New(o Options) *Simulator {
	o = o.withDefaults()
	ids := newIdentifiers(o.Seed)
	signer, err := newSigner(o.Key, cmp.Or(o.KeyID, ids.opaque()))
	if err != nil {
		panic(err)
	}
	s := &Simulator{
		opt:    o,
		log:    o.Logger,
		signer: signer,
		wake:   make(chan struct{}, 1),
		outbox: outbox{lanes: make(map[string]*lane)},
	}
	s.centre = &centre{
		now:    o.Clock.Now,
		emit:   s.emit,
		after:  s.after,
		ids:    ids,
		log:    o.Logger,
		quirks: o.Quirks,

		publicURL: o.PublicURL,
		byID:      make(map[string]*ticket),
	}
	s.centre.stock(o)
	for _, f := range o.Faults {
		s.faults.rules = append(s.faults.rules, &f)
	}
	s.handler = s.guard(s.routes())
	return s
}

// Handler answers 8x8's paths (/chat-gateway/v1, /oauth/v2/token and /vcc) and
// the control API under /simulator/v1. It works whether or not Run is going on; without it, nothing
// is delivered and no script plays. A call that a fault cuts off panics with
// [http.ErrAbortHandler], as net/http wants it.
func (s *Simulator) Handler() http.Handler { return s.handler }

// Run delivers webhooks, repeats the ones that were refused, and plays the
// agents' scripts, until ctx ends; then it waits for what is in flight and
// returns nil. What was not delivered is kept for the next Run. A second Run
// at the same time returns ErrRunning.
func (s *Simulator) Run(ctx context.Context) error {
	s.mu.Lock()
	if s.running {
		s.mu.Unlock()
		return ErrRunning
	}
	stopping := make(chan struct{})
	s.running, s.stopping = true, stopping
	s.mu.Unlock()

	defer func() {
		close(stopping)
		s.work.Wait()
		s.mu.Lock()
		s.running = false
		s.mu.Unlock()
	}()
	for ctx.Err() == nil {
		stop := s.turn(ctx)
		select {
		case <-ctx.Done():
		case <-s.wake:
		}
		stop()
	}
	return nil
}

// turn does what is due and arranges to be woken when more is. stop takes that
// back.
func (s *Simulator) turn(ctx context.Context) (stop func() bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		do, ok := s.schedule.due(s.opt.Clock.Now())
		if !ok {
			break
		}
		do()
	}
	s.launch(ctx)
	next, ok := s.schedule.next()
	if !ok {
		return func() bool { return true }
	}
	return s.opt.Clock.AfterFunc(next.Sub(s.opt.Clock.Now()), s.kick)
}

// after plans do, which Run calls with the lock held. The lock is held.
func (s *Simulator) after(d time.Duration, do func()) {
	s.schedule.add(s.opt.Clock.Now().Add(d), do)
	s.kick()
}

// kick makes Run look again. It never blocks.
func (s *Simulator) kick() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}
