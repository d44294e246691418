package supervisor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// command is what to run, and how.
type command struct {
	path string
	args []string // with the name of the program in front
	dir  string
	env  []string
	// program, if set, is executed in place of what is found at path.
	program *os.File
}

// process is one running program, at the head of a process group of its own.
// Safe for concurrent use.
type process struct {
	pid    int
	stdin  *os.File // never written to: its end tells the process that the host is gone
	stdout *os.File
	stderr *os.File
	// exited is closed when the process is gone and reaped, and its group
	// was killed. exit is set then.
	exited chan struct{}
	exit   Exit

	mu     sync.Mutex
	reaped bool // the number may be somebody else's from now on
	ours   bool // the host has sent a signal
}

// startProcess runs c. The kernel kills the process when the thread that
// forked it ends, so a goroutine of its own, locked to its thread, forks it
// and stays until it is gone.
func startProcess(c command) (*process, error) {
	p := &process{exited: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // for ever: the thread ends with the goroutine
		cmd, err := p.fork(c)
		started <- err
		if err == nil {
			p.wait(cmd)
		}
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return p, nil
}

// fork starts the process with three pipes and keeps the host's ends.
func (p *process) fork(c command) (*exec.Cmd, error) {
	in, out, errs, err := pipes()
	if err != nil {
		return nil, err
	}
	cmd := &exec.Cmd{
		Path: c.path, Args: c.args, Dir: c.dir, Env: c.env,
		Stdin: in.read, Stdout: out.write, Stderr: errs.write,
		SysProcAttr: &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL},
	}
	if c.program != nil {
		cmd.ExtraFiles = []*os.File{c.program} // descriptor 3 in the child
		cmd.Path = "/proc/self/fd/3"
	}
	p.stdin, p.stdout, p.stderr = in.write, out.read, errs.read
	err = cmd.Start()
	closeAll(in.read, out.write, errs.write)
	if err != nil {
		closeAll(p.stdin, p.stdout, p.stderr)
		return nil, explainExec(c, err)
	}
	p.pid = cmd.Process.Pid
	return cmd, nil
}

type pipe struct{ read, write *os.File }

// pipes makes the three of a process.
func pipes() (in, out, errs pipe, err error) {
	for _, made := range []*pipe{&in, &out, &errs} {
		if made.read, made.write, err = os.Pipe(); err != nil {
			closeAll(in.read, in.write, out.read, out.write)
			return in, out, errs, fmt.Errorf("make pipe: %w", err)
		}
	}
	return in, out, errs, nil
}

// closeAll closes those of files that there are and are open. None of them is
// one whose closing could lose anything.
func closeAll(files ...*os.File) {
	for _, file := range files {
		_ = file.Close() // on nil an error
	}
}

// wait blocks until the process is gone, kills what is left of its group, and
// reaps it. The order matters: until the process is reaped its number cannot
// become another group's.
func (p *process) wait(cmd *exec.Cmd) {
	for errors.Is(unix.Waitid(unix.P_PID, p.pid, nil, unix.WEXITED|unix.WNOWAIT, nil), unix.EINTR) {
	}
	p.mu.Lock()
	_ = unix.Kill(-p.pid, unix.SIGKILL)
	_ = cmd.Wait() // what it says is in ProcessState
	p.reaped = true
	p.exit = exitOf(cmd.ProcessState, p.ours, time.Now())
	p.mu.Unlock()
	closeAll(p.stdin)
	close(p.exited)
}

// signal sends sig to the whole group. After the end of the process it does
// nothing.
func (p *process) signal(sig unix.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.reaped {
		p.ours = true
		_ = unix.Kill(-p.pid, sig)
	}
}

// terminate asks the group to leave: by signal, and by the end of stdin. A
// stopped process is woken, or it could not hear.
func (p *process) terminate() {
	closeAll(p.stdin)
	p.signal(unix.SIGTERM)
	p.signal(unix.SIGCONT)
}

// kill ends the group, whatever it is doing.
func (p *process) kill() { p.signal(unix.SIGKILL) }

// explainExec says what an error of exec means in practice.
func explainExec(c command, err error) error {
	_, missing := os.Stat(c.path)
	hint := ""
	switch {
	case errors.Is(err, fs.ErrNotExist) && missing == nil:
		if _, noDir := os.Stat(c.dir); c.dir != "" && noDir != nil {
			hint = fmt.Sprintf("the working directory %s does not exist", c.dir)
		} else {
			hint = "the file is there, but not the interpreter in its #! line, or its dynamic loader"
		}
	case errors.Is(err, fs.ErrNotExist):
		hint = "there is no such file; was it built?"
	case errors.Is(err, fs.ErrPermission):
		hint = "it must be executable (chmod +x) and on a file system that allows it"
	case errors.Is(err, syscall.ENOEXEC):
		hint = "it is no program of this system: built for another one, or a script without a #! line"
	}
	if hint == "" {
		return fmt.Errorf("run %s: %w", c.path, err)
	}
	return fmt.Errorf("run %s: %w: %s", c.path, err, hint)
}
