package supervisor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// fake is an instance without a process.
type fake struct {
	gate  gate
	down  chan struct{}
	exit  Exit
	cause error
	ended chan struct{} // closed by stop or end
	hung  bool          // goes down without ending
}

func newFake() *fake { return &fake{down: make(chan struct{}), ended: make(chan struct{})} }

func (f *fake) crash(cause error) {
	f.cause = cause
	if !f.hung {
		f.exit = Exit{At: time.Now(), Code: 1}
	}
	close(f.down)
}

func (f *fake) enter() bool             { return f.gate.enter() }
func (f *fake) failed() <-chan struct{} { return f.down }
func (f *fake) why() (Exit, error)      { return f.exit, f.cause }
func (f *fake) facts() (int, bot.Description) {
	return 1, bot.Description{Name: "fake"}
}
func (f *fake) stop() { f.gate.close(); f.end() }
func (f *fake) kill() {}
func (f *fake) end() {
	f.exit = Exit{At: time.Now()}
	close(f.ended)
}
func (f *fake) turn(context.Context, *bot.Turn, *bot.Reply) error {
	f.gate.leave()
	return nil
}
func (f *fake) observe(context.Context, *bot.Observed) error {
	f.gate.leave()
	return nil
}

// keep runs a keeper whose starts are done by start, with every back-off at
// its bound.
func keep(t *testing.T, start func(number int) (instance, error)) *keeper {
	t.Helper()
	k := newKeeper(zooConfig("none").withDefaults(), defaultTiming(), quiet(), make(chan struct{}, 1), func(n int64) int64 { return n - 1 })
	k.start = func(_ context.Context, number int) (instance, error) { return start(number) }
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		k.run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
		if s := k.status(); s.State != StateStopped {
			t.Errorf("the last state is %s", s.State)
		}
	})
	return k
}

func TestKeeperStartsAgainWithBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var starts []time.Duration
		began := time.Now()
		keep(t, func(int) (instance, error) {
			starts = append(starts, time.Since(began).Round(time.Millisecond))
			return nil, errors.New("boom")
		})
		pass(time.Minute)
		synctest.Wait()
		want := []time.Duration{0, 200 * time.Millisecond, 600 * time.Millisecond, 1400 * time.Millisecond, 3000 * time.Millisecond}
		if diff := cmp.Diff(want, starts); diff != "" {
			t.Error(diff)
		}
	})
}

func TestKeeperForgetsAfterSteadyTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		current := newFake()
		k := keep(t, func(int) (instance, error) { current = newFake(); return current, nil })
		for range 20 { // slow crashes, each after the steady time
			synctest.Wait()
			pass(11 * time.Minute)
			current.crash(errors.New("boom"))
			synctest.Wait()
			pass(200 * time.Millisecond) // the first bound
			synctest.Wait()
			if s := k.status(); s.State != StateReady {
				t.Fatalf("%s after start %d", s.State, s.Generation)
			}
		}
	})
}

func TestKeeperCrashLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := keep(t, func(n int) (instance, error) {
			one := newFake()
			if n <= 5 {
				one.crash(fmt.Errorf("boom %d", n))
			}
			return one, nil
		})
		pass(time.Hour) // nothing is tried meanwhile
		synctest.Wait()
		s := k.status()
		if s.State != StateFailed || s.Generation != 5 || s.LastError != "5 crashes within 10m0s, the last: boom 5" {
			t.Errorf("status %+v", s)
		}
		_, err := k.acquire(t.Context())
		wantError(t, err, "bot guest has failed", "boom 5")
		k.poke()
		synctest.Wait()
		if s := k.status(); s.State != StateReady || s.Generation != 6 || s.LastError != "" {
			t.Errorf("status after rearming %+v", s)
		}
		k.poke() // of one that is up: nothing happens, now or later
		synctest.Wait()
		if s := k.status(); s.Generation != 6 || len(k.rearm) != 0 {
			t.Errorf("status after rearming once more %+v", s)
		}
	})
}

func TestKeeperGivesUpWhereNothingHelps(t *testing.T) {
	for name, test := range map[string]struct {
		err  error
		give bool
	}{
		"missing":              {&StartError{Step: "start", Err: &fs.PathError{Op: "fork/exec", Err: fs.ErrNotExist}}, true},
		"no socket":            {&StartError{Step: "start", Err: &fs.PathError{Op: "lstat", Err: fs.ErrNotExist}}, false},
		"busy":                 {&StartError{Step: "start", Err: &fs.PathError{Op: "fork/exec", Err: syscall.ETXTBSY}}, false},
		"not allowed":          {&StartError{Step: "start", Err: &fs.PathError{Op: "fork/exec", Err: fs.ErrPermission}}, true},
		"pin":                  {&StartError{Step: "pin", Err: errPin}, true},
		"settings":             {&StartError{Step: "configure", Err: &retold{"", bot.SettingErrors{{Key: "a"}}}}, true},
		"changed during start": {&StartError{Step: "configure", Err: errPin}, false},
		"no directory":         {&StartError{Step: "prepare", Err: fs.ErrNotExist}, false},
		"anything else":        {&StartError{Step: "health", Err: errors.New("boom")}, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				k := keep(t, func(int) (instance, error) { return nil, test.err })
				synctest.Wait()
				if got := k.status().State == StateFailed; got != test.give {
					t.Errorf("failed at once: %v", got)
				}
			})
		})
	}
}

func TestKeeperTurnsWaitForTheNextProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		current := newFake()
		k := keep(t, func(int) (instance, error) { current = newFake(); return current, nil })
		synctest.Wait()
		current.crash(errors.New("boom"))
		synctest.Wait()
		short, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		_, err := k.acquire(short)
		wantError(t, err, "wait for bot guest to be ready", "started again because: boom")
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		began := time.Now()
		if err := (handle{&Supervisor{byName: map[string]*keeper{"guest": k}}, "guest"}).Turn(t.Context(), &bot.Turn{}, nil); err != nil {
			t.Error(err)
		}
		if took := time.Since(began).Round(10 * time.Millisecond); took != 100*time.Millisecond {
			t.Errorf("the turn waited %v", took)
		}
	})
}

func TestKeeperEndsAHungProcessFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := newFake()
		first.hung = true
		k := keep(t, func(n int) (instance, error) {
			if n == 1 {
				return first, nil
			}
			select {
			case <-first.ended:
			default:
				t.Error("the first is still there when the second starts")
			}
			return newFake(), nil
		})
		synctest.Wait()
		first.crash(errors.New("hangs"))
		pass(time.Second)
		synctest.Wait()
		if s := k.status(); s.State != StateReady || s.Generation != 2 {
			t.Errorf("status %+v", s)
		}
	})
}

func TestKeeperSettlesOnFirstOutcome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := make(chan struct{})
		k := keep(t, func(int) (instance, error) { <-begin; return nil, errors.New("boom") })
		synctest.Wait()
		select {
		case <-k.settled:
			t.Error("settled before the first start is over")
		default:
		}
		close(begin)
		<-k.settled
	})
}

// pass lets time pass, in a bubble where it costs none.
func pass(d time.Duration) { <-time.After(d) }
