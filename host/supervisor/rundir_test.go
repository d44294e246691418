package supervisor

import (
	"os"
	"path/filepath"
	"testing"
)

// Trap 17: short, for nobody else, and cleared away once its host is gone.
func TestRunDir(t *testing.T) {
	t.Parallel()
	parent := shortDir(t)
	mine, err := openRunDir(parent)
	must(err)
	dir, err := mine.next()
	must(err)
	for _, path := range []string{mine.path, string(dir), dir.sockets(), dir.home(), dir.temp()} {
		info, err := os.Stat(path)
		must(err)
		if info.Mode().Perm() != 0o700 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
	}
	socket := filepath.Join(dir.sockets(), "plugin1234567890")
	if spare := maxSocketPath - len(socket); spare < maxSocketPath-len(parent)-longestBelow {
		t.Errorf("%d bytes are spare, less than promised", spare)
	}

	crashed, err := openRunDir(parent)
	must(err)
	must(crashed.lock.Close()) // as the kernel does when a host dies
	crashedAtOnce, err := openRunDir(parent)
	must(err)
	unnamed := filepath.Join(parent, freshPrefix+"1234")
	must(os.Rename(crashedAtOnce.path, unnamed))
	must(crashedAtOnce.lock.Close())
	strange := filepath.Join(parent, "somebody-else")
	must(os.Mkdir(strange, 0o700))
	unmarked := filepath.Join(parent, runDirPrefix+"data") // the name alone proves nothing
	must(os.Mkdir(unmarked, 0o700))
	other, err := openRunDir(parent)
	must(err)
	for path, want := range map[string]bool{
		mine.path: true, crashed.path: false, unnamed: false, strange: true, unmarked: true, other.path: true,
	} {
		if _, err := os.Stat(path); (err == nil) != want {
			t.Errorf("%s: %v", path, err)
		}
	}
	must(mine.close())
	must(other.close())
	if _, err := os.Stat(mine.path); !os.IsNotExist(err) {
		t.Error(err)
	}
}
