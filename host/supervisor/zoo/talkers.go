package zoo

import (
	"io"
	"os"
	"strings"
)

// talkers are animals that say too much, or strange things, where logs go.
func talkers() map[string]func([]string) animal {
	all := map[string]func([]string) animal{}
	for name, ready := range map[string]func(){
		"message42": func() { complain(`{"@message": 42, "@level": {"a": 1}, "x": [null]}`) },
		"longline": func() {
			long := strings.Repeat("x", 1<<20)
			shout(long)
			complain(long)
			complain("after the long line")
		},
		"flood":       func() { go flood(os.Stdout); go flood(os.Stderr) },
		"floodstdout": func() { go flood(os.Stdout) },
		"floodstderr": func() { go flood(os.Stderr) },
	} {
		all[name] = func([]string) animal { return animal{ready: ready} }
	}
	return all
}

func flood(w io.Writer) {
	for line := []byte(strings.Repeat("flood ", 20) + "\n"); ; {
		if _, err := w.Write(line); err != nil {
			return
		}
	}
}
