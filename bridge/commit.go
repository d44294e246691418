package bridge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/patchbay-host/patchbay/bridge/faultpoint"
)

// maxGroup is how many commits share one transaction at most.
const maxGroup = 512

// committer makes commits durable, many in one transaction: while one group
// is being written the next one gathers.
type committer struct {
	store Store
	log   *slog.Logger
	ready chan struct{}
	// group is the memory of the group that is being written.
	group []Commit
	// failing: nothing can be written, as the last group has shown.
	failing atomic.Bool

	mu      sync.Mutex
	waiting []*pendingCommit
	closed  bool
}

type pendingCommit struct {
	commit Commit
	done   chan error
}

func newCommitter(store Store, log *slog.Logger) *committer {
	return &committer{store: store, log: log, ready: make(chan struct{}, 1)}
}

// do makes one commit durable, or answers why not: an error of the store's
// for this commit, or of the whole group. If ctx ends first the commit may
// still happen.
func (w *committer) do(ctx context.Context, c Commit) error {
	p, err := w.submit(c)
	if err != nil {
		return err
	}
	select {
	case err := <-p.done:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// submit hands a commit in; its done gets one error.
func (w *committer) submit(c Commit) (*pendingCommit, error) {
	p := &pendingCommit{commit: c, done: make(chan error, 1)}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil, ErrUnavailable
	}
	w.waiting = append(w.waiting, p)
	select {
	case w.ready <- struct{}{}:
	default:
	}
	return p, nil
}

// run writes groups until ctx is done; what waits then is refused.
func (w *committer) run(ctx context.Context) {
	for {
		select {
		case <-w.ready:
			for group := w.take(); len(group) > 0; group = w.take() {
				w.write(ctx, group)
			}
		case <-ctx.Done():
			w.mu.Lock()
			w.closed = true
			w.mu.Unlock()
			for group := w.take(); len(group) > 0; group = w.take() {
				for _, p := range group {
					p.done <- ErrUnavailable
				}
			}
			return
		}
	}
}

func (w *committer) take() []*pendingCommit {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := min(len(w.waiting), maxGroup)
	group := w.waiting[:n:n]
	w.waiting = w.waiting[n:]
	if len(w.waiting) == 0 {
		w.waiting = nil
	}
	return group
}

// write commits one group. It is not cut short by the engine's stopping: the
// answer must be known.
func (w *committer) write(ctx context.Context, group []*pendingCommit) {
	for _, p := range group {
		w.group = append(w.group, p.commit)
	}
	faultpoint.Hit(faultpoint.BeforeCommit)
	results, err := w.store.Commit(context.WithoutCancel(ctx), w.group)
	faultpoint.Hit(faultpoint.AfterCommit)
	clear(w.group)
	w.group = w.group[:0]
	w.failing.Store(errors.Is(err, ErrUnwritable))
	if err != nil {
		if !w.failing.Load() { // else the store has told of it
			w.log.Error("commit", "commits", len(group), "err", err)
		}
		err = fmt.Errorf("commit: %w", err)
	}
	for i, p := range group {
		if err != nil {
			p.done <- err
		} else {
			p.done <- results[i]
		}
	}
}
