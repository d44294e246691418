package filestore

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// TestMain lets the test binary be the process that TestKill kills.
func TestMain(m *testing.M) {
	if root := os.Getenv("PATCHBAY_KILL"); root != "" {
		if err := putForever(root); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if err := flag.Set("rapid.checks", "30"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// whole is a file that tells whether it is: its hash stands in front.
func whole(n int) []byte {
	content := bytes.Repeat([]byte{byte(n), byte(n >> 8)}, 1+n%7*20_000)
	sum := sha256.Sum256(content)
	return append(sum[:], content...)
}

func isWhole(file []byte) bool {
	if len(file) < sha256.Size {
		return false
	}
	sum := sha256.Sum256(file[sha256.Size:])
	return bytes.Equal(sum[:], file[:sha256.Size])
}

// putForever puts files, replaces some, and prints what is durable.
func putForever(root string) error {
	f, err := Open(root, Options{})
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		conversation, id := bot.ConversationID(fmt.Sprint(n%5)), fmt.Sprint(n%50)
		if _, err := f.Put(context.Background(), conversation, id, bytes.NewReader(whole(n))); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(os.Stdout, conversation, id); err != nil {
			return err
		}
	}
}

// TestKill kills a process while it puts files: each is there whole, or not at
// all, and what was told is durable is there.
func TestKill(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	durable := map[[2]string]bool{}
	for round := range 6 {
		child := exec.Command(self)
		child.Env = append(os.Environ(), "PATCHBAY_KILL="+root)
		child.Stderr = os.Stderr
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for told := 0; lines.Scan(); told++ {
			var conversation, id string
			if _, err := fmt.Sscan(lines.Text(), &conversation, &id); err == nil {
				durable[[2]string{conversation, id}] = true
			}
			if told == 3+17*round {
				child.Process.Kill()
			}
		}
		if err := child.Wait(); child.ProcessState.Exited() {
			t.Fatalf("it ended by itself: %v", err)
		}
		checkKilled(t, root, durable)
	}
}

func checkKilled(t *testing.T, root string, durable map[[2]string]bool) {
	t.Helper()
	f := mustOpen(t, root, 0)
	var bytes int64
	err := f.each(func(_, place string) error {
		content, err := os.ReadFile(place)
		if !isWhole(content) {
			t.Errorf("%s: %d bytes are not the whole", place, len(content))
		}
		bytes += int64(len(content))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if f.Used() != bytes {
		t.Errorf("%d bytes used, want %d", f.Used(), bytes)
	}
	if left, err := os.ReadDir(f.Unfinished()); len(left) != 0 || err != nil {
		t.Errorf("%d files left, %v", len(left), err)
	}
	for key := range durable {
		file, err := f.Open(t.Context(), bot.ConversationID(key[0]), key[1])
		if err != nil {
			t.Fatalf("%v was told to be durable: %v", key, err)
		}
		if content, err := io.ReadAll(file); err != nil || !isWhole(content) {
			t.Errorf("%v: %d bytes, %v", key, len(content), err)
		}
		file.Close()
	}
}
