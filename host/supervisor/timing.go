package supervisor

import "time"

// timing is how long each step may take. Tests shorten it.
type timing struct {
	// Of a start.
	handshake time.Duration // from exec to the handshake line
	connect   time.Duration // the connection, with TLS
	ready     time.Duration // each of health, Describe
	configure time.Duration
	// Of the watch.
	healthEvery time.Duration
	health      time.Duration // the answer to one check
	blame       time.Duration // how long a broken call waits to hear that the process is gone
	// Of a stop.
	drain    time.Duration
	shutdown time.Duration
	term     time.Duration // from SIGTERM to SIGKILL
	kill     time.Duration // from SIGKILL to giving up
	drainOut time.Duration // reading the rest of the output of a process that is gone
	// Of a restart.
	backoffMin, backoffMax time.Duration
	steady                 time.Duration // a process that was up so long begins anew with back-off
	loopWindow             time.Duration // loopCrashes in it are a crash loop
	loopCrashes            int
	lookAgain              time.Duration // how often a failed bot's files are looked at
}

// defaultTiming is what serves.
func defaultTiming() timing {
	return timing{
		handshake: 20 * time.Second,
		connect:   5 * time.Second,
		ready:     5 * time.Second,
		configure: 15 * time.Second,

		healthEvery: 10 * time.Second,
		health:      2 * time.Second,
		blame:       500 * time.Millisecond,

		drain:    5 * time.Second,
		shutdown: 3 * time.Second,
		term:     3 * time.Second,
		kill:     5 * time.Second,
		drainOut: 250 * time.Millisecond,

		backoffMin:  200 * time.Millisecond,
		backoffMax:  2 * time.Minute,
		steady:      10 * time.Minute,
		loopWindow:  10 * time.Minute,
		loopCrashes: 5,
		lookAgain:   2 * time.Second,
	}
}
