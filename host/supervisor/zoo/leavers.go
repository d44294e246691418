package zoo

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	botv1 "github.com/patchbay-host/patchbay/proto/patchbay/bot/v1"
)

// leavers are animals that do not leave, or leave something behind.
func leavers() map[string]func([]string) animal {
	return map[string]func([]string) animal{
		"parent":        func([]string) animal { return parent(false) },
		"parent-setsid": func([]string) animal { return parent(true) },
		"child": func([]string) animal {
			signal.Ignore(syscall.SIGTERM, syscall.SIGHUP)
			select {}
		},
		"stubborn": func([]string) animal {
			signal.Ignore(syscall.SIGTERM)
			return animal{stubborn: true}
		},
		"stubborn-silent": func([]string) animal {
			signal.Ignore(syscall.SIGTERM)
			select {}
		},
	}
}

// parent starts a child that holds its outputs, and ends in a turn.
func parent(setsid bool) animal {
	return animal{
		ready: func() {
			command := Command("child")
			child := exec.Command(command[0], command[1:]...)
			child.Stdout, child.Stderr = os.Stdout, os.Stderr
			child.SysProcAttr = &syscall.SysProcAttr{Setsid: setsid}
			must(child.Start())
			complain(fmt.Sprint("child ", child.Process.Pid))
		},
		turn: func(*botv1.TurnRequest, say) error { leave(5); return nil },
	}
}
