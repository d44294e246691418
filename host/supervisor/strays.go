package supervisor

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// A process that a bot has started may leave the bot's process group, and then
// survives the group's end. It still carries the bot's environment, in which
// the directory of the generation names nobody else.

// strays are the processes that carry dir in their environment.
func strays(dir genDir) []int {
	marker := []byte(socketDirVar + "=" + dir.sockets())
	paths, _ := filepath.Glob("/proc/[0-9]*/environ")
	var found []int
	for _, path := range paths {
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err == nil && carries(path, marker) {
			found = append(found, pid)
		}
	}
	return found
}

// carries reports whether the environment has the variable. One that cannot
// be read is another user's, or of a process that is gone.
func carries(path string, variable []byte) bool {
	environ, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	for one := range bytes.SplitSeq(environ, []byte{0}) {
		if bytes.Equal(one, variable) {
			return true
		}
	}
	return false
}

// endStrays kills what a generation has left behind and answers what was
// found, and what is still there after patience.
func endStrays(dir genDir, patience time.Duration) (found, left []int) {
	until := time.Now().Add(patience)
	found = strays(dir)
	for pids := found; len(pids) > 0; pids = strays(dir) {
		for _, pid := range pids {
			endStray(dir, pid, until)
		}
		if !time.Now().Before(until) {
			return found, strays(dir)
		}
	}
	return found, nil
}

// endStray kills one process and waits until it is gone. It is held by a
// descriptor before it is looked at once more, so that nobody else is hit who
// has got its number.
func endStray(dir genDir, pid int, until time.Time) {
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return
	}
	defer func() { _ = unix.Close(fd) }()
	path := filepath.Join("/proc", strconv.Itoa(pid), "environ")
	if !carries(path, []byte(socketDirVar+"="+dir.sockets())) {
		return
	}
	if unix.PidfdSendSignal(fd, unix.SIGKILL, nil, 0) == nil {
		wait := max(time.Until(until), 0)
		_, _ = unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, int(wait.Milliseconds()))
	}
}
