package supervisor

import (
	"context"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// drainRate and drainBurst bound how many bytes a second are read of one
	// output: a flood slows the process that makes it, not the host.
	drainRate  = 8 << 20
	drainBurst = 4 << 20
	readSize   = 32 << 10
)

// output reads what a process prints, for as long as it lives and a little
// longer: processes that it leaves behind may hold the pipes for ever.
type output struct {
	// first gets the first line on stdout.
	first *firstLine
	// ended is closed when both outputs were read to their end.
	ended chan struct{}
}

// readOutput begins to read. After the process is gone, the rest is read for
// at most patience.
func readOutput(p *process, l *logs, patience time.Duration) *output {
	o := &output{first: newFirstLine(l.stream("stdout")), ended: make(chan struct{})}
	alive, gone := context.WithCancel(context.Background())
	var readers sync.WaitGroup
	readers.Go(func() { pump(alive, p.stdout, o.first) })
	readers.Go(func() { pump(alive, p.stderr, l.stream("stderr")) })
	go func() {
		<-p.exited
		gone()
		until := time.Now().Add(patience)
		_ = p.stdout.SetReadDeadline(until)
		_ = p.stderr.SetReadDeadline(until)
		readers.Wait()
		closeAll(p.stdout, p.stderr)
		l.reportDropped()
		close(o.ended)
	}()
	return o
}

// pump moves from one output into the log. While the process is alive, at
// most at drainRate.
func pump(alive context.Context, from *os.File, to io.WriteCloser) {
	defer to.Close()
	limit := rate.NewLimiter(drainRate, drainBurst)
	buf := make([]byte, readSize)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			_, _ = to.Write(buf[:n])
			_ = limit.WaitN(alive, n)
		}
		if err != nil {
			return
		}
	}
}
