package supervisor

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"syscall"
)

// A pinned program is run from the very file that was read: it is opened,
// hashed, and executed through that descriptor, so that another file put at
// its path in between changes nothing. Two gaps remain, and are closed
// afterwards: the content may be overwritten in place, and an interpreter
// opens its pinned files by their paths. So the files are looked at again
// once the process has shaken hands, and before it is given any settings or
// secrets: a file that was replaced or written to since is another inode or
// has another change time, which no process can set.

// pins are the pinned files of one start, verified.
type pins struct {
	// program is open for execution; nil: not pinned.
	program *os.File
	marks   []mark
}

// mark is how a file was found.
type mark struct {
	path string
	file *os.File // of the program; nil: looked up by path
	stat fileStat
}

// fileStat changes whenever a file's content may have.
type fileStat struct {
	dev, ino   uint64
	size       int64
	mtime      syscall.Timespec
	changeTime syscall.Timespec
}

// verifyPins reads every pinned file of c. The caller closes the pins.
func verifyPins(c Config) (_ *pins, err error) {
	p := &pins{}
	defer func() {
		if err != nil {
			p.close()
		}
	}()
	if c.SHA256 != "" {
		if p.program, err = p.verify(c.Command[0], c.SHA256, true); err != nil {
			return nil, err
		}
	}
	for _, path := range slices.Sorted(maps.Keys(c.Files)) {
		if _, err := p.verify(path, c.Files[path], false); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// verify reads one file and marks how it was found. It is left open if keep.
func (p *pins) verify(path, want string, keep bool) (*os.File, error) {
	sum, err := parseSum(want)
	if err != nil {
		return nil, fmt.Errorf("pin %s: %w", path, err)
	}
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // nobody may ever write to a pipe
	if err != nil {
		return nil, fmt.Errorf("read pinned file: %w", err)
	}
	if !keep {
		defer closeAll(file)
	}
	info, err := file.Stat()
	if err != nil {
		return file, fmt.Errorf("read pinned file: %w", err)
	}
	if !info.Mode().IsRegular() {
		return file, fmt.Errorf("read pinned file: %s is not a regular file", path)
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return file, fmt.Errorf("read pinned file: %w", err)
	}
	if got := [32]byte(hash.Sum(nil)); got != sum {
		return file, fmt.Errorf("%w: %s has sha256 %x, the configuration pins %x; if the new content is meant, pin it",
			errPin, path, got, sum)
	}
	m := mark{path: path, stat: statOf(info)}
	if keep {
		m.file = file
	}
	p.marks = append(p.marks, m)
	return file, nil
}

// again reports whether a pinned file has changed since it was read.
func (p *pins) again() error {
	for _, m := range p.marks {
		info, err := m.look()
		if err != nil {
			return fmt.Errorf("look at pinned file again: %w", err)
		}
		if statOf(info) != m.stat {
			return fmt.Errorf("%w: %s was changed while the bot started", errPin, m.path)
		}
	}
	return nil
}

func (m mark) look() (fs.FileInfo, error) {
	if m.file != nil {
		return m.file.Stat()
	}
	return os.Stat(m.path)
}

// close lets go of the program's file.
func (p *pins) close() {
	closeAll(p.program)
}

func statOf(info fs.FileInfo) fileStat {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return fileStat{size: info.Size()}
	}
	return fileStat{dev: stat.Dev, ino: stat.Ino, size: stat.Size, mtime: stat.Mtim, changeTime: stat.Ctim}
}

// errPin is a file that is not what was pinned.
var errPin = errors.New("pinned file differs")

// String is different whenever s is.
func (s fileStat) String() string {
	return fmt.Sprintf("%d:%d:%d:%v:%v", s.dev, s.ino, s.size, s.mtime, s.changeTime)
}
