package bridge_test

import "time"

// spell is how often the bot's process may go down, and downMost how long it
// is down then.
const (
	spell    = 2 * time.Minute
	downMost = 30 * time.Second
)

// botReadySince is since when the bot's process has been up; zero: it is down.
// Once everything is calm it stays up.
func (w *seedWorld) botReadySince(string) time.Time {
	now := time.Now()
	w.mu.Lock()
	last := now
	if !w.calmSince.IsZero() {
		last = w.calmSince
	}
	w.mu.Unlock()
	for n := int(last.Sub(w.began) / spell); n >= 0; n-- {
		if !w.dice.chance(500, "bot down", n) {
			continue
		}
		up := w.began.Add(time.Duration(n)*spell + w.dice.wait(time.Second, downMost, "bot up", n))
		switch {
		case !up.After(last):
			return up
		case last.Before(now):
			return last
		}
		return time.Time{}
	}
	return w.began
}

// botDown reports whether no turn can be put to the bot.
func (w *seedWorld) botDown() bool { return w.botReadySince("").IsZero() }
