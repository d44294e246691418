package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// syncData makes a file's content durable.
func syncData(file *os.File) error { return unix.Fdatasync(int(file.Fd())) }
