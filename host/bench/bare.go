package main

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"os"
	"strings"
)

// The lines of verification and HTTP.
const (
	rs256Line    = "bare RS256 verification, one core"
	bareHTTPLine = "bare net/http, 64 connections"
)

// rs256 measures verifying a signature, and nothing around it.
func rs256(ctx context.Context, b *bench) (figure, error) {
	text := []byte(strings.Repeat("x", 300)) // header and payload
	value := b.key.sign(text)
	return load{during: b.during, callers: []caller{func() error {
		sum := sha256.Sum256(text)
		return rsa.VerifyPKCS1v15(&b.key.PublicKey, crypto.SHA256, sum[:], value)
	}}}.run(ctx), nil
}

// bareHTTP measures the webhooks' requests at a server in a process of its own
// that reads them and does nothing else.
func bareHTTP(ctx context.Context, b *bench) (_ figure, err error) {
	dir, err := b.folder()
	if err != nil {
		return figure{}, err
	}
	defer os.RemoveAll(dir)
	address, err := freeAddress(ctx)
	if err != nil {
		return figure{}, err
	}
	server, err := start(dir, "http", address)
	if err != nil {
		return figure{}, err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	var wires []*wire
	var hangUp func()
	if err := server.await(ctx, func() error { wires, hangUp, err = dialMany(ctx, address, many); return err }); err != nil {
		return figure{}, err
	}
	defer hangUp()
	l := load{during: b.during}
	request := b.webhook(address, "ticket", "event")
	for _, w := range wires {
		l.callers = append(l.callers, func() error { return w.do(request, 204) })
	}
	return l.run(ctx), nil
}
