package sqlstore

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// BenchmarkState compares two ways to keep a conversation's state, in SQL
// alone: "update" changes its row with every event; "carried" writes it into
// the journal row, and the head of the conversation behind, each 20,000 events
// (about what a second brings). Both go on in turns of some hundred events, so
// that what else the machine does falls on both; the rates are those of the
// median turn.
func BenchmarkState(b *testing.B) {
	for _, conversations := range []int{1_000, 100_000} {
		b.Run(fmt.Sprintf("conversations=%d", conversations), func(b *testing.B) {
			ways := []*stateWay{openWay(b, "update", conversations), openWay(b, "carried", conversations)}
			seed := func(rows int) {
				for _, way := range ways {
					for range rows / 2000 {
						way.commit(2000)
					}
				}
			}
			sizes(b, seed, func(b *testing.B) {
				for _, group := range []int{1, 64} {
					b.Run(fmt.Sprintf("group=%d", group), func(b *testing.B) { inTurns(b, ways, group) })
				}
			})
		})
	}
}

func inTurns(b *testing.B, ways []*stateWay, group int) {
	perTurn := max(1, 640/group/4)
	turns := map[*stateWay][]time.Duration{}
	before := map[*stateWay]int64{}
	for _, way := range ways {
		before[way] = size(way.path)
	}
	b.ResetTimer()
	for done := 0; done < b.N; done += perTurn * group {
		for _, way := range ways {
			begin := time.Now()
			for range perTurn {
				way.commit(group)
			}
			turns[way] = append(turns[way], time.Since(begin)/time.Duration(perTurn))
		}
	}
	for _, way := range ways {
		all := turns[way]
		slices.Sort(all)
		median, mean := all[len(all)/2], sum(all)/time.Duration(len(all))
		b.ReportMetric(float64(group)/median.Seconds(), way.name+"-events/s")
		b.ReportMetric(float64(group)/mean.Seconds(), way.name+"-mean-events/s")
		b.ReportMetric(float64(all[len(all)*99/100].Microseconds()), way.name+"-p99-µs")
		b.ReportMetric(float64(size(way.path)-before[way])/float64(b.N), way.name+"-disk-B")
	}
}

func sum(durations []time.Duration) (sum time.Duration) {
	for _, d := range durations {
		sum += d
	}
	return sum
}

// stateWay is a file with one of the two ways.
type stateWay struct {
	b             *testing.B
	name, path    string
	w             *writer
	position      int64
	conversations int
	dirty         map[int64]int64
}

var (
	benchEntry = `[{"text":"` + strings.Repeat("e", 388) + `"}]`
	benchState = `{"state":"` + strings.Repeat("s", 788) + `"}`
)

func openWay(b *testing.B, name string, conversations int) *stateWay {
	path := filepath.Join(b.TempDir(), name+".db")
	w, err := openWriter(b.Context(), path, Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { w.close() })
	s := &stateWay{b: b, name: name, path: path, w: w, conversations: conversations, dirty: map[int64]int64{}}
	s.exec(`CREATE TABLE journal (position INTEGER PRIMARY KEY, previous INTEGER, conversation TEXT, entries TEXT, state TEXT)`)
	s.exec(`CREATE TABLE conversations (key INTEGER PRIMARY KEY, id TEXT UNIQUE, head INTEGER, holder TEXT, due INTEGER, state TEXT)`)
	s.exec(`PRAGMA wal_autocheckpoint(4000)`)
	state := benchState
	if name == "carried" {
		state = ""
	}
	s.exec("BEGIN")
	for k := range int64(conversations) {
		s.exec(`INSERT INTO conversations VALUES (?, ?, 0, 'bot', 0, ?)`, k, benchID(k), state)
	}
	s.exec("COMMIT")
	return s
}

func benchID(k int64) string { return fmt.Sprintf("web-%016x-4f9a-11ee", uint64(k)*0x9e3779b97f4a7c15) }

func (s *stateWay) exec(query string, args ...any) {
	if err := s.w.exec(query, args...); err != nil {
		s.b.Fatal(err)
	}
}

func (s *stateWay) commit(group int) {
	s.exec("BEGIN IMMEDIATE")
	for range group {
		s.position++
		k := rand.Int64N(int64(s.conversations))
		if s.name == "carried" {
			s.exec(`INSERT INTO journal VALUES (?, ?, ?, ?, ?)`, s.position, s.position-1, benchID(k), benchEntry, benchState)
			s.dirty[k] = s.position
			continue
		}
		s.exec(`INSERT INTO journal VALUES (?, ?, ?, ?, '')`, s.position, s.position-1, benchID(k), benchEntry)
		s.exec(`UPDATE conversations SET head = ?, holder = 'bot', due = 0, state = ? WHERE key = ?`, s.position, benchState, k)
	}
	s.exec("COMMIT")
	if s.position%20_000 < int64(group) {
		s.flush()
	}
}

func (s *stateWay) flush() {
	for some := range slices.Chunk(slices.Sorted(maps.Keys(s.dirty)), headsPerStep) {
		s.exec("BEGIN IMMEDIATE")
		for _, k := range some {
			s.exec(`UPDATE conversations SET head = ?, holder = 'bot', due = 0 WHERE key = ?`, s.dirty[k], k)
		}
		s.exec("COMMIT")
	}
	clear(s.dirty)
}
