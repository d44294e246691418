package supervisor

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
)

// lineWriter cuts what is written into lines of at most maxLine bytes and
// drops the rest of longer ones. It never fails and never blocks. Safe for
// concurrent use.
type lineWriter struct {
	// emit gets each line without its end, and how many bytes are missing.
	emit func(text string, cut int)

	mu  sync.Mutex
	buf []byte
	cut int
}

// Write takes more of the stream.
func (w *lineWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for rest := p; len(rest) > 0; {
		end := bytes.IndexByte(rest, '\n')
		part := rest
		if end >= 0 {
			part = rest[:end]
		}
		kept := min(len(part), maxLine-len(w.buf))
		w.buf = append(w.buf, part[:kept]...)
		w.cut += len(part) - kept
		if end < 0 {
			break
		}
		w.flush()
		rest = rest[end+1:]
	}
	return len(p), nil
}

// Close emits a last line that has no end.
func (w *lineWriter) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.buf) > 0 {
		w.flush()
	}
	return nil
}

func (w *lineWriter) flush() {
	w.emit(string(w.buf), w.cut)
	w.buf, w.cut = w.buf[:0], 0
}

// firstLine gives away the first line of what is written, once, and passes
// the rest on.
type firstLine struct {
	rest *lineWriter
	// line gets the first line, or nothing if there is none; then it is
	// closed.
	line chan string
	// err is why there is no line; read it after line is closed.
	err error

	buf  []byte
	done bool
}

func newFirstLine(rest *lineWriter) *firstLine {
	return &firstLine{rest: rest, line: make(chan string, 1)}
}

// Write takes more of the stream.
func (f *firstLine) Write(p []byte) (int, error) {
	if f.done {
		return f.rest.Write(p)
	}
	n := len(p)
	end := bytes.IndexByte(p, '\n')
	if end < 0 {
		f.buf = append(f.buf, p...)
		if len(f.buf) > maxLine {
			f.over(fmt.Errorf("the first line on stdout has more than %d bytes", maxLine))
		}
		return n, nil
	}
	f.buf = append(f.buf, p[:end]...)
	if len(f.buf) > maxLine {
		f.over(fmt.Errorf("the first line on stdout has more than %d bytes", maxLine))
	} else {
		f.line <- string(f.buf)
		f.over(nil)
	}
	_, err := f.rest.Write(p[end+1:])
	return n, err
}

// over ends the wait for the line. What was not a line is logged.
func (f *firstLine) over(err error) {
	f.done, f.err = true, err
	if err != nil {
		_, _ = f.rest.Write(f.buf)
	}
	f.buf = nil
	close(f.line)
}

// Close ends the stream.
func (f *firstLine) Close() error {
	if !f.done {
		f.over(errNoLine)
	}
	return f.rest.Close()
}

// errNoLine is an output that ended without a line.
var errNoLine = errors.New("stdout was closed before a line was printed")
