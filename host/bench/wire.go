package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"
)

// answerWithin is how long an answer may take.
const answerWithin = 15 * time.Second

// wire is a kept-alive HTTP/1.1 connection. It does next to nothing, so that
// the client's share of the processor stays small: requests are bytes that were
// made before, and of an answer only the status is kept.
type wire struct {
	net.Conn
	in *bufio.Reader
}

func dial(ctx context.Context, address string) (*wire, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	return &wire{conn, bufio.NewReader(conn)}, nil
}

// dialMany makes n connections.
func dialMany(ctx context.Context, address string, n int) ([]*wire, func(), error) {
	wires := make([]*wire, 0, n)
	hangUp := func() {
		for _, w := range wires {
			w.Close()
		}
	}
	for range n {
		w, err := dial(ctx, address)
		if err != nil {
			hangUp()
			return nil, nil, err
		}
		wires = append(wires, w)
	}
	return wires, hangUp, nil
}

// do sends a whole request and reads the answer, which must have that status.
func (w *wire) do(request []byte, want int) error {
	if err := w.SetDeadline(time.Now().Add(answerWithin)); err != nil {
		return err
	}
	if _, err := w.Write(request); err != nil {
		return err
	}
	status, err := w.line()
	if err != nil {
		return err
	}
	if len(status) < 12 || string(status[9:12]) != strconv.Itoa(want) {
		return fmt.Errorf("answered %q, not %d", status, want)
	}
	length := 0
	for {
		line, err := w.line()
		if err != nil {
			return err
		}
		if len(line) == 0 {
			_, err := w.in.Discard(length)
			return err
		}
		name, value, _ := bytes.Cut(line, []byte(": "))
		switch string(name) {
		case "Content-Length":
			if length, err = strconv.Atoi(string(value)); err != nil {
				return fmt.Errorf("answer's length: %w", err)
			}
		case "Transfer-Encoding":
			return errors.New("the answer is in chunks, which is not foreseen")
		}
	}
}

func (w *wire) line() ([]byte, error) {
	line, err := w.in.ReadSlice('\n')
	return bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r")), err
}

// post is a whole request. Headers are lines with their end.
func post(host, path, headers string, body []byte) []byte {
	request := fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: bench\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n",
		path, host, headers, len(body))
	return append(request, body...)
}
