package main

import (
	"errors"
	"os"
	"path/filepath"
	"time"
)

// fdatasync is the median time of writing 4 KiB durably to a file in dir whose
// size does not change: the least that a commit takes on that disk.
func fdatasync(dir string) (_ time.Duration, err error) {
	file, err := os.Create(filepath.Join(dir, "fdatasync"))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, file.Close(), os.Remove(file.Name())) }()
	const blocks = 256
	block := make([]byte, 4<<10)
	if _, err := file.Write(make([]byte, blocks*len(block))); err != nil {
		return 0, err
	}
	if err := file.Sync(); err != nil {
		return 0, err
	}
	var took []time.Duration
	for i := range blocks {
		began := time.Now()
		if _, err := file.WriteAt(block, int64(i*len(block))); err != nil {
			return 0, err
		}
		if err := syncData(file); err != nil {
			return 0, err
		}
		took = append(took, time.Since(began))
	}
	return median(took), nil
}
