package zoo

import (
	"strings"
	"time"

	botv1 "github.com/patchbay-host/patchbay/proto/patchbay/bot/v1"
)

// turns are animals whose answers go wrong.
func turns() map[string]func([]string) animal {
	all := map[string]func([]string) animal{
		"huge":   func([]string) animal { return animal{raw: []byte{0, 0xc0, 0, 0, 0}} }, // says that 3 GiB follow
		"binary": func([]string) animal { return animal{raw: []byte{0, 0, 0, 0, 7, 0x08, 1, 0x12, 3, 0x12, 1, 0xff}} },
	}
	all["brief"] = func([]string) animal { return animal{history: 2, turn: recall} }
	for name, turn := range map[string]func(*botv1.TurnRequest, say) error{
		"crashturn": func(*botv1.TurnRequest, say) error {
			complain(`{"level":"error","msg":"out of ideas"}`)
			leave(7)
			return nil
		},
		"midstream": func(_ *botv1.TurnRequest, s say) error { // half of it, and is gone
			must(s.Send(message(1, "half of an ans")))
			<-time.After(100 * time.Millisecond) // for it to be on its way
			leave(7)
			return nil
		},
		"noterminal": func(_ *botv1.TurnRequest, s say) error { return s.Send(message(1, "and?")) },
		"twodone":    func(_ *botv1.TurnRequest, s say) error { return send(s, message(1, "that is it"), done(2), done(3)) },
		"afterdone": func(_ *botv1.TurnRequest, s say) error {
			return send(s, message(1, "that is it"), done(2), message(3, "and another thing"))
		},
		"endless": func(_ *botv1.TurnRequest, s say) error {
			for seq := uint32(1); ; seq++ {
				if err := s.Send(message(seq, "on and on")); err != nil {
					return err
				}
			}
		},
		"fat": func(_ *botv1.TurnRequest, s say) error { return s.Send(message(1, strings.Repeat("x", 5<<20))) },
		"env": func(_ *botv1.TurnRequest, s say) error { return send(s, message(1, surroundings()), done(2)) },
		"half": func(_ *botv1.TurnRequest, s say) error { // says half of it, and waits
			must(s.Send(message(1, "half of an ans")))
			return untilCancelled(s)
		},
		"hangs": func(_ *botv1.TurnRequest, s say) error { return untilCancelled(s) },
	} {
		all[name] = func([]string) animal { return animal{turn: turn} }
	}
	return all
}

// recall says what was said before, as far as it came.
func recall(r *botv1.TurnRequest, s say) error {
	var said []string
	for _, m := range r.GetHistory() {
		said = append(said, m.GetText())
	}
	return send(s, message(1, strings.Join(said, ", ")), done(2))
}

func send(s say, events ...*botv1.TurnResponse) error {
	for _, event := range events {
		if err := s.Send(event); err != nil {
			return err
		}
	}
	return nil
}

func untilCancelled(s say) error {
	<-s.Context().Done()
	return s.Context().Err()
}
