package openapitest

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Checker is a handler that holds what passes it against the vendor's schemas,
// and fails its test at anything that is not as they have it, or known. It is
// safe for concurrent use. The test must not end before the last answer: close
// the server in a cleanup.
//
// Of the simulator's answers those are not checked that a fault made up
// ([FaultHeader]), and those that were cut off. A request is not checked if its
// sender went away in the middle of it. The simulator's own calls are nobody's
// schema.
type Checker struct {
	t    testing.TB
	next http.Handler
	mode mode

	mu   sync.Mutex
	seen map[string]bool // operations
}

// FaultHeader is in an answer of the simulator's that one of its fault rules
// made up.
const FaultHeader = "X-Simulator-Fault"

type mode int

const (
	both mode = iota
	requests
	answers
)

// Handler checks every request to next and every answer of its.
func Handler(t testing.TB, next http.Handler) *Checker { return newChecker(t, next, both) }

// Requests checks requests alone: for a fake that answers what a test wants.
func Requests(t testing.TB, next http.Handler) *Checker { return newChecker(t, next, requests) }

// Answers checks answers and, for tests that send what is wrong on purpose, only
// those requests that are answered with 2xx: what a schema forbids must not be
// taken.
func Answers(t testing.TB, next http.Handler) *Checker { return newChecker(t, next, answers) }

func newChecker(t testing.TB, next http.Handler, m mode) *Checker {
	return &Checker{t: t, next: next, mode: m, seen: map[string]bool{}}
}

// ServeHTTP has the request answered by the next handler.
func (c *Checker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.t.Helper()
	all := vendor(c.t)
	if all == nil || simulatorsOwn(r.URL.Path) {
		c.next.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil { // the sender went away
		r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), broken{err}))
		c.next.ServeHTTP(w, r)
		return
	}
	x := exchange{contract: all, operation: find(all.docs, r), request: r.Clone(r.Context()), body: body}
	c.note(x.operation)
	r.Body = io.NopCloser(bytes.NewReader(body))
	if c.mode != answers {
		c.report(x, x.wrongInRequest())
	}
	if c.mode == requests {
		c.next.ServeHTTP(w, r)
		return
	}
	x.answer = &recorder{ResponseWriter: w}
	c.next.ServeHTTP(x.answer, r) // a panic cuts the answer off
	if w.Header().Get(FaultHeader) != "" {
		return
	}
	c.report(x, x.wrongInAnswer())
	if c.mode == answers && x.answer.status()/100 == 2 {
		c.report(x, x.wrongAccepted())
	}
}

// report fails the test at what is not known.
func (c *Checker) report(x exchange, found []finding) {
	c.t.Helper()
	for _, f := range found {
		if f.known() == nil {
			c.t.Errorf("not as the vendor's schemas have it: %s\n%s", f, x)
		}
	}
}

func (c *Checker) note(o *operation) {
	if o == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen[o.name()] = true
}

// Unseen are the operations of the vendor's files that no request has asked
// for, as "METHOD /path".
func (c *Checker) Unseen() []string {
	all := vendor(c.t)
	if all == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var left []string
	for _, name := range operations(all.docs) {
		if !c.seen[name] {
			left = append(left, name)
		}
	}
	slices.Sort(left)
	return left
}

// simulatorsOwn says whether a path is the simulator's control API, or a
// download that its events name.
func simulatorsOwn(path string) bool {
	return strings.HasPrefix(path, "/simulator/v1/") || strings.HasPrefix(path, "/presigned/")
}

// broken is the rest of a body that did not come.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }
