package host_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/patchbay-host/patchbay/host/supervisor/zoo"
)

// Where a customer of a bad bot ends up.
const (
	answered = "answered"
	queued   = "queued"
)

// specimen is an animal of the zoo, and what is to be seen of it.
type specimen struct {
	// deadline of its turns; 0: 5 s.
	deadline time.Duration
	keys     string // more of the bot's
	says     []string
	// outcome for the customer, who says "hello", and what is heard then.
	outcome, heard string
	// log has a line with all of these: what is wrong, and what to do.
	log []string
	// up: the bot is ready; else starting or failed, with log in last_error,
	// too.
	up bool
	// restarts at least.
	restarts int
	// atEnd is in the log when the host has stopped.
	atEnd []string
}

// TestZoo: whatever a bot does, the host lives and serves others, the log says
// what is wrong and what to do, the customer gets an answer or a person, and
// the operator sees the bot's state.
func TestZoo(t *testing.T) {
	t.Parallel()
	const quick = time.Second
	for name, s := range map[string]specimen{
		// Those that do not come up.
		"silent":    {deadline: quick, outcome: queued, log: []string{"bot did not start", "no handshake on stdout", "1|VERSION|unix|PATH|grpc", "limit of 20s"}},
		"banner":    {deadline: quick, outcome: queued, log: []string{"bot did not start", "the first line on stdout is", "Loading model", "log to stderr"}},
		"cookie":    {deadline: quick, outcome: queued, log: []string{"bot did not start", "ended before the handshake: exit code 1", "I am a plugin of something else"}},
		"version":   {deadline: quick, outcome: queued, log: []string{"bot did not start", "version", "of the bot contract, this host speaks 1"}},
		"tcp":       {deadline: quick, outcome: queued, log: []string{"bot did not start", "it listens on", "only unix sockets in PLUGIN_UNIX_SOCKET_DIR"}},
		"foreign":   {deadline: quick, outcome: queued, log: []string{"bot did not start", "it listens on", "only sockets directly in PLUGIN_UNIX_SOCKET_DIR"}},
		"symlink":   {deadline: quick, outcome: queued, log: []string{"bot did not start", "it listens on", "which is no socket"}},
		"notls":     {deadline: quick, outcome: queued, log: []string{"bot did not start", "it shows no certificate", "must serve mutual TLS"}},
		"falsecert": {deadline: quick, outcome: queued, log: []string{"bot did not start", "must serve TLS with the certificate of its handshake"}},
		"deaf":      {deadline: quick, outcome: queued, log: []string{"bot did not start", "nobody serves on the socket of its handshake"}},
		"sick":      {deadline: quick, outcome: queued, log: []string{"bot did not start", "health: no answer in time"}},
		"crash":     {deadline: quick, outcome: queued, restarts: 1, log: []string{"bot did not start", "exit code 3", "boom: no model found"}},
		"settings":  {outcome: queued, log: []string{"bot has failed and is not started again until its files change or it is rearmed", "answers: is missing; name a file"}},
		// Those whose answers go wrong.
		"crashturn":  {outcome: queued, restarts: 1, log: []string{"bot has fallen", "exit code 7", "out of ideas"}},
		"midstream":  {outcome: queued, heard: "guest: half of an ans", restarts: 1, log: []string{"bot has fallen", "exit code 7"}},
		"noterminal": {outcome: queued, heard: "guest: and?", up: true, log: []string{"turn failed", "broke the contract: the stream ended without a terminal event"}},
		"twodone":    {outcome: queued, heard: "guest: that is it", up: true, log: []string{"turn failed", "broke the contract: event 3 is a second terminal event"}},
		"afterdone":  {outcome: queued, heard: "guest: that is it", up: true, log: []string{"turn failed", "broke the contract: event 3 comes after the terminal event"}},
		"endless":    {outcome: queued, heard: "guest: on and on", up: true, log: []string{"turn failed", "broke the contract: more than 50 messages in a turn"}},
		"fat":        {outcome: queued, up: true, log: []string{"turn failed", "larger than max"}},
		"huge":       {outcome: queued, up: true, log: []string{"turn failed", "larger than max"}},
		"binary":     {outcome: queued, up: true, log: []string{"turn failed", "UTF-8"}},
		// Those that hang.
		"stops":    {deadline: quick, says: []string{"one", "two", "three", "four"}, outcome: queued, restarts: 1, log: []string{"bot has fallen", "hangs", "turns past their deadline"}},
		"nocancel": {deadline: quick, outcome: queued, up: true, log: []string{"turn failed", "no answer within 1s"}},
		"busy":     {outcome: answered, heard: "guest: at last", up: true},
		// Those that say too much.
		"message42":   {outcome: answered, heard: "guest: You said: hello", up: true, log: []string{"msg=42"}},
		"longline":    {outcome: answered, heard: "guest: You said: hello", up: true, log: []string{"after the long line"}},
		"floodstdout": {outcome: answered, heard: "guest: You said: hello", up: true, log: []string{"the bot logs too much: lines were dropped"}},
		"floodstderr": {outcome: answered, heard: "guest: You said: hello", up: true, log: []string{"the bot logs too much: lines were dropped"}},
		// Those that do not leave, or leave something.
		"parent":        {outcome: queued, restarts: 1, log: []string{"bot has fallen", "exit code 5"}},
		"parent-setsid": {outcome: queued, restarts: 1, log: []string{"processes that the bot had started were still there and were killed"}},
		"stubborn":      {outcome: answered, heard: "guest: You said: hello", up: true, atEnd: []string{"bot did not leave on SIGTERM and is killed"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if s.deadline == 0 {
				s.deadline = 5 * time.Second
			}
			p := newPen(t, zoo.Command(name), fmt.Sprintf(", turn_deadline: %s%s", s.deadline, s.keys), "")
			c := p.newCustomer(webSecret)
			began := time.Now()
			for _, other := range s.says { // customers of the same bot
				p.newCustomer(webSecret).says(other)
			}
			c.says("hello")
			p.servesSomehow(c, s)
			t.Logf("%s after %s", s.outcome, time.Since(began).Round(10*time.Millisecond))
			p.lives()
			if s.log != nil {
				p.logs(s.log...)
			}
			p.operatorSees(s)
			p.end()
			if s.atEnd != nil {
				p.logs(s.atEnd...)
			}
		})
	}
}

