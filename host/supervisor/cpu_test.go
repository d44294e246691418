package supervisor

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestCPULimit: a process that does nothing but work gets its share of a
// processor and no more.
func TestCPULimit(t *testing.T) {
	group, err := ownGroup(controlGroups, "/proc/self/cgroup")
	if err == nil {
		probe := filepath.Join(group.path, groupPrefix+"probe")
		if err = os.Mkdir(probe, 0o755); err == nil {
			err = os.Remove(probe)
		}
	}
	if err != nil {
		t.Skipf("SKIPPED: no control group can be made here, so no limit of processors is tried: %v", err)
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", "while :; do :; done")
	must(cmd.Start())
	began := time.Now()
	exited := make(chan struct{})
	must(limitCPU(cmd.Process.Pid, 0.2, exited))
	const worked = 300 * time.Millisecond
	for used(t, cmd.Process.Pid) < worked {
		if time.Since(began) > time.Minute {
			t.Fatal("it does not work at all")
		}
	}
	took := time.Since(began)
	must(cmd.Process.Kill())
	_ = cmd.Wait()
	close(exited)
	t.Logf("%s of work took %s", worked, took)
	if took < 2*worked {
		t.Errorf("%s of work took %s with a fifth of a processor", worked, took)
	}
}

// used is how long a process has been on a processor.
func used(t *testing.T, pid int) time.Duration {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("/proc", fmt.Sprint(pid), "schedstat"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), " ")
	ns, err := time.ParseDuration(first + "ns")
	if err != nil {
		t.Fatal(err)
	}
	return ns
}

// TestOwnGroup: both versions of control groups, by files as the kernel has
// them.
func TestOwnGroup(t *testing.T) {
	for name, tt := range map[string]struct {
		unified bool
		self    string
		path    string // below the root; empty: there is none
		files   map[string]string
	}{
		"version 1": {
			false, "4:memory:/a\n1:cpu,cpuacct:/services/p\n0::/\n", "cpu,cpuacct/services/p",
			map[string]string{"cpu.cfs_period_us": "100000", "cpu.cfs_quota_us": "50000", "cgroup.procs": "77"},
		},
		"version 2": {
			true, "0::/services/p\n", "services/p",
			map[string]string{"cgroup.type": "threaded", "cpu.max": "50000 100000", "cgroup.procs": "77"},
		},
		"none": {false, "4:memory:/a\n0::/\n", "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			self := filepath.Join(root, "self")
			must(os.WriteFile(self, []byte(tt.self), 0o600))
			if tt.unified {
				must(os.WriteFile(filepath.Join(root, "cgroup.controllers"), []byte("cpu memory"), 0o600))
			}
			group, err := ownGroup(root, self)
			if tt.path == "" {
				if err == nil {
					t.Errorf("found %+v", group)
				}
				return
			}
			if err != nil || group.path != filepath.Join(root, tt.path) {
				t.Fatalf("%+v, %v", group, err)
			}
			must(os.MkdirAll(group.path, 0o700))
			must(group.hold(77, 0.5))
			files := map[string]string{}
			for file := range tt.files {
				text, err := os.ReadFile(filepath.Join(group.path, groupPrefix+"77", file))
				must(err)
				files[file] = string(text)
			}
			if diff := cmp.Diff(tt.files, files); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
