package sqlstore

import (
	"cmp"
	"log/slog"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
)

// Options of a store. The zero value is what a host runs with.
type Options struct {
	// Clock for writing behind and for the age of event ids; nil: real.
	Clock bridge.Clock
	// Host is the id of the host that commits; empty: "host".
	Host string
	// WriteBehind is how long heads and cursors may stay in memory alone;
	// 0: 3 s. It says how much is rebuilt at the next start, and is no
	// matter of durability.
	WriteBehind time.Duration
	// Log gets what goes wrong while nobody waits for it; nil: the default.
	Log *slog.Logger
	// NoSync leaves out fsync: what was committed survives the end of the
	// process and not that of the machine. For tests.
	NoSync bool

	// pragmas of the writer besides its own: what fills a disk in tests.
	pragmas func() []string
}

func (o Options) withDefaults() Options {
	if o.Clock == nil {
		o.Clock = bridge.RealClock{}
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	o.Host = cmp.Or(o.Host, "host")
	o.WriteBehind = cmp.Or(o.WriteBehind, 3*time.Second)
	return o
}
