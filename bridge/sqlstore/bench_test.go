package sqlstore

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// The benchmarks are of stores that grow: each runs on an almost empty one and
// on one with a million rows. -short leaves the large ones out.
//
//	go test ./bridge/sqlstore -run '^$' -bench . -benchtime 100000x

const largeRows = 1_000_000

// sizes runs a benchmark small and large. seed appends rows to a store.
func sizes(b *testing.B, seed func(rows int), run func(b *testing.B)) {
	b.Helper()
	b.Run("small", run)
	if testing.Short() {
		return
	}
	seed(largeRows)
	b.Run("million", run)
}

// producers runs b.N calls of commit from n goroutines that each wait for the
// answer, and reports the rate and how long they waited. With more than one
// producer what has gathered while a group was under way is the next group.
func producers(b *testing.B, n int, commit func(group []int)) {
	type waiting struct {
		i    int
		done chan struct{}
	}
	queue := make(chan waiting, n)
	var next atomic.Int64
	latencies := make([]time.Duration, b.N)
	var wg sync.WaitGroup
	b.ResetTimer()
	begin := time.Now()
	for range n {
		wg.Go(func() {
			done := make(chan struct{}, 1)
			for {
				i := int(next.Add(1)) - 1
				if i >= b.N {
					return
				}
				asked := time.Now()
				queue <- waiting{i, done}
				<-done
				latencies[i] = time.Since(asked)
			}
		})
	}
	go func() { wg.Wait(); close(queue) }()
	groups := 0
	for first := range queue {
		group := []waiting{first}
		for more := true; more; {
			select {
			case w, ok := <-queue:
				if more = ok; ok {
					group = append(group, w)
				}
			default:
				more = false
			}
		}
		ids := make([]int, len(group))
		for i, w := range group {
			ids[i] = w.i
		}
		commit(ids)
		groups++
		for _, w := range group {
			w.done <- struct{}{}
		}
	}
	took := time.Since(begin)
	b.StopTimer()
	slices.Sort(latencies)
	b.ReportMetric(float64(b.N)/took.Seconds(), "events/s")
	b.ReportMetric(float64(latencies[b.N/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(latencies[b.N*99/100].Microseconds()), "p99-µs")
	b.ReportMetric(float64(b.N)/float64(groups), "events/group")
}

// BenchmarkCommit is the store itself: one message per commit, of one of many
// conversations.
func BenchmarkCommit(b *testing.B) {
	for _, conversations := range []int{1_000, 100_000} {
		b.Run(fmt.Sprintf("conversations=%d", conversations), func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "patchbay.db")
			store, err := Open(b.Context(), path, Options{})
			if err != nil {
				b.Fatal(err)
			}
			defer store.Close()
			load := &load{b: b, store: store, numbers: make([]int64, conversations)}
			load.begin()
			sizes(b, load.seed, func(b *testing.B) {
				for _, n := range []int{1, 64} {
					b.Run(fmt.Sprintf("producers=%d", n), func(b *testing.B) {
						before := size(path)
						producers(b, n, load.commit)
						b.ReportMetric(float64(size(path)-before)/float64(b.N), "disk-B/event")
					})
				}
			})
		})
	}
}

// load makes commits of a realistic size.
type load struct {
	b       *testing.B
	store   *Store
	numbers []int64
	events  uint64
}

func (l *load) seed(rows int) {
	for rows := slices.Collect(slices.Chunk(make([]int, rows), 2000)); len(rows) > 0; rows = rows[1:] {
		l.commit(rows[0])
	}
}

// begin makes the conversations: what is measured goes on with them.
func (l *load) begin() {
	var commits []bridge.Commit
	for k := range l.numbers {
		commits = append(commits, l.next(k))
	}
	for group := range slices.Chunk(commits, 1000) {
		errs, err := l.store.Commit(l.b.Context(), group)
		if err := errors.Join(append(errs, err)...); err != nil {
			l.b.Fatal(err)
		}
	}
	l.store.writing.Lock()
	defer l.store.writing.Unlock()
	if err := l.store.flushAll(); err != nil {
		l.b.Fatal(err)
	}
}

func (l *load) commit(group []int) {
	commits := make([]bridge.Commit, len(group))
	for i := range commits {
		k := rand.IntN(len(l.numbers))
		commits[i] = l.next(k)
	}
	errs, err := l.store.Commit(l.b.Context(), commits)
	if err != nil {
		l.b.Fatal(err)
	}
	for _, err := range errs {
		if err != nil {
			l.b.Fatal(err)
		}
	}
}

// next is a message of about 400 bytes in a conversation of about 800.
func (l *load) next(k int) bridge.Commit {
	l.events++
	l.numbers[k]++
	number := l.numbers[k]
	id := bot.ConversationID(fmt.Sprintf("web-%08x-4f9a-11ee", k*2654435761))
	event := fmt.Sprintf("5f0c%016x-b2c4", l.events)
	return bridge.Commit{
		Expected: number - 1,
		Events:   []string{event},
		Entries: []lifecycle.Entry{{Number: number, Kind: lifecycle.EntrySaid, At: start, To: lifecycle.ToBot,
			Holder: lifecycle.Bot, Epoch: 3, Event: event, Author: bot.AuthorCustomer, Name: "Ada Example",
			AuthorID: "user-1234", ClientID: event, Message: &bot.Message{Text: strings.Repeat("words ", 25)}}},
		Conversation: lifecycle.Conversation{ID: id, Channel: "web", Number: number, Holder: lifecycle.Bot, Epoch: 3,
			Reason: "the customer said something", Since: start, Language: "en-GB",
			Customer:   bot.Customer{ID: "user-1234", Name: "Ada Example", Email: "ada@example.com"},
			Properties: map[string]string{"order": "A-1234567", "topic": "billing", "plan": "business", "note": strings.Repeat("x", 120)},
			Turns:      []lifecycle.Turn{{ID: bot.TurnID(event), Kind: lifecycle.TurnMessages, From: number, Through: number, Attempt: 1, Ready: true}},
			StateAt:    number - 1, Desk: lifecycle.DeskSide{Ticket: "T-" + event, Marker: 3, Queue: "101"}},
	}
}

func size(path string) int64 {
	var sum int64
	for _, name := range []string{path, path + "-wal"} {
		if info, err := os.Stat(name); err == nil {
			sum += info.Size()
		}
	}
	return sum
}
