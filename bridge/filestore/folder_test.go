package filestore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

func TestFolder(t *testing.T) {
	suite(t, func(t *testing.T) opener {
		root := filepath.Join(t.TempDir(), "deep", "files")
		return func(room int64) (bridge.Attachments, error) { return Open(root, Options{Room: room}) }
	})
}

func mustOpen(t testing.TB, root string, room int64) *Folder {
	t.Helper()
	f, err := Open(root, Options{Room: room})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func mustPut(t testing.TB, f *Folder, conversation bot.ConversationID, id, content string) {
	t.Helper()
	if _, err := f.Put(t.Context(), conversation, id, strings.NewReader(content)); err != nil {
		t.Fatal(err)
	}
}

// age makes a file one that was put some time ago.
func age(t testing.TB, f *Folder, conversation bot.ConversationID, id string, ago time.Duration) {
	t.Helper()
	at := time.Now().Add(-ago)
	if err := os.Chtimes(filepath.Join(f.folder(conversation), hashed(id)), at, at); err != nil {
		t.Fatal(err)
	}
}

func TestSweep(t *testing.T) {
	f := mustOpen(t, t.TempDir(), 0)
	for _, old := range []string{"1", "2"} {
		mustPut(t, f, "a", old, "old")
		age(t, f, "a", old, 2*time.Hour)
	}
	mustPut(t, f, "b", "1", "old")
	age(t, f, "b", "1", 2*time.Hour)
	mustPut(t, f, "b", "2", "young")
	mustPut(t, f, "c", "1", "old, put once more")
	age(t, f, "c", "1", 2*time.Hour)
	mustPut(t, f, "c", "1", "young")

	gone, cancel := context.WithCancelCause(t.Context())
	why := errors.New("the host is stopping")
	cancel(why)
	if swept, err := f.Sweep(gone, time.Now()); !errors.Is(err, why) || swept != (Swept{}) {
		t.Errorf("%v, %v", swept, err)
	}
	swept, err := f.Sweep(t.Context(), time.Now().Add(-time.Hour))
	if want := (Swept{Files: 3, Bytes: 9}); swept != want || err != nil {
		t.Errorf("%v, %v, want %v", swept, err, want)
	}
	s := &subject{t: t, Attachments: f}
	s.has("a", "1", absent)
	s.has("b", "1", absent)
	s.has("b", "2", "young")
	s.has("c", "1", "young")
	if _, err := os.Stat(f.folder("a")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder of a conversation without files: %v", err)
	}
	if want := int64(10); f.Used() != want {
		t.Errorf("%d bytes used, want %d", f.Used(), want)
	}
}

// A folder for other things is not touched.
func TestNotOurs(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{"unfinished", "photos"} {
		if err := os.Mkdir(filepath.Join(root, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	precious := filepath.Join(root, "unfinished", "novel.txt")
	if err := os.WriteFile(precious, []byte("It was a dark"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(root, Options{})
	if err == nil || !strings.Contains(err.Error(), "has photos in it: name a folder for attachments alone") {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(precious); err != nil {
		t.Error(err)
	}
}

func TestUnreadable(t *testing.T) {
	place := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(place, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(place, Options{}); err == nil {
		t.Error("a file is taken for a folder")
	}
}

// Nobody but the owner reads what customers send.
func TestPrivate(t *testing.T) {
	f := mustOpen(t, filepath.Join(t.TempDir(), "files"), 0)
	mustPut(t, f, "a", "1", "secret")
	err := filepath.WalkDir(f.root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestDiskFull(t *testing.T) {
	err := noRoom(&fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC})
	if !errors.Is(err, bridge.ErrNoRoom) || !errors.Is(err, syscall.ENOSPC) {
		t.Error(err)
	}
	if err := noRoom(fs.ErrPermission); errors.Is(err, bridge.ErrNoRoom) {
		t.Error(err)
	}
}

// Whatever ids there are, files stay inside, each in a place of its own.
func FuzzPlace(f *testing.F) {
	f.Add("a", "../x", "a", "x")
	f.Add("../../etc", "passwd", "..", "../etc/passwd")
	f.Add("", "", "\x00", "")
	f.Add("a/b", "c", "a", "b/c")
	f.Fuzz(func(t *testing.T, conversation, id, conversation2, id2 string) {
		folder := &Folder{root: "/root/of/files"}
		place := func(conversation, id string) string {
			return filepath.Join(folder.folder(bot.ConversationID(conversation)), hashed(id))
		}
		first, second := place(conversation, id), place(conversation2, id2)
		inside, err := filepath.Rel(folder.root, first)
		if err != nil || !filepath.IsLocal(inside) || strings.Count(inside, string(filepath.Separator)) != 2 {
			t.Errorf("%q, %q is at %s", conversation, id, first)
		}
		if same := conversation == conversation2 && id == id2; same != (first == second) {
			t.Errorf("%q, %q and %q, %q: %s and %s", conversation, id, conversation2, id2, first, second)
		}
		folder.shard(folder.folder(bot.ConversationID(conversation))).Lock()
	})
}

// Any order of what is done leaves the files that a map would have, and counts
// their room exactly.
func TestModel(t *testing.T) {
	const room = 500
	rapid.Check(t, func(r *rapid.T) {
		root := t.TempDir()
		f := mustOpen(t, root, room)
		model := map[[2]string][]byte{}
		sum := func() (sum int64) {
			for _, content := range model {
				sum += int64(len(content))
			}
			return sum
		}
		key := rapid.Custom(func(r *rapid.T) [2]string {
			return [2]string{rapid.SampledFrom([]string{"a", "b", "../a"}).Draw(r, "conversation"),
				rapid.SampledFrom([]string{"1", "2", "../1"}).Draw(r, "id")}
		})
		r.Repeat(map[string]func(*rapid.T){
			"put": func(r *rapid.T) {
				k, content := key.Draw(r, "file"), rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(r, "content")
				_, err := f.Put(t.Context(), bot.ConversationID(k[0]), k[1], bytes.NewReader(content))
				if full := sum()+int64(len(content)) > room; full != errors.Is(err, bridge.ErrNoRoom) || !full && err != nil {
					r.Fatalf("%d of %d bytes: %v", len(content), room-sum(), err)
				}
				if err == nil {
					model[k] = content
				}
			},
			"erase": func(r *rapid.T) {
				k := key.Draw(r, "file")
				if err := f.Erase(t.Context(), bot.ConversationID(k[0])); err != nil {
					r.Fatal(err)
				}
				for other := range model {
					if other[0] == k[0] {
						delete(model, other)
					}
				}
			},
			"age": func(r *rapid.T) {
				k := key.Draw(r, "file")
				if _, there := model[k]; !there {
					r.Skip()
				}
				age(t, f, bot.ConversationID(k[0]), k[1], time.Hour)
				if swept, err := f.Sweep(t.Context(), time.Now().Add(-time.Minute)); swept.Files != 1 || err != nil {
					r.Fatal(swept, err)
				}
				delete(model, k)
			},
			"reopen": func(*rapid.T) { f = mustOpen(t, root, room) },
			"": func(r *rapid.T) {
				if f.Used() != sum() {
					r.Fatalf("%d bytes used, want %d", f.Used(), sum())
				}
				for k, content := range model {
					(&subject{t: t, Attachments: f}).has(bot.ConversationID(k[0]), k[1], string(content))
				}
			},
		})
	})
}

// BenchmarkPut is what keeping a file takes, most of it the disk's.
func BenchmarkPut(b *testing.B) {
	for _, size := range []int{10 << 10, 5 << 20} {
		b.Run(fmt.Sprintf("%dKiB", size>>10), func(b *testing.B) {
			f := mustOpen(b, b.TempDir(), 0)
			content := make([]byte, size)
			b.SetBytes(int64(size))
			for n := 0; b.Loop(); n++ {
				if _, err := f.Put(b.Context(), "a", fmt.Sprint(n%16), bytes.NewReader(content)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
