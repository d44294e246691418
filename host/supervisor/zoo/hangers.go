package zoo

import (
	"context"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	botv1 "github.com/patchbay-host/patchbay/proto/patchbay/bot/v1"
)

// hangers are animals that are up and have no time.
func hangers() map[string]func([]string) animal {
	return map[string]func([]string) animal{
		"busy": func([]string) animal { // has none for health checks, and says something all the time
			var checks atomic.Int32
			return animal{turn: chatter, check: func(context.Context) {
				if checks.Add(1) > 1 {
					select {}
				}
			}}
		},
		"stops": func([]string) animal { // stands still in the midst of a turn
			return animal{turn: func(*botv1.TurnRequest, say) error { return syscall.Kill(os.Getpid(), syscall.SIGSTOP) }}
		},
		"nocancel": func([]string) animal { // goes on whatever it is told
			return animal{turn: func(*botv1.TurnRequest, say) error { select {} }}
		},
		"patient": func(args []string) animal { // says its name once there is the file that it is told
			return animal{turn: func(r *botv1.TurnRequest, s say) error {
				if err := waitForFile(r.GetMessages().GetMessages()[0].GetText(), s); err != nil {
					return err
				}
				return send(s, message(1, args[0]), done(2))
			}}
		},
		"single": func([]string) animal { // one turn at a time
			return animal{turns: 1, turn: func(r *botv1.TurnRequest, s say) error {
				if strings.Contains(r.GetMessages().String(), "hang") {
					return untilCancelled(s)
				}
				return s.Send(done(1))
			}}
		},
	}
}

// waitForFile says, by a file of its own, that it waits for one.
func waitForFile(file string, s say) error {
	must(os.WriteFile(file+".asked", nil, 0o600))
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if _, err := os.Stat(file); err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-s.Context().Done():
			return s.Context().Err()
		}
	}
}

// chatter types for a while before it says something.
func chatter(_ *botv1.TurnRequest, s say) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for seq := uint32(1); seq < 40; seq++ {
		<-tick.C
		must(s.Send(&botv1.TurnResponse{Seq: seq, Event: &botv1.TurnResponse_Typing{Typing: &botv1.Typing{}}}))
	}
	return send(s, message(40, "at last"), done(41))
}
