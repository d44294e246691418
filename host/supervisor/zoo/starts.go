package zoo

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// starts are animals that do not come up.
func starts() map[string]func([]string) animal {
	return map[string]func([]string) animal{
		"silent": func([]string) animal { // never says where it listens
			_, _ = io.Copy(io.Discard, os.Stdin)
			leave(0)
			return animal{}
		},
		"banner": func([]string) animal { shout("Loading \x1b[31mmodel\x1b[0m ..."); return animal{} },
		"cookie": func([]string) animal { return gone(1, "I am a plugin of something else") },
		"version": func([]string) animal {
			return animal{line: func(good string) string { return strings.Replace(good, "1|1|", "1|9|", 1) }}
		},
		"tcp": func([]string) animal {
			return animal{network: "tcp", listenAt: func(string) string { return "127.0.0.1:0" }}
		},
		"foreign": func([]string) animal { return animal{listenAt: elsewhere} },
		"symlink": func([]string) animal { return animal{listenAt: elsewhere, line: linked} },
		"notls": func([]string) animal {
			return animal{plain: true, line: func(good string) string { return good[:strings.LastIndex(good, "|")] }}
		},
		"falsecert": func([]string) animal { return animal{plain: true} },
		"deaf":      func([]string) animal { return animal{deaf: true} },
		"sick":      func([]string) animal { return animal{check: func(context.Context) { select {} }} },
		"crash":     func([]string) animal { return gone(3, "boom: no model found") },
		"crashonce": func(args []string) animal { // until the file exists
			if _, err := os.Stat(args[0]); err != nil {
				return gone(3, "boom: no model found")
			}
			return animal{}
		},
	}
}

// gone is no more.
func gone(code int, why string) animal {
	complain(why)
	leave(code)
	return animal{}
}

// elsewhere is a socket outside the folder that the host has named.
func elsewhere(string) string { return filepath.Join(os.Getenv("TMPDIR"), "s") }

// linked names that socket by a link inside.
func linked(good string) string {
	link := filepath.Join(os.Getenv(socketDirVar), "link")
	must(os.Symlink(elsewhere(""), link))
	fields := strings.Split(good, "|")
	fields[3] = link
	return strings.Join(fields, "|")
}
