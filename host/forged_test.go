package host_test

import (
	"hash/crc32"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestForgedBodyHasNoEffect: 8x8 signs a body's CRC-32 and not the body, so
// whoever has seen one event can send another body with its signature. It is
// answered 2xx, as 8x8's own repeats are, and nothing changes.
func TestForgedBodyHasNoEffect(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	w := newWorld(t, key)
	c := w.customerWithAda()
	seen := c.sees()

	said := hook{event: "seen-on-the-way", body: w.said("the truth"), sent: time.Now()}
	if status := w.post(key, said); status != http.StatusNoContent {
		t.Fatalf("the true one: %d", status)
	}
	c.awaitSees(append(seen, "ada: the truth")...)
	recorded := w.metric("patchbay_journal_entries_total")
	for _, lie := range []string{w.said("a lie " + room), strings.Replace(w.said(room), "MESSAGE", "TRANSFER", 1)} {
		forged := said
		forged.body = withChecksum(t, lie, crc32.ChecksumIEEE([]byte(said.body)))
		right := ""
		forged.signature = func(signature string) string { right = signature; return signature }
		said.signature = func(signature string) string {
			if signature != right {
				t.Error("the signature of the true body is not good for the forged one: nothing is tested")
			}
			return signature
		}
		if status := w.post(key, forged); status != http.StatusNoContent {
			t.Errorf("the forged one: %d", status)
		}
		if status := w.post(key, said); status != http.StatusNoContent {
			t.Errorf("the true one again: %d", status)
		}
		said.signature = nil
	}
	if n := w.metric("patchbay_journal_entries_total") - recorded; n != 0 {
		t.Errorf("%v entries were recorded", n)
	}
	c.says("heard you")
	c.awaitSees(append(seen, "ada: the truth", "Kim: heard you")...)
	c.awaitHeldBy("agent")
}

// room is part of a body that [withChecksum] may change.
const room = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

// withChecksum makes some letters of a body's room into others, so that the body
// has a CRC-32. What changes the checksum by one letter does so whatever the
// others are (CRC-32 is linear), so it is a matter of 32 equations.
func withChecksum(t *testing.T, body string, want uint32) string {
	t.Helper()
	changed := []byte(body)
	at := strings.Index(body, room)
	missing := crc32.ChecksumIEEE(changed) ^ want
	type choice struct {
		effect  uint32
		letters uint64
	}
	var basis [32]choice // by the highest bit of its effect
	for i := range len(room) {
		changed[at+i] ^= 1
		c := choice{crc32.ChecksumIEEE(changed) ^ crc32.ChecksumIEEE([]byte(body)), 1 << i}
		changed[at+i] ^= 1
		for bit := 31; bit >= 0 && c.effect != 0; bit-- {
			switch {
			case c.effect>>bit&1 == 0:
			case basis[bit].effect == 0:
				basis[bit], c = c, choice{}
			default:
				c.effect ^= basis[bit].effect
				c.letters ^= basis[bit].letters
			}
		}
	}
	var letters uint64
	for bit := 31; bit >= 0; bit-- {
		if missing>>bit&1 == 1 {
			missing ^= basis[bit].effect
			letters ^= basis[bit].letters
		}
	}
	for i := range len(room) {
		changed[at+i] ^= byte(letters >> i & 1)
	}
	if got := crc32.ChecksumIEEE(changed); got != want {
		t.Fatalf("checksum %d, want %d", got, want)
	}
	return string(changed)
}
