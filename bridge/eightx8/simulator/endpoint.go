package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"
)

const (
	halType  = "application/hal+json"
	jsonType = "application/json"
)

// request is what an endpoint gets to see of a call.
type request struct {
	http  *http.Request
	param func(name string) string
	query url.Values
	body  []byte
	lag   time.Duration // how long what is accepted takes to happen
}

// answer is what an endpoint gives back; a nil body means none.
type answer struct {
	status      int
	body        any
	raw         []byte // sent instead of body, as it is
	header      map[string]string
	contentType string // the one of the call's style unless said
}

func ok(body any) (answer, error)       { return answer{status: http.StatusOK, body: body}, nil }
func accepted(body any) (answer, error) { return answer{status: http.StatusAccepted, body: body}, nil }
func nothing() (answer, error)          { return answer{status: http.StatusNoContent}, nil }

// endpoint carries one call out. It runs with the lock held, and its answer is
// encoded before the lock is released.
type endpoint func(*request) (answer, error)

// call serves an endpoint of 8x8's API; style says how it refuses.
func (s *Simulator) call(style style, e endpoint) gin.HandlerFunc {
	return func(c *gin.Context) {
		a, body, err := s.carryOut(c, style.contentType, e)
		if err != nil {
			status, problem := style.render(err, s.reference())
			writeJSON(c.Writer, status, problemType, problem)
			return
		}
		for name, value := range a.header {
			c.Header(name, value)
		}
		write(c.Writer, a.status, a.contentType, body)
	}
}

// carryOut reads the request, runs e under the lock and encodes its answer.
func (s *Simulator) carryOut(c *gin.Context, contentType string, e endpoint) (answer, []byte, error) {
	r, err := s.read(c)
	if err != nil {
		return answer{}, nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a, err := e(r)
	if err != nil {
		return answer{}, nil, err
	}
	if a.contentType == "" {
		a.contentType = contentType
	}
	if a.body == nil {
		return a, a.raw, nil
	}
	body, err := json.Marshal(a.body)
	return a, body, err
}

// read takes the call in before the lock is taken, so a slow caller holds
// nobody up.
func (s *Simulator) read(c *gin.Context) (*request, error) {
	query, err := url.ParseQuery(c.Request.URL.RawQuery)
	if err != nil {
		return nil, refuse("query", c.Request.URL.RawQuery, "invalid_query", "The query is malformed: %v.", err)
	}
	body, err := io.ReadAll(c.Request.Body)
	if large := new(http.MaxBytesError); errors.As(err, &large) {
		return nil, tooLarge{limit: int(large.Limit)}
	}
	if err != nil {
		return nil, refuse("body", "", "invalid_body", "The body could not be read: %v.", err)
	}
	r := &request{http: c.Request, param: c.Param, query: query, body: body, lag: s.opt.Lag}
	if lag, ok := c.Request.Context().Value(lagKey{}).(time.Duration); ok {
		r.lag = lag
	}
	return r, nil
}

// decode reads the body, which must be one JSON object without nulls, into v.
// Members that v does not have are ignored, as the schemas allow them.
func (r *request) decode(v any) error {
	if err := decodeJSON(r.body, v, false); err != nil {
		return err
	}
	return checkNulls(r.body)
}

// decodeStrict also refuses members that v does not have.
func (r *request) decodeStrict(v any) error { return decodeJSON(r.body, v, true) }

func decodeJSON(body []byte, v any, strict bool) error {
	d := json.NewDecoder(bytes.NewReader(body))
	if strict {
		d.DisallowUnknownFields()
	}
	if err := d.Decode(v); err != nil {
		return refuse("body", "", "invalid_json_object", "The body is not the JSON object that was expected: %v.", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return refuse("body", "", "invalid_json_object", "There is something after the body's JSON object.")
	}
	if first := bytes.TrimLeft(body, " \t\r\n"); first[0] != '{' {
		return refuse("body", "", "invalid_json_object", "The body is not a JSON object.")
	}
	return nil
}

// reference is a new referenceId.
func (s *Simulator) reference() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.centre.ids.reference()
}

func writeJSON(w http.ResponseWriter, status int, contentType string, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		status, body = http.StatusInternalServerError, []byte(`{"message":"Internal error."}`)
	}
	write(w, status, contentType, body)
}

// write sends the answer; without a body, without a content type.
func write(w http.ResponseWriter, status int, contentType string, body []byte) {
	if body != nil {
		w.Header().Set("Content-Type", contentType)
	}
	w.WriteHeader(status)
	_, _ = w.Write(body) // the caller may be gone; there is nobody else to tell
}
