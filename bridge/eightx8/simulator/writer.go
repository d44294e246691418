package simulator

import (
	"bytes"
	"cmp"
	"maps"
	"net/http"
)

// statusWriter remembers the status that was written.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// lateWriter keeps an answer until it is sent.
type lateWriter struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *lateWriter) Header() http.Header         { return w.header }
func (w *lateWriter) Write(b []byte) (int, error) { return w.body.Write(b) }
func (w *lateWriter) WriteHeader(status int)      { w.status = status }

func (w *lateWriter) send(to http.ResponseWriter) {
	maps.Copy(to.Header(), w.header)
	write(to, cmp.Or(w.status, http.StatusOK), w.header.Get("Content-Type"), w.body.Bytes())
}

// discardWriter is where a lost answer goes.
type discardWriter struct{ header http.Header }

func (w discardWriter) Header() http.Header         { return w.header }
func (w discardWriter) Write(b []byte) (int, error) { return len(b), nil }
func (w discardWriter) WriteHeader(int)             {}