// servesSomehow asserts the customer's outcome.
func (p *pen) servesSomehow(c *customer, s specimen) {
	p.t.Helper()
	if s.heard != "" {
		c.awaitHas(s.heard)
	}
	if s.outcome == queued {
		c.awaitHeldBy("queue")
		c.awaitHas("<queued>")
		return
	}
	c.says("and again")
	p.await("the second answer", func() error {
		if seen := c.sees(); !strings.HasPrefix(seen[len(seen)-1], "guest: ") || len(seen) < 4 {
			return fmt.Errorf("the customer sees %q", seen)
		}
		return nil
	})
}

// operatorSees asserts what is shown of the bot.
func (p *pen) operatorSees(s specimen) {
	p.t.Helper()
	if s.up {
		p.shows("that the bot is ready", func(g guest) bool {
			return g.State == "ready" && g.PID != 0 && g.Restarts == 0 && g.LastError == "" && g.Version == "1.2.3"
		})
		return
	}
	if s.restarts > 0 {
		p.shows("that it was started again", func(g guest) bool { return g.Restarts >= s.restarts })
		p.shows("what the bot has said last", func(g guest) bool { return len(g.Log) > 0 || g.LastError != "" })
		return
	}
	p.shows("why it does not start", func(g guest) bool {
		return g.State != "ready" && slices.ContainsFunc(s.log, func(part string) bool { return strings.Contains(g.LastError, part) })
	})
}
