package main

import (
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/patchbay-host/patchbay/bridge/eightx8/simulator"
	"github.com/patchbay-host/patchbay/bridge/sqlstore"
)

// fills leaves a process no room on any disk: each write(2) to a file fails
// (EFBIG, by RLIMIT_FSIZE), as it would on one that is full.
func (p *process) fills(t *testing.T) (empty func()) {
	t.Helper()
	var before unix.Rlimit
	limit := func(to, old *unix.Rlimit) {
		if err := unix.Prlimit(p.cmd.Process.Pid, unix.RLIMIT_FSIZE, to, old); err != nil {
			t.Fatal(err)
		}
	}
	limit(nil, &before)
	limit(&unix.Rlimit{Cur: 0, Max: before.Max}, nil)
	return func() { limit(&before, nil) }
}

// forwarder passes webhooks on to a host, and counts what they are answered.
type forwarder struct {
	to              atomic.Pointer[url.URL]
	refused, passed atomic.Int64
}

func (f *forwarder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	proxy := httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(f.to.Load()) },
		ModifyResponse: func(answer *http.Response) error {
			switch {
			case answer.StatusCode == http.StatusServiceUnavailable && answer.Header.Get("Retry-After") != "":
				f.refused.Add(1)
			case answer.StatusCode < 300:
				f.passed.Add(1)
			}
			return nil
		},
	}
	proxy.ServeHTTP(w, r)
}

// TestFullDisk: while the disk is full nothing is acknowledged, everybody is
// told to come again, and the operator once why. With room all goes on; what
// was sent again counts once.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	hooks := &forwarder{}
	options := stocked()
	options.Webhooks[0].URI = served(t, hooks) + "/8x8/acme/web"
	options.RetryDelays = []time.Duration{100 * time.Millisecond}
	sim := simulator.New(options)
	go func() { _ = sim.Run(t.Context()) }()
	desk := servedDesk(t, sim.Handler())
	p := serving(t, withDesk(t, desk, ", echo]", ", clerk]"))
	front, err := url.Parse(p.front)
	if err != nil {
		t.Fatal(err)
	}
	hooks.to.Store(front)
	agent := func(does, body string) {
		t.Helper()
		eventually(t, "ada: "+does, func() bool {
			_, status := fetched(t, http.MethodPost, desk+"/simulator/v1/agents/ada/"+does, "", body)
			return status < 300
		})
	}
	served, withAgent := begun(t, p.front), begun(t, p.front)
	served.says(p.front, "one")
	served.sees(p.front, "You said: one")
	withAgent.says(p.front, "agent")
	agent("accept", "")
	agent("say", `{"text":"Ada here."}`)
	withAgent.sees(p.front, "Ada here.")

	empty := p.fills(t)
	const two = `{"type":"message","text":"two","channelData":{"clientActivityID":"2"}}`
	place := p.front + "/v3/directline/conversations/"
	for range 5 {
		body, status := fetched(t, http.MethodPost, place+served.id+"/activities", served.token, two)
		if status != http.StatusServiceUnavailable || !strings.Contains(body, "nothing was changed") {
			t.Errorf("said while the disk is full: %d %s", status, body)
		}
	}
	if body, status := fetched(t, http.MethodPost, place, secret, ""); status != http.StatusServiceUnavailable {
		t.Errorf("begun while the disk is full: %d %s", status, body)
	}
	const form = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nsome\r\n--x--\r\n"
	if body, status := sent(t, http.MethodPost, place+served.id+"/upload?userId=dl_kim", served.token,
		"multipart/form-data; boundary=x", form); status != http.StatusInsufficientStorage {
		t.Errorf("uploaded while the disk is full: %d %s", status, body)
	}
	agent("say", `{"text":"Still there?"}`)
	eventually(t, "webhooks are refused", func() bool { return hooks.refused.Load() > 1 })
	body, status := fetched(t, http.MethodGet, p.ops+"/readyz", "", "")
	if status != http.StatusServiceUnavailable || !strings.Contains(body, "the store cannot be written: the disk takes nothing more") {
		t.Errorf("readyz: %d %s", status, body)
	}
	if body, status := fetched(t, http.MethodGet, place+served.id+"/activities", served.token, ""); status != http.StatusOK {
		t.Errorf("read while the disk is full: %d %s", status, body)
	}

	empty()
	eventually(t, "ready", func() bool {
		_, status := fetched(t, http.MethodGet, p.ops+"/readyz", "", "")
		return status == http.StatusOK
	})
	for range 2 {
		if body, status := fetched(t, http.MethodPost, place+served.id+"/activities", served.token, two); status != http.StatusOK {
			t.Errorf("said with room: %d %s", status, body)
		}
	}
	served.sees(p.front, "You said: two")
	withAgent.sees(p.front, "Still there?")
	for _, c := range []struct {
		*chat
		text string
	}{{served, "two"}, {served, "You said: two"}, {withAgent, "Still there?"}} {
		shown, _ := fetched(t, http.MethodGet, place+c.id+"/activities", c.token, "")
		if n := strings.Count(shown, fmt.Sprintf("%q", c.text)); n != 1 {
			t.Errorf("%q is there %d times: %s", c.text, n, shown)
		}
	}
	if n := strings.Count(p.log.String(), "turn failed"); n > 1 {
		t.Errorf("what was refused was put to the bot %d times:\n%s", n, &p.log)
	}
	// One for the store, and one for the upload.
	if n := strings.Count(p.log.String(), "level=ERROR"); n != 2 || strings.Count(p.log.String(), "nothing is acknowledged until it can") != 1 || !strings.Contains(p.log.String(), "the store can be written again") {
		t.Errorf("%d errors:\n%s", n, &p.log)
	}
	p.signal(t, syscall.SIGTERM)
	p.ends(t)
}

