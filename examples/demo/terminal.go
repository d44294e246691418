package main

import (
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// takeTerminal makes us the terminal's foreground group, if there is one, so
// that ^C reaches us alone: make, which is in the group that started us, would
// end with an error although all went well. The answer gives the terminal
// back.
func takeTerminal() func() {
	terminal := int(os.Stdin.Fd())
	before, err := unix.IoctlGetInt(terminal, unix.TIOCGPGRP)
	if err != nil || before != syscall.Getpgrp() {
		return func() {} // no terminal, or we are in the background
	}
	if err := syscall.Setpgid(0, 0); err != nil {
		return func() {}
	}
	signal.Ignore(syscall.SIGTTOU)
	take := func(group int) { _ = unix.IoctlSetPointerInt(terminal, unix.TIOCSPGRP, group) }
	take(syscall.Getpgrp())
	return func() { take(before) }
}
