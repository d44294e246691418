package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/pprof"
	"time"

	"github.com/patchbay-host/patchbay/host"
	"github.com/patchbay-host/patchbay/host/config"
)

// childArg is the first argument of a child of ours.
const childArg = "child"

// child is what a child does, until its standard input ends. A line that it
// reads there is a folder: from then on it profiles itself into that.
func child(ctx context.Context, args []string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	profiled := make(chan error, 1)
	go func() {
		defer cancel()
		profiled <- listen(os.Stdin)
	}()
	serve := map[string]func(context.Context, string) error{"host": serveHost, "http": serveBare}[args[1]]
	err := serve(ctx, args[2])
	if err != nil {
		return err
	}
	return <-profiled
}

// listen profiles when it is told to, and ends when nothing more can come.
func listen(in io.Reader) error {
	lines := bufio.NewScanner(in)
	if !lines.Scan() {
		return lines.Err()
	}
	dir := lines.Text()
	cpu, err := os.Create(filepath.Join(dir, "cpu.pprof"))
	if err != nil {
		return err
	}
	defer cpu.Close()
	allocs, err := os.Create(filepath.Join(dir, "allocs.pprof"))
	if err != nil {
		return err
	}
	defer allocs.Close()
	if err := pprof.StartCPUProfile(cpu); err != nil {
		return err
	}
	for lines.Scan() {
	}
	pprof.StopCPUProfile()
	return pprof.Lookup("allocs").WriteTo(allocs, 0)
}

// serveHost is what patchbay serve is.
func serveHost(ctx context.Context, file string) error {
	cfg, err := config.Load(file, os.LookupEnv)
	if err != nil {
		return err
	}
	h, err := host.New(ctx, cfg, host.Options{Version: "bench", Logger: slog.New(slog.NewTextHandler(os.Stderr, nil))})
	if err != nil {
		return err
	}
	return h.Run(ctx)
}

// serveBare answers any POST once it has read it.
func serveBare(ctx context.Context, address string) error {
	var any net.ListenConfig
	socket, err := any.Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	server := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})}
	context.AfterFunc(ctx, func() { server.Close() })
	if err := server.Serve(socket); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
