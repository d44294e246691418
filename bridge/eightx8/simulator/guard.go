package simulator

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	gatewayPath = "/chat-gateway/v1"
	chatPath    = "/vcc"
	tokenPath   = "/oauth/v2/token"
	controlPath = "/simulator/v1"

	preSignedPath = "/presigned" // downloads without a key
	bodyLimit     = 1 << 20

	// faultHeader is in an answer that a fault rule made up, and names the
	// rule: it is not what 8x8 would say.
	faultHeader = "X-Simulator-Fault"
)

// guard stands in front of 8x8's paths: it records every call and lets the
// fault rules act. The control API passes untouched.
func (s *Simulator) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, s.bodyLimit(r.URL.Path))
		if strings.HasPrefix(r.URL.Path, controlPath) || strings.HasPrefix(r.URL.Path, preSignedPath+"/") {
			next.ServeHTTP(w, r)
			return
		}
		record, f, stopping := s.arrive(r)
		counted := &statusWriter{ResponseWriter: w}
		answered := false
		defer func() { s.depart(record, counted.status, answered) }()
		if f == nil {
			next.ServeHTTP(counted, r)
			answered = true
			return
		}
		s.suffer(f, stopping, counted, r, next)
		answered = true
	})
}

// bodyLimit is how much of a body is read: more where files come in, which the
// control API takes in base64.
func (s *Simulator) bodyLimit(path string) int64 {
	if strings.HasSuffix(path, "/attachments") || strings.HasSuffix(path, "/attach") {
		return int64(s.opt.MaxAttachment)*4/3 + bodyLimit
	}
	return bodyLimit
}

// suffer carries the call out as the rule has it, or does not.
func (s *Simulator) suffer(f *Fault, stopping <-chan struct{}, w *statusWriter, r *http.Request, next http.Handler) {
	// net/http notices that a caller went away only once the body is read.
	body, err := io.ReadAll(r.Body)
	if err == nil {
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	if f.Hang > 0 {
		s.wait(r.Context(), stopping, time.Duration(f.Hang))
		panic(http.ErrAbortHandler)
	}
	if f.Delay > 0 && !s.wait(r.Context(), stopping, time.Duration(f.Delay)) {
		panic(http.ErrAbortHandler)
	}
	if f.Status != 0 {
		w.Header().Set(faultHeader, f.Match)
		if f.RetryAfter != "" {
			w.Header().Set("Retry-After", f.RetryAfter)
		}
		code, text := "fault_"+strconv.Itoa(f.Status), http.StatusText(f.Status)
		writeJSON(w, f.Status, problemType, faultStyle(r.URL.Path).other(code, text, s.reference()))
		return
	}
	if f.Lag > 0 {
		r = r.WithContext(context.WithValue(r.Context(), lagKey{}, time.Duration(f.Lag)))
	}
	if f.AnswerDelay > 0 {
		late := &lateWriter{header: http.Header{}}
		next.ServeHTTP(late, r)
		if !s.wait(r.Context(), stopping, time.Duration(f.AnswerDelay)) {
			w.status = late.status
			panic(http.ErrAbortHandler)
		}
		late.send(w)
		return
	}
	if f.LoseAnswer {
		unheard := &statusWriter{ResponseWriter: discardWriter{header: http.Header{}}}
		next.ServeHTTP(unheard, r)
		w.status = unheard.status
		panic(http.ErrAbortHandler)
	}
	next.ServeHTTP(w, r)
}

// lagKey is the context key of a call's own lag.
type lagKey struct{}

// wait lets d pass; it tells false if the caller went away or Run ended first.
func (s *Simulator) wait(ctx context.Context, stopping <-chan struct{}, d time.Duration) bool {
	over := make(chan struct{})
	stop := s.opt.Clock.AfterFunc(d, func() { close(over) })
	defer stop()
	select {
	case <-over:
		return true
	case <-ctx.Done():
		return false
	case <-stopping:
		return false
	}
}

// arrive records a call and picks the rule that acts on it.
func (s *Simulator) arrive(r *http.Request) (*callRecord, *Fault, <-chan struct{}) {
	where := belowBase(r.URL.Path)
	s.mu.Lock()
	defer s.mu.Unlock()
	record := s.journal.call(s.opt.Clock.Now(), r.Method, r.URL.Path, where)
	f := s.faults.pickCall(r.Method, where)
	if f == nil {
		return record, nil, s.stopping
	}
	record.Fault = f.Match
	if f.ExpireToken {
		if token := bearer(r); token != "" {
			s.tokens.revoke(token)
		}
	}
	acting := *f // the rules may be read or replaced meanwhile
	return record, &acting, s.stopping
}

// belowBase is the path below either dialect's base, so that one fault rule
// fits both.
func belowBase(path string) string {
	if below, ok := strings.CutPrefix(path, gatewayPath); ok {
		return below
	}
	if below, ok := strings.CutPrefix(path, cardActionPath+"/"); ok {
		_, below, _ = strings.Cut(below, "/")
		return "/" + below
	}
	parts := strings.SplitN(path, "/", 8) // "", vcc, REGION, chat, v2, tenant, TENANT, …
	switch {
	case len(parts) == 8 && "/"+parts[1] == chatPath && parts[5] == "tenant":
		return "/" + parts[7]
	case len(parts) == 8 && "/"+parts[1] == chatPath:
		return "/" + strings.Join(parts[5:], "/")
	}
	return path
}

// faultStyle is how a call to the path writes an error.
func faultStyle(path string) style {
	if strings.HasPrefix(path, chatPath+"/") {
		return chatStyle()
	}
	return generalStyle()
}

// depart completes the record.
func (s *Simulator) depart(record *callRecord, status int, answered bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	record.Status, record.Answered, record.Done = status, answered, true
	record.TookMS = s.opt.Clock.Now().Sub(record.At).Milliseconds()
	s.log.Debug("8x8 call", "method", record.Method, "path", record.Path, "status", status, "answered", answered)
}
