package directline

import (
	"container/list"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// Limit is how often something may happen: so many times at once, and then so
// many times a second. The zero value: as often as somebody likes.
type Limit struct {
	PerSecond float64
	Burst     int
}

// Limits are those of a channel. What is beyond them is answered 429 and not
// looked at any further.
type Limits struct {
	// Posts of one conversation's customer: activities, whatever they are.
	// Counted by conversation and not by token, for a token is renewed at will.
	Posts Limit
	// Uploads of one conversation's customer, beside the posts.
	Uploads Limit
	// Returns of one conversation's customer: tokens renewed, streams opened.
	Returns Limit
	// Starts from one address: tokens given out, conversations begun. With a
	// secret, too: it may be in a page.
	Starts Limit
}

// mostKept is how many conversations, or addresses, a channel keeps account of
// at most, in some 200 bytes each. The one that was heard of longest ago is
// forgotten first, and by then it has mostly earned its burst back.
const mostKept = 16 << 10

// meter keeps a limit for each of many keys. Safe for concurrent use.
type meter struct {
	limit Limit
	most  int

	mu    sync.Mutex
	known map[string]*list.Element // of *metered, in order
	order *list.List               // newest first
}

// metered is what is known of one key.
type metered struct {
	key     string
	limiter *rate.Limiter
}

func newMeter(limit Limit) *meter {
	return &meter{limit: limit, most: mostKept, known: map[string]*list.Element{}, order: list.New()}
}

// take takes one of what a key may do. Not zero: it may not, before so long.
func (m *meter) take(key string, now time.Time) (wait time.Duration) {
	if m.limit == (Limit{}) {
		return 0
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	reserved := m.of(key).ReserveN(now, 1)
	if wait = reserved.DelayFrom(now); wait > 0 {
		reserved.CancelAt(now)
	}
	return wait
}

// of finds the limiter of a key, as the newest, and forgets the oldest.
func (m *meter) of(key string) *rate.Limiter {
	if at, ok := m.known[key]; ok {
		m.order.MoveToFront(at)
		return at.Value.(*metered).limiter
	}
	if m.order.Len() >= m.most {
		oldest := m.order.Back()
		delete(m.known, m.order.Remove(oldest).(*metered).key)
	}
	made := &metered{key, rate.NewLimiter(rate.Limit(m.limit.PerSecond), m.limit.Burst)}
	m.known[key] = m.order.PushFront(made)
	return made.limiter
}

// meters are a channel's.
type meters struct{ posts, uploads, returns, starts *meter }

func newMeters(l Limits) meters {
	return meters{newMeter(l.Posts), newMeter(l.Uploads), newMeter(l.Returns), newMeter(l.Starts)}
}

// may refuses what happens too often in a conversation.
func (s *Server) may(m *meter, id bot.ConversationID) error {
	if wait := m.take(string(id), s.clock.Now()); wait > 0 {
		return &tooOften{wait}
	}
	return nil
}

// mayStart refuses what comes too often from an address.
func (s *Server) mayStart(g grant, r *http.Request) error {
	address := s.client(r)
	wait := g.channel.meters.starts.take(addressKey(address), s.clock.Now())
	if wait == 0 {
		return nil
	}
	if r.Header.Get("X-Forwarded-For") != "" && !s.trusted(address) {
		s.hint.Do(func() {
			s.log.Warn("too many conversations are begun from one address, which forwards: if it is a proxy of yours, name it in trusted_proxies, "+
				"or all its customers count as one", "channel", g.channel.name, "address", address.String())
		})
	}
	return &tooOften{wait}
}
