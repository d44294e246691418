package supervisor

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// controlGroups is where the kernel shows its control groups.
const controlGroups = "/sys/fs/cgroup"

// groupPrefix begins the names of our groups; the process id follows.
const groupPrefix = "patchbay-bot-"

// limitCPU gives a process that has just begun, and all that it starts, a
// control group of their own with so many processors' time, until exited is
// closed. The error is why the host may not make one.
func limitCPU(pid int, cores float64, exited <-chan struct{}) error {
	group, err := ownGroup(controlGroups, "/proc/self/cgroup")
	if err != nil {
		return err
	}
	group.sweep()
	if err := group.hold(pid, cores); err != nil {
		return err
	}
	go func() {
		<-exited
		group.sweep()
	}()
	return nil
}

// cpuGroup is the control group in which groups of bots are made.
type cpuGroup struct {
	path string
	// unified: control groups version 2, where one file has quota and period.
	unified bool
}

// ownGroup is the group that this process is in, as the kernel's files say.
func ownGroup(root, self string) (cpuGroup, error) {
	file, err := os.Open(self)
	if err != nil {
		return cpuGroup{}, err
	}
	defer file.Close()
	_, err = os.Stat(filepath.Join(root, "cgroup.controllers"))
	unified := err == nil
	for lines := bufio.NewScanner(file); lines.Scan(); {
		fields := strings.SplitN(lines.Text(), ":", 3) // number:controllers:path
		if len(fields) != 3 {
			continue
		}
		if unified && fields[0] == "0" {
			return cpuGroup{filepath.Join(root, fields[2]), true}, nil
		}
		for controller := range strings.SplitSeq(fields[1], ",") {
			if !unified && controller == "cpu" {
				return cpuGroup{filepath.Join(root, fields[1], fields[2]), false}, nil
			}
		}
	}
	return cpuGroup{}, errors.New("the kernel has no control group for processors here")
}

// hold makes a group with a limit and puts a process into it.
func (g cpuGroup) hold(pid int, cores float64) error {
	const period = 100_000 // microseconds
	quota := int64(cores * period)
	path := filepath.Join(g.path, groupPrefix+fmt.Sprint(pid))
	if err := os.Mkdir(path, 0o755); err != nil {
		return err
	}
	writes := [][2]string{
		{"cpu.cfs_period_us", fmt.Sprint(period)}, {"cpu.cfs_quota_us", fmt.Sprint(quota)}, {"cgroup.procs", fmt.Sprint(pid)},
	}
	if g.unified {
		// In version 2 a group that has processes, as the host's own has, hands
		// controllers down to threaded groups alone, and only such as cpu.
		writes = [][2]string{
			{"cgroup.type", "threaded"}, {"../cgroup.subtree_control", "+cpu"}, {"cpu.max", fmt.Sprintf("%d %d", quota, period)}, {"cgroup.procs", fmt.Sprint(pid)},
		}
	}
	for _, w := range writes {
		if err := os.WriteFile(filepath.Join(path, w[0]), []byte(w[1]), 0o644); err != nil {
			return errors.Join(err, os.Remove(path))
		}
	}
	return nil
}

// sweep removes the groups of bots that have nobody in them any more, those
// that an earlier host has left among them.
func (g cpuGroup) sweep() {
	groups, err := filepath.Glob(filepath.Join(g.path, groupPrefix+"*"))
	if err != nil {
		return
	}
	for _, path := range groups {
		_ = os.Remove(path) // the kernel keeps those with processes
	}
}
