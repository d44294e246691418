package sqlstore

import (
	"path/filepath"
	"testing"
	"time"
)

// BenchmarkOpen opens a store that was left with as much in its journal alone
// as there may be.
func BenchmarkOpen(b *testing.B) {
	path := filepath.Join(b.TempDir(), "patchbay.db")
	options := Options{WriteBehind: time.Hour}
	store, err := Open(b.Context(), path, options)
	if err != nil {
		b.Fatal(err)
	}
	load := &load{b: b, store: store, numbers: make([]int64, 20_000)}
	load.seed(flushAt - 2000)
	for b.Loop() {
		b.StopTimer()
		store.writing.Lock()
		store.distrust() // nothing is written behind
		store.writing.Unlock()
		if err := store.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if store, err = Open(b.Context(), path, options); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(store.memory.Load().recent)), "rows")
	store.Close()
}
