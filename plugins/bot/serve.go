package bot

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
)

// Option changes what [Serve] and [ServeFactory] serve.
type Option func(*Description)

// Describe says what the bot is. What d leaves out has a default.
func Describe(d Description) Option {
	return func(to *Description) { *to = d }
}

// Serve is the main function of a bot without settings: it serves b to the host
// that started the process and returns when the host has let go of it, after
// the turns in flight. It takes the process over: logs (also those of slog's
// default logger) go to stderr as JSON lines, and what the bot prints to stdout
// goes to stderr too.
//
// Started by a person, not by a host, it says what the binary is and how to try
// it, and exits with status 1 (0 if asked with --help or --version).
func Serve(b Bot, options ...Option) {
	if _, ok := b.(Observer); ok {
		options = append(options, observes)
	}
	ServeFactory(fixed(b), options...)
}

// ServeFactory is the main function of a bot with settings; see [Serve].
func ServeFactory(f Factory, options ...Option) {
	d := description(options)
	if handshake := Handshake(); os.Getenv(handshake.MagicCookieKey) != handshake.MagicCookieValue {
		os.Exit(byHand(d, os.Args[1:]))
	}
	if err := checkDescription(d); err != nil {
		fmt.Fprintf(os.Stderr, "describe the bot: %v\n", err)
		os.Exit(1)
	}
	if !serveProcess(NewServer(d, f)) {
		os.Exit(1)
	}
}

// observes is the option that names the capability.
func observes(d *Description) {
	if !slices.Contains(d.Capabilities, "observe") {
		d.Capabilities = append(slices.Clone(d.Capabilities), "observe")
	}
}

// description is what the options say, and defaults for the rest.
func description(options []Option) Description {
	var d Description
	for _, option := range options {
		option(&d)
	}
	d.Name = cmp.Or(d.Name, strings.TrimSuffix(filepath.Base(executable()), ".exe"))
	if build, ok := debug.ReadBuildInfo(); ok {
		d.Version = cmp.Or(d.Version, build.Main.Version)
	}
	d.Version = cmp.Or(d.Version, "(devel)")
	return d
}

func executable() string {
	path, err := os.Executable()
	if err != nil {
		return os.Args[0]
	}
	return path
}

// byHand answers a person and returns the exit status.
func byHand(d Description, args []string) int {
	if len(args) > 0 {
		switch args[0] {
		case "-h", "-help", "--help", "help":
			fmt.Print(introduction(d))
			return 0
		case "-version", "--version", "version":
			fmt.Println(d.Name, d.Version)
			return 0
		}
	}
	fmt.Fprint(os.Stderr, introduction(d))
	return 1
}

// introduction says what the binary is and how to try it.
func introduction(d Description) string {
	return fmt.Sprintf(`%[1]s %[2]s is a Patchbay bot. The Patchbay host starts it and talks to it;
started by hand it has nothing to do.

To try it, name it in patchbay.yaml and let a channel use it:

    bots:
      %[1]s:
        command: [%[3]s]%[4]s
    channels:
      web:
        bot: %[1]s

Then "patchbay check" starts it and says whether all is well, and
"patchbay serve" puts it to work.
`, d.Name, d.Version, executable(), requiredSettings(d.SettingsSchema))
}

// requiredSettings is a line that names the settings which a schema requires;
// empty if there are none.
func requiredSettings(schema string) string {
	var required struct {
		Required []string `json:"required"`
	}
	if json.Unmarshal([]byte(schema), &required) != nil || len(required.Required) == 0 {
		return ""
	}
	return "\n        settings: {" + strings.Join(required.Required, ": …, ") + ": …}"
}
