package supervisor

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// Trap 6: no process outlives a killed host, even one that ignores the end of
// stdin; and the next host clears away what it left.
func TestHostKilled(t *testing.T) {
	t.Parallel()
	for _, animal := range []string{"echo", "stubborn"} {
		t.Run(animal, func(t *testing.T) {
			t.Parallel()
			parent := shortDir(t)
			host := exec.Command(os.Args[0], "host", parent, animal)
			host.Stderr = os.Stderr
			stdout, err := host.StdoutPipe()
			must(err)
			must(host.Start())
			line, err := bufio.NewReader(stdout).ReadString('\n')
			must(err)
			pid, err := strconv.Atoi(strings.TrimSpace(line))
			must(err)
			must(unix.Kill(pid, 0))
			must(host.Process.Kill())
			_ = host.Wait()
			wantGone(t, pid)
			dirs, err := openRunDir(parent)
			must(err)
			defer dirs.close()
			if left, _ := filepath.Glob(parent + "/*"); len(left) != 1 || left[0] != dirs.path {
				t.Errorf("left in the run directory: %v", left)
			}
		})
	}
}

// Trap 6: the process lives on when the thread that wanted it does not.
func TestProcessOutlivesThread(t *testing.T) {
	t.Parallel()
	began := make(chan *process)
	go func() {
		runtime.LockOSThread() // the thread ends with this goroutine
		p, err := startProcess(command{path: "/bin/cat", args: []string{"cat"}})
		must(err)
		began <- p
	}()
	p := <-began
	for range 3 { // threads come and go
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			runtime.LockOSThread()
		}()
		<-ended
	}
	_, err := p.stdin.WriteString("still here\n")
	must(err)
	line, err := bufio.NewReader(p.stdout).ReadString('\n')
	if err != nil || line != "still here\n" {
		t.Errorf("read %q, %v", line, err)
	}
	p.stdin.Close() // to cat, the end
	<-p.exited
	if got := p.exit.String(); got != "exit code 0" {
		t.Error(got)
	}
	p.kill() // of nobody any more: no harm
}

func TestLeavesOnEndOfStdin(t *testing.T) {
	t.Parallel()
	h := startHost(t, "echo", nil)
	status := h.ready()
	h.keepers[0].current.(*generation).proc.stdin.Close()
	next := h.nextAfter(status.Generation)
	if next.LastExit.String() != "exit code 0" {
		t.Errorf("exit: %s", next.LastExit)
	}
	h.log.wait(t, "leaving: stdin has ended")
}
