package directline

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
)

const (
	// activityType marks the part of a form that is the activity.
	activityType = "application/vnd.microsoft.activity"
	// maxActivity is the largest such part, in bytes: Web Chat puts small
	// pictures of the files into it.
	maxActivity = 1 << 20
	// maxHead is the most that comes between two parts: the next one's head,
	// which is held in memory.
	maxHead = 64 << 10
	// partWithin is how long the next bytes of an upload may take, and
	// uploadWithin how long all of it; within answerWithin of that the answer
	// must be read.
	partWithin   = 30 * time.Second
	uploadWithin = 10 * time.Minute
	answerWithin = 3 * time.Minute
)

// form is what an upload consists of. The activity may come before the files
// or after them.
type form struct {
	activity []byte // JSON; nil: there is none
	files    []*spooled
}

func (f *form) close() {
	for _, file := range f.files {
		file.close()
	}
}

// readForm reads an upload: multipart/form-data, or one file as it is.
func (s *Server) readForm(c *gin.Context) (*form, error) {
	limit := s.maxFile*maxFiles + maxActivity + maxFiles*(4<<10)
	if c.Request.ContentLength > limit {
		return nil, fileTooBig(s.maxFile)
	}
	slow := &patientBody{
		Reader:  http.MaxBytesReader(c.Writer, c.Request.Body, limit),
		control: http.NewResponseController(c.Writer), end: time.Now().Add(uploadWithin),
	}
	c.Request.Body = io.NopCloser(slow)
	f := &form{}
	err := s.fill(f, c.Request, slow)
	if err != nil {
		f.close()
		return nil, bodyFault(err, s.maxFile)
	}
	return f, nil
}

func (s *Server) fill(f *form, r *http.Request, body *patientBody) error {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return s.fillOne(f, r)
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return badArgument("the form has no boundary")
	}
	for {
		body.head = maxHead
		part, err := parts.NextPart()
		body.head = 0
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.fillPart(f, part); err != nil {
			return err
		}
	}
}

// fillOne takes the whole body as a file, named by its Content-Disposition.
func (s *Server) fillOne(f *form, r *http.Request) error {
	file, err := s.spool(r.Body, dispositionName(r.Header.Get("Content-Disposition")))
	if err != nil {
		return err
	}
	if file.size == 0 {
		file.close()
		return missingProperty("file")
	}
	f.files = append(f.files, file)
	return nil
}

func (s *Server) fillPart(f *form, part *multipart.Part) error {
	kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type"))
	name := dispositionName(part.Header.Get("Content-Disposition"))
	switch {
	case kind == activityType && f.activity != nil:
		return badArgument("the form has two activities")
	case kind == activityType:
		var err error
		if f.activity, err = io.ReadAll(io.LimitReader(part, maxActivity+1)); err == nil && len(f.activity) > maxActivity {
			err = badArgument("the activity is larger than %d bytes", maxActivity)
		}
		return err
	case part.FormName() != "file" && name == "":
		_, err := io.Copy(io.Discard, part) // a field of the page's own
		return err
	}
	file, err := s.spool(part, name)
	if err != nil {
		return err
	}
	if file.size == 0 && name == "" { // what a page sends of an input left empty
		file.close()
		return nil
	}
	if f.files = append(f.files, file); len(f.files) > maxFiles {
		return badArgument("at most %d files are taken", maxFiles)
	}
	return nil
}

// dispositionName is the file name of a Content-Disposition, which may lack
// its first word, as in Microsoft's own examples.
func dispositionName(header string) string {
	for _, text := range []string{header, "attachment; " + header} {
		if _, parameters, err := mime.ParseMediaType(text); err == nil && parameters["filename"] != "" {
			return parameters["filename"]
		}
	}
	return ""
}

// bodyFault says what the client is told when its upload cannot be read.
func bodyFault(err error, maxFile int64) error {
	var large *http.MaxBytesError
	var known *fault
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &large):
		return fileTooBig(maxFile)
	case errors.As(err, new(*diskError)):
		return err
	case strings.HasPrefix(err.Error(), "multipart: "):
		return badArgument("the form is not multipart/form-data as it should be")
	}
	return badArgument("the body broke off")
}

// patientBody lets a body take its time, as long as it comes: the server's
// own limits are for small ones.
type patientBody struct {
	io.Reader
	control *http.ResponseController
	end     time.Time
	// head is how many bytes of a part's head may still come; 0: none is read.
	head int
}

func (b *patientBody) Read(p []byte) (int, error) {
	within := time.Now().Add(partWithin)
	if b.end.Before(within) {
		within = b.end
	}
	// Where there is no deadline, there is no limit either; the server lifts it at the end.
	_ = b.control.SetReadDeadline(within)
	_ = b.control.SetWriteDeadline(within.Add(answerWithin))
	n, err := b.Reader.Read(p)
	if b.head > 0 {
		if b.head -= n; b.head <= 0 {
			return n, badArgument("the head of a part is larger than %d bytes", maxHead)
		}
	}
	return n, err
}
