package webhooks

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
)

// maxBody is the largest body taken, in bytes.
const maxBody = 1 << 20

// smallBody is what nearly every body fits in; larger ones are not kept.
const smallBody = 8 << 10

var errTooLarge = fmt.Errorf("larger than %d bytes", maxBody)

// buffers keeps small bodies' memory for the next ones.
type buffers struct{ pool sync.Pool }

// body is a request's body, read once. Its bytes hold until it is released.
type body struct {
	bytes []byte
	from  *buffers
	kept  *[]byte
}

// read reads a request's body: into memory kept for small ones where its
// length is announced and fits, as 8x8's does.
func (b *buffers) read(r *http.Request) (body, error) {
	switch length := r.ContentLength; {
	case length > maxBody:
		return body{}, errTooLarge
	case length < 0 || length > smallBody:
		return readLong(r)
	default:
		kept, ok := b.pool.Get().(*[]byte)
		if !ok {
			made := make([]byte, smallBody)
			kept = &made
		}
		read := body{(*kept)[:length], b, kept}
		if _, err := io.ReadFull(r.Body, read.bytes); err != nil {
			read.release()
			return body{}, err
		}
		return read, nil
	}
}

func readLong(r *http.Request) (body, error) {
	bytes, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err == nil && len(bytes) > maxBody {
		err = errTooLarge
	}
	return body{bytes: bytes}, err
}

// release gives the memory back.
func (b body) release() {
	if b.kept != nil {
		b.from.pool.Put(b.kept)
	}
}

// bodyResult is what a body that could not be read comes to.
func bodyResult(err error) result {
	if errors.Is(err, errTooLarge) {
		return result{status: http.StatusRequestEntityTooLarge, outcome: TooLarge, err: err}
	}
	return result{status: http.StatusBadRequest, outcome: Broken, err: fmt.Errorf("read body: %w", err)}
}
