package host_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/patchbay-host/patchbay/host/supervisor/zoo"
)

// TestBotKilledUnderLoad: the bot's process is killed again and again while
// many customers talk. Nobody loses an answer, nobody ends in the queue, and
// the first answer comes within a second of the new process being ready.
func TestBotKilledUnderLoad(t *testing.T) {
	const customers, kills = 30, 4
	p := newPen(t, zoo.Command("echo"), "", "limits: {posts: none, starts: none}")
	var (
		talking sync.WaitGroup
		mu      sync.Mutex
		answers []time.Time
		had     [customers]int // answers, each of them
		enough  = make(chan struct{})
	)
	for i := range customers {
		c := &asker{customer: p.newCustomer(webSecret)}
		talking.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-enough:
					return
				default:
				}
				if err := c.asks(fmt.Sprintf("question %d", n)); err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				answers = append(answers, time.Now())
				had[i]++
				mu.Unlock()
			}
		})
	}
	ready := []time.Time{}
	// A turn that two processes in a row die of counts as the bot's failure, so
	// everybody has had an answer before the next kill.
	for restarts := range kills {
		mu.Lock()
		before := had
		mu.Unlock()
		p.await("two answers for everybody", func() error {
			mu.Lock()
			defer mu.Unlock()
			for i, n := range had {
				if n < before[i]+2 {
					return fmt.Errorf("customer %d has had %d", i, n-before[i])
				}
			}
			return nil
		})
		now := p.shows("a bot to kill", func(g guest) bool { return g.State == "ready" && g.Restarts == restarts })
		if err := unix.Kill(now.PID, unix.SIGKILL); err != nil {
			t.Fatal(err)
		}
		p.shows("the next process", func(g guest) bool { return g.State == "ready" && g.Restarts == restarts+1 })
		ready = append(ready, p.readySince())
	}
	close(enough)
	talking.Wait()
	t.Logf("%d answers", len(answers))
	p.answersFollow(ready, answers)
	if n := p.metric("patchbay_handoffs_total"); n != 0 {
		t.Errorf("%v customers ended in the queue", n)
	}
	p.lives()
	p.logs("bot has fallen", "killed by SIGKILL, not by this host")
}

// answersFollow asserts that an answer came within a second of each time at
// which the bot was ready again.
func (p *pen) answersFollow(ready, answers []time.Time) {
	p.t.Helper()
	for _, at := range ready {
		next := time.Duration(-1)
		for _, answer := range answers {
			if after := answer.Sub(at); after >= 0 && (next < 0 || after < next) {
				next = after
			}
		}
		p.t.Logf("the next answer came %s after the restart", next.Round(100*time.Microsecond))
		if next < 0 || next > time.Second {
			p.t.Errorf("the next answer came %s after the restart", next)
		}
	}
}

// readySince is since when the bot has been ready.
func (p *pen) readySince() time.Time {
	p.t.Helper()
	var list struct {
		Bots []struct {
			Name  string
			Since time.Time
		}
	}
	p.call("GET", p.ops+"/api/v1/bots", opsToken, nil, &list)
	for _, b := range list.Bots {
		if b.Name == "guest" {
			return b.Since
		}
	}
	return time.Time{}
}

// asker is a customer who reads on from where they were, beside the test's
// goroutine.
type asker struct {
	*customer
	watermark string
}

// asks says something and waits for the answer.
func (a *asker) asks(text string) error {
	said := map[string]any{"type": "message", "text": text}
	if status := a.w.call("POST", a.activities(), a.Token, said, nil); status != http.StatusOK {
		return fmt.Errorf("say %q: %d", text, status)
	}
	late := time.After(patience)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		var set struct {
			Activities []activity
			Watermark  string
		}
		if status := a.w.call("GET", a.activities()+"?watermark="+a.watermark, a.Token, nil, &set); status != http.StatusOK {
			return fmt.Errorf("get activities: %d", status)
		}
		a.watermark = set.Watermark
		for _, seen := range set.Activities {
			if seen.line() == "guest: You said: "+text {
				return nil
			}
		}
		select {
		case <-late:
			return fmt.Errorf("no answer to %q", text)
		case <-again.C:
		}
	}
}

// TestCrashLoopAndRepair: a bot that crashes again and again is given up; its
// customers go to the queue at once; when its file is repaired it is started
// again, and who comes then is answered.
func TestCrashLoopAndRepair(t *testing.T) {
	t.Parallel()
	repaired := filepath.Join(t.TempDir(), "repaired")
	program := filepath.Join(t.TempDir(), "bot")
	write := func(script string) {
		if err := os.WriteFile(program+".new", []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(program+".new", program); err != nil {
			t.Fatal(err)
		}
	}
	write(fmt.Sprintf("#!/bin/sh\nexec %q zoo crashonce %q\n", os.Args[0], repaired))
	p := newPen(t, []string{program}, "", "failback: true")
	p.shows("that the bot is given up", func(g guest) bool { return g.State == "failed" && g.Restarts == 4 })
	p.logs("bot has failed and is not started again until its files change or it is rearmed", "5 crashes within 10m0s", "boom: no model found")
	c := p.newCustomer(webSecret)
	began := time.Now()
	c.says("hello")
	c.awaitHas("<queued>")
	t.Logf("queued after %s", time.Since(began).Round(time.Millisecond))
	p.lives()

	write(fmt.Sprintf("#!/bin/sh\nexec %q zoo echo\n", os.Args[0]))
	p.shows("that the bot is repaired", func(g guest) bool { return g.State == "ready" && g.LastError == "" })
	other := p.newCustomer(webSecret)
	other.says("hello")
	other.awaitSees("Kim: hello", "guest: You said: hello")
	p.failsBack(c)
}

// failsBack asserts that who waits for the bot's failure returns to it, is
// answered, and does not wait at 8x8 any more.
func (p *pen) failsBack(c *customer) {
	p.t.Helper()
	c.awaitHas("<withdrawn>")
	c.awaitHeldBy("bot")
	c.awaitLast("guest: You said: hello")
	p.await("nobody waits at 8x8", p.nobodyWaits)
	c.says("thanks")
	c.awaitLast("guest: You said: thanks")
	if n := p.metric("patchbay_failbacks_total"); n != 1 {
		p.t.Errorf("counted %v failbacks", n)
	}
}