// TestReadOnlyStore: a store that cannot be written is said at the start, with
// its path and what helps. The permissions are real; for root, whom they do not
// stop, the host runs as nobody. A disk mounted read-only answers the same
// system calls with EROFS, and is not tried here: a mount takes privileges.
func TestReadOnlyStore(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		modes map[string]os.FileMode
		says  string
	}{
		{"the folder", map[string]os.FileMode{"patchbay.db.lock": 0o444, ".": 0o555}, "patchbay.db.lock: permission denied"},
		{"the file", map[string]os.FileMode{"patchbay.db": 0o444}, "readonly database"},
		{"beside the file", map[string]os.FileMode{".": 0o555}, "its folder must be writable"},
		{"unreadable", map[string]os.FileMode{"patchbay.db": 0}, "permission denied"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			file := withDesk(t, "http://127.0.0.1:1")
			folder := filepath.Dir(file)
			begunStore(t, filepath.Join(folder, "patchbay.db"))
			nobody := asNobody(t, folder)
			for name, mode := range tt.modes {
				if err := os.Chmod(filepath.Join(folder, name), mode); err != nil {
					t.Fatal(err)
				}
			}
			t.Cleanup(func() { _ = os.Chmod(folder, 0o700) }) // so that it can be removed
			said, code := nobody("serve", "-c", file)
			if code != exitWrong || !strings.Contains(said, filepath.Join(folder, "patchbay.db")) ||
				!strings.Contains(said, "must be writable") || !strings.Contains(said, tt.says) {
				t.Errorf("exit %d: %s", code, said)
			}
		})
	}
}

// begunStore makes a store that has been used.
func begunStore(t *testing.T, path string) {
	t.Helper()
	store, err := sqlstore.Open(t.Context(), path, sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}

// asNobody runs commands as somebody whom permissions stop: root, whom they do
// not, becomes nobody, who is given the files in a folder.
func asNobody(t *testing.T, folder string) func(args ...string) (said string, code int) {
	t.Helper()
	const nobody = 65534
	var who *syscall.SysProcAttr
	if os.Geteuid() == 0 {
		who = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		if err := os.Chmod(filepath.Dir(folder), 0o755); err != nil {
			t.Fatal(err)
		}
		for parent := filepath.Dir(filepath.Dir(folder)); parent != filepath.Dir(parent); parent = filepath.Dir(parent) {
			if info, err := os.Stat(parent); err != nil || info.Mode()&0o001 == 0 {
				t.Skipf("SKIPPED: nobody but root can enter %s: set TMPDIR to a folder that others can pass", parent)
			}
		}
		files, err := filepath.Glob(filepath.Join(folder, "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range append(files, folder) {
			if err := os.Chown(name, nobody, nobody); err != nil {
				t.Fatal(err)
			}
		}
	}
	return func(args ...string) (string, int) {
		// The binary's own folder may be closed to nobody; this way is open.
		cmd := exec.CommandContext(t.Context(), "/proc/self/exe", append([]string{"patchbay"}, args...)...)
		cmd.SysProcAttr = who
		said, err := cmd.CombinedOutput()
		if cmd.ProcessState == nil {
			t.Fatal(err)
		}
		return string(said), cmd.ProcessState.ExitCode()
	}
}
