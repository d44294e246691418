package sqlstore

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

func checkEntries(t *testing.T, s *subject) {
	const newest = 400 // several leaps
	s.must(said("other", 0, 1))
	for n := int64(0); n < newest; n += 5 {
		s.must(said("a", n, 2), said("b", n/5, 1))
		s.must(said("a", n+2, 3))
	}
	s.twice(func() {
		for _, want := range []struct {
			after       int64
			limit       int
			from, until int64
		}{
			{0, 10, 1, 10}, {0, 1000, 1, newest}, {63, 1, 64, 64}, {64, 3, 65, 67}, {127, 130, 128, 257},
			{newest - 1, 10, newest, newest}, {newest, 10, 1, 0}, {newest + 5, 10, 1, 0}, {3, 0, 1, 0}, {-4, 2, 1, 2},
		} {
			got, err := s.Entries(t.Context(), "a", want.after, want.limit)
			if err != nil {
				t.Fatal(err)
			}
			s.equal("entries", got, messages(want.from, want.until))
		}
		for _, want := range []struct {
			through     int64
			limit       int
			from, until int64
		}{
			{0, 3, newest - 2, newest}, {0, 1000, 1, newest}, {70, 1, 70, 70}, {70, 10, 61, 70}, {2, 10, 1, 2},
			{newest + 9, 1, newest, newest}, {0, 0, 1, 0},
		} {
			got, err := s.Last(t.Context(), "a", want.through, want.limit)
			if err != nil {
				t.Fatal(err)
			}
			s.equal("last", got, messages(want.from, want.until))
		}
		stored, err := s.Load(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		s.equal("conversation", stored, bridge.Stored{Conversation: said("a", newest, 0).Conversation})
	})
}

func checkConflict(t *testing.T, s *subject) {
	s.must(said("a", 0, 2, "first"))
	s.twice(func() {
		for _, expected := range []int64{0, 1, 3} {
			errs := s.commit(said("a", expected, 1, "second"))
			if !errors.Is(errs[0], bridge.ErrConflict) {
				t.Errorf("expected %d: %v", expected, errs[0])
			}
		}
		if errs := s.commit(said("new", 1, 1)); !errors.Is(errs[0], bridge.ErrConflict) {
			t.Errorf("new with entries: %v", errs[0])
		}
	})
	s.must(said("a", 2, 1, "second")) // a refused commit takes no event
}

func checkTwoInOneGroup(t *testing.T, s *subject) {
	errs := s.commit(said("a", 0, 1), said("a", 1, 2), said("a", 1, 1), said("a", 3, 1))
	if errs[0] != nil || errs[1] != nil || !errors.Is(errs[2], bridge.ErrConflict) || errs[3] != nil {
		t.Fatal(errs)
	}
	s.twice(func() {
		got, err := s.Entries(t.Context(), "a", 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		s.equal("entries", got, messages(1, 4))
	})
}

func checkRefusedAlone(t *testing.T, s *subject) {
	s.must(said("a", 0, 1, "seen"))
	bad := said("b", 0, 1, "seen", "unseen")
	bad.Bind = []bridge.Ticket{{Desk: "acme", ID: "t"}}
	errs := s.commit(said("c", 0, 1), bad, said("d", 0, 1, "unseen"))
	if repeated, ok := is[*bridge.RepeatedError](errs[1]); errs[0] != nil || !ok || errs[2] != nil {
		t.Fatal(errs)
	} else {
		s.equal("repeated", repeated.Events, []string{"seen"})
	}
	s.twice(func() {
		if _, err := s.Load(t.Context(), "b"); !errors.Is(err, bridge.ErrNotFound) {
			t.Errorf("b: %v", err)
		}
		if _, err := s.Ticket(t.Context(), "acme", "t"); !errors.Is(err, bridge.ErrNotFound) {
			t.Errorf("ticket: %v", err)
		}
	})
}

func checkRepeated(t *testing.T, s *subject) {
	s.must(said("a", 0, 1, "e1", "e2", "e1"))
	s.twice(func() {
		errs := s.commit(said("a", 1, 1, "e3", "e2"), said("b", 0, 1, "e1"))
		for i, want := range []string{"e2", "e1"} {
			repeated, ok := is[*bridge.RepeatedError](errs[i])
			if !ok {
				t.Fatalf("commit %d: %v", i, errs[i])
			}
			s.equal("events", repeated.Events, []string{want})
		}
	})
	errs := s.commit(said("a", 1, 1, "e3"), said("b", 0, 1, "e3"))
	if _, ok := is[*bridge.RepeatedError](errs[1]); errs[0] != nil || !ok {
		t.Errorf("in one group: %v", errs)
	}
}

func checkWithoutEntries(t *testing.T, s *subject) {
	s.must(said("a", 0, 2))
	quiet := said("a", 2, 0, "e")
	quiet.Conversation.Reason = "changed"
	s.must(quiet, said("empty", 0, 0))
	s.twice(func() {
		stored, err := s.Load(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		s.equal("conversation", stored.Conversation, quiet.Conversation)
		if _, err := s.Load(t.Context(), "empty"); err != nil {
			t.Error(err)
		}
		if errs := s.commit(said("a", 2, 1, "e")); errs[0] == nil {
			t.Error("the event of a commit without entries was taken twice")
		}
	})
	s.must(said("a", 2, 1))
	got, err := s.Entries(t.Context(), "a", 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	s.equal("entries", got, messages(1, 3))
}

func checkTickets(t *testing.T, s *subject) {
	c := said("a", 0, 1)
	c.Bind = []bridge.Ticket{{Desk: "acme", ID: "1"}, {Desk: "acme", ID: "2"}}
	s.must(c)
	again := said("a", 1, 1)
	again.Bind = c.Bind[:1]
	s.must(again)
	s.twice(func() {
		for _, ticket := range c.Bind {
			id, err := s.Ticket(t.Context(), ticket.Desk, ticket.ID)
			if err != nil || id != "a" {
				t.Errorf("ticket %v: %q, %v", ticket, id, err)
			}
		}
		if _, err := s.Ticket(t.Context(), "other", "1"); !errors.Is(err, bridge.ErrNotFound) {
			t.Errorf("other desk: %v", err)
		}
		other := said("b", 0, 1)
		other.Bind = []bridge.Ticket{{Desk: "acme", ID: "3"}, {Desk: "acme", ID: "2"}}
		bound, ok := is[*bridge.BoundError](s.commit(other)[0])
		if !ok || bound.Conversation != "a" {
			t.Errorf("bound twice: %v", bound)
		}
		if _, err := s.Ticket(t.Context(), "acme", "3"); !errors.Is(err, bridge.ErrNotFound) {
			t.Errorf("of a refused commit: %v", err)
		}
	})
}

func parking(id, ticket string) bridge.Commit {
	return bridge.Commit{Park: &lifecycle.Event{ID: id, Kind: lifecycle.EventQueued, At: start, Desk: "acme", Ticket: ticket}}
}

func checkParked(t *testing.T, s *subject) {
	s.must(parking("e1", "t1"), parking("e2", "t2"))
	s.must(parking("e3", "t1"))
	s.twice(func() {
		for ticket, want := range map[string][]string{"t1": {"e1", "e3"}, "t2": {"e2"}, "t3": nil, "": {"e1", "e2", "e3"}} {
			parked, err := s.Parked(t.Context(), "acme", ticket)
			if err != nil {
				t.Fatal(err)
			}
			var ids []string
			for _, p := range parked {
				ids = append(ids, p.Event.ID)
			}
			s.equal("parked for "+ticket, ids, want)
		}
		errs := s.commit(parking("e1", "t1"), said("a", 0, 1, "e2"))
		for i, err := range errs {
			if _, ok := is[*bridge.RepeatedError](err); !ok {
				t.Errorf("commit %d: %v", i, err)
			}
		}
	})
}

func checkParkBound(t *testing.T, s *subject) {
	binds := said("a", 0, 1)
	binds.Bind = []bridge.Ticket{{Desk: "acme", ID: "t"}}
	errs := s.commit(parking("before", "t"), binds, parking("after", "t"))
	bound, ok := is[*bridge.BoundError](errs[2])
	if errs[0] != nil || errs[1] != nil || !ok || bound.Conversation != "a" {
		t.Fatal(errs)
	}
	s.twice(func() {
		if _, ok := is[*bridge.BoundError](s.commit(parking("after", "t"))[0]); !ok {
			t.Error("parked for a bound ticket")
		}
	})
	s.must(said("a", 1, 1, "after")) // refused, so it was not taken
}

func checkUnpark(t *testing.T, s *subject) {
	s.must(parking("e1", "t"), parking("e2", "t"), parking("e3", "t"))
	parked, err := s.Parked(t.Context(), "acme", "t")
	if err != nil {
		t.Fatal(err)
	}
	take := said("a", 0, 1, "e1")
	take.Unpark = []int64{parked[0].ID}
	s.must(take)
	take.Expected, take.Conversation.Number, take.Entries = 1, 2, messages(2, 2)
	if _, ok := is[*bridge.RepeatedError](s.commit(take)[0]); !ok {
		t.Error("a parked event was taken in twice")
	}
	s.must(bridge.Commit{Unpark: []int64{parked[1].ID}})
	s.twice(func() {
		left, err := s.Parked(t.Context(), "", "")
		if err != nil {
			t.Fatal(err)
		}
		s.equal("left", left, parked[2:])
		if _, ok := is[*bridge.RepeatedError](s.commit(said("a", 1, 1, "e2"))[0]); !ok {
			t.Error("an event that was dropped was taken in")
		}
	})
}

func checkCursors(t *testing.T, s *subject) {
	c := said("a", 0, 5)
	c.Cursors = bridge.Cursors{Desk: 2, Observe: 3}
	s.must(c)
	save := func(desk, observe int64) {
		t.Helper()
		err := s.SaveCursors(t.Context(), map[bot.ConversationID]bridge.Cursors{
			"a": {Desk: desk, Observe: observe}, "missing": {Desk: 1}})
		if err != nil {
			t.Fatal(err)
		}
	}
	check := func(want bridge.Cursors) {
		t.Helper()
		s.twice(func() {
			stored, err := s.Load(t.Context(), "a")
			if err != nil {
				t.Fatal(err)
			}
			s.equal("cursors", stored.Cursors, want)
		})
	}
	check(c.Cursors)
	save(4, 1) // a cursor never goes back
	check(bridge.Cursors{Desk: 4, Observe: 3})
	s.must(said("a", 5, 1))
	check(bridge.Cursors{Desk: 4, Observe: 3})
}

func checkWork(t *testing.T, s *subject) {
	due := start.Add(time.Minute)
	idle, timed, turns, desk := said("idle", 0, 1), said("timed", 0, 1), said("turns", 0, 1), said("desk", 0, 2)
	timed.Conversation.Timers = []lifecycle.Timer{{Name: lifecycle.TimerNoAgent, At: due.Add(time.Hour)}, {Name: lifecycle.TimerBot, At: due}}
	turns.Conversation.Turns = []lifecycle.Turn{{ID: "t", Attempt: 1}}
	desk.Entries[0].To = lifecycle.ToDesk | lifecycle.ToCustomer
	s.must(idle, timed, turns, desk)
	s.must(said("desk", 2, 1))
	check := func(want ...bridge.Work) {
		t.Helper()
		s.twice(func() {
			got, err := s.Work(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			s.equal("work", got, want)
		})
	}
	check(bridge.Work{ID: "timed", Channel: "web", Due: due}, bridge.Work{ID: "turns", Channel: "web", Now: true}, bridge.Work{ID: "desk", Channel: "web", Now: true})
	if err := s.SaveCursors(t.Context(), map[bot.ConversationID]bridge.Cursors{"desk": {Desk: 1}}); err != nil {
		t.Fatal(err)
	}
	s.must(said("turns", 1, 1), said("idle", 1, 1))
	check(bridge.Work{ID: "timed", Channel: "web", Due: due})
}

func checkList(t *testing.T, s *subject) {
	holders := []lifecycle.Holder{lifecycle.Nobody, lifecycle.Bot, lifecycle.Queue, lifecycle.Agent}
	hold := func(id bot.ConversationID, after int64, holder lifecycle.Holder, channel string) {
		c := said(id, after, 1)
		c.Conversation.Holder, c.Conversation.Channel = holder, channel
		s.must(c)
	}
	for i, id := range []bot.ConversationID{"a", "b", "c", "d"} {
		hold(id, 0, holders[i], "web")
	}
	s.reopen()
	hold("a", 1, lifecycle.Agent, "web") // newer than the table
	hold("e", 0, lifecycle.Agent, "phone")
	s.twice(func() {
		for _, want := range []struct {
			filter bridge.Filter
			ids    []bot.ConversationID
		}{
			{bridge.Filter{}, []bot.ConversationID{"e", "a", "d", "c", "b"}},
			{bridge.Filter{Limit: 2}, []bot.ConversationID{"e", "a"}},
			{bridge.Filter{Holder: lifecycle.Agent}, []bot.ConversationID{"e", "a", "d"}},
			{bridge.Filter{Holder: lifecycle.Agent, Channel: "web", Limit: 1}, []bot.ConversationID{"a"}},
			{bridge.Filter{Holder: lifecycle.Nobody}, nil},
			{bridge.Filter{Channel: "phone"}, []bot.ConversationID{"e"}},
		} {
			list, err := s.List(t.Context(), want.filter)
			if err != nil {
				t.Fatal(err)
			}
			var ids []bot.ConversationID
			for _, c := range list {
				ids = append(ids, c.ID)
			}
			s.equal("list", ids, want.ids)
		}
	})
}

func checkNotFound(t *testing.T, s *subject) {
	s.must(said("a", 0, 1))
	s.twice(func() {
		_, load := s.Load(t.Context(), "b")
		_, entries := s.Entries(t.Context(), "b", 0, 1)
		_, last := s.Last(t.Context(), "b", 0, 1)
		_, ticket := s.Ticket(t.Context(), "acme", "b")
		for _, err := range []error{load, entries, last, ticket} {
			if !errors.Is(err, bridge.ErrNotFound) {
				t.Error(err)
			}
		}
	})
}

func checkInvalid(t *testing.T, s *subject) {
	wrong := said("a", 0, 2)
	wrong.Conversation.Number = 7
	gap := said("a", 0, 2)
	gap.Entries[1].Number = 3
	noTime := said("c", 0, 1)
	noTime.Entries[0].At = time.Unix(1<<40, 0)
	park := bridge.Commit{Park: &lifecycle.Event{ID: "p", Desk: "acme", Ticket: "T", At: time.Unix(1<<40, 0)}}
	errs := s.commit(wrong, gap, noTime, park, said("b", 0, 1))
	if errs[0] == nil || errs[1] == nil || errs[2] == nil || errs[3] == nil || errs[4] != nil {
		t.Error(errs)
	}
}

func checkCancelled(t *testing.T, s *subject) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Commit(ctx, []bridge.Commit{said("a", 0, 1)}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	s.must(said("a", 0, 1))
}

func checkBotState(t *testing.T, s *subject) {
	c := said("a", 0, 1)
	c.Entries[0].State, c.Entries[0].StateSchema = bytes.Repeat([]byte{0, 1, 0xff}, 64<<10/3), 2
	c.Conversation.StateAt = 1
	s.must(c)
	for n := range int64(10) {
		s.must(said("a", n+1, 1))
	}
	s.twice(func() {
		got, err := s.Last(t.Context(), "a", 1, 1)
		if err != nil {
			t.Fatal(err)
		}
		s.equal("entry with state", got, c.Entries)
	})
}

func checkClosed(t *testing.T, s *subject) {
	s.must(said("a", 0, 1))
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := s.Commit(t.Context(), []bridge.Commit{said("a", 1, 1)}); err == nil {
		t.Error("a closed store commits")
	}
	if _, err := s.Load(t.Context(), "b"); err == nil {
		t.Error("a closed store reads")
	}
}
