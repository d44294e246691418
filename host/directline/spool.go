package directline

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"sync/atomic"

	"github.com/gabriel-vasile/mimetype"
)

// spoolFiles is for how many of the largest files there is room on the way.
const spoolFiles = 40

// headSize is how much of a file tells its type.
const headSize = 3 << 10

// spooled is a file that has come, and is not kept yet: what it comes with may
// still be wrong.
type spooled struct {
	name, contentType string
	size              int64
	sum               [sha256.Size]byte
	file              *os.File
	room              *spoolRoom
}

// spoolRoom counts the bytes of all files on their way.
type spoolRoom struct {
	used  atomic.Int64
	limit int64
}

// diskError is a failure of ours to write a file down.
type diskError struct{ err error }

func (e *diskError) Error() string { return "write upload: " + e.err.Error() }
func (e *diskError) Unwrap() error { return e.err }

// spool writes a file down. Its type is what its content is: what a client
// says of it is a guess from the name, or a lie.
func (s *Server) spool(from io.Reader, name string) (_ *spooled, err error) {
	file, err := os.CreateTemp(s.spoolDir, "upload-*")
	if err != nil {
		return nil, &diskError{err}
	}
	up := &spooled{file: file, room: s.spoolRoom}
	defer func() {
		if err != nil {
			up.close()
		}
	}()
	_ = os.Remove(file.Name()) // where that can be; what is left is removed by close
	hash, head, source := sha256.New(), &head{}, &source{Reader: io.LimitReader(from, s.maxFile+1)}
	_, err = io.Copy(io.MultiWriter(up, head, hash, file), source)
	switch {
	case source.err != nil:
		return nil, source.err
	case err != nil && !errors.As(err, new(*fault)):
		return nil, &diskError{err}
	case err != nil:
		return nil, err
	case up.size > s.maxFile:
		return nil, fileTooBig(s.maxFile)
	}
	hash.Sum(up.sum[:0])
	kind := mimetype.Detect(head.bytes)
	up.contentType, up.name = kind.String(), fileName(name, kind.Extension())
	return up, nil
}

// Write claims room for what is about to be written.
func (f *spooled) Write(p []byte) (int, error) {
	n := int64(len(p))
	if f.room.used.Add(n) > f.room.limit {
		f.room.used.Add(-n)
		return 0, unavailable()
	}
	f.size += n
	return len(p), nil
}

// content reads the file from its beginning.
func (f *spooled) content() (io.Reader, error) {
	if _, err := f.file.Seek(0, io.SeekStart); err != nil {
		return nil, &diskError{err}
	}
	return f.file, nil
}

// id names the file where it is kept. It is the same when its event is posted
// again, and another one if that has another content now: what has been said
// does not change.
func (f *spooled) id(event string, index int) string {
	return fileID(event, index, f.sum)
}

func fileID(event string, index int, content [sha256.Size]byte) string {
	text := binary.AppendUvarint(content[:], uint64(index))
	sum := sha256.Sum256(append(text, event...))
	return hex.EncodeToString(sum[:16])
}

func (f *spooled) close() {
	f.room.used.Add(-f.size)
	f.size = 0
	f.file.Close()
	_ = os.Remove(f.file.Name())
}

// head keeps the beginning of what is written to it.
type head struct{ bytes []byte }

func (h *head) Write(p []byte) (int, error) {
	h.bytes = append(h.bytes, p[:min(len(p), headSize-len(h.bytes))]...)
	return len(p), nil
}

// source remembers why reading has failed, to tell it from failing to write.
type source struct {
	io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}
