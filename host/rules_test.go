package host_test

import (
	"slices"
	"strings"
)

// rule is one of the import rules of the house. CONTRIBUTING.md has them in
// prose.
type rule struct {
	says, why string
	// tests: the rule holds for test files, too.
	tests  bool
	breaks func(p pkg, imported string) bool
}

// layers is the order of the folders; imports point to the same or an earlier
// one. The longest path that matches counts.
var layers = []string{
	"./proto", "./plugins/bot", "./plugins/bot/bottest", "./plugins", "./bridge", "./host", "./examples",
}

// adapters are the packages that know one technology or one protocol each.
var adapters = []string{
	"./bridge/sqlstore", "./bridge/filestore", "./bridge/eightx8", "./bridge/eightx8/simulator",
	"./host/config", "./host/supervisor", "./host/webhooks", "./host/directline", "./host/files", "./host/ops",
}

// schemas is openapitest, which holds tests against the vendor's OpenAPI files.
const schemas = "./bridge/eightx8/openapitest"

// plain is the part of the standard library that neither tells the time, nor
// talks to anything, nor runs anything beside its caller. (Package time is in
// it for durations; a linter keeps its clock out of ./bridge.)
var plain = []string{
	"bytes", "cmp", "container/heap", "container/list", "crypto/sha256", "encoding", "encoding/base64",
	"encoding/binary", "encoding/hex", "encoding/json", "errors", "fmt", "hash", "hash/crc32", "hash/fnv", "iter",
	"maps", "math", "math/bits", "regexp", "slices", "sort", "strconv", "strings", "time", "unicode",
	"unicode/utf8", "unique",
}

var rules = []rule{
	{
		says:  "imports point one way: examples, host → bridge → plugins/bot → proto",
		why:   "each layer can then be read, tested and used without those above it",
		tests: true,
		breaks: func(p pkg, imported string) bool {
			return ours(imported) && layer(imported) > layer(p.path)
		},
	},
	{
		says: "a bot that ships imports of ours plugins/bot alone",
		why:  "it is the proof that the SDK is enough: anybody's bot gets by with the same",
		breaks: func(p pkg, imported string) bool {
			return layer(p.path) == layer("./plugins") && ours(imported) && imported != "./plugins/bot"
		},
	},
	{
		says: "an example imports of ours plugins/bot alone",
		why:  "an example is what somebody outside writes, and nothing else of ours is for them",
		breaks: func(p pkg, imported string) bool {
			return within(p.path, "./examples") && ours(imported) && imported != "./plugins/bot"
		},
	},
	{
		says: "plugins/bot/bottest imports of ours plugins/bot alone",
		why:  "its checks are for bots of any language, written against the contract and not against the host",
		breaks: func(p pkg, imported string) bool {
			return p.path == "./plugins/bot/bottest" && ours(imported) && imported != "./plugins/bot"
		},
	},
	{
		says: "generated code is imported by plugins/bot and host/supervisor alone",
		why:  "the words of the core are those of plugins/bot; what is on the wire is turned into them in one place",
		breaks: func(p pkg, imported string) bool {
			return within(imported, "./proto") && !within(p.path, "./proto", "./plugins/bot", "./host/supervisor")
		},
	},
	{
		says: "bridge/lifecycle imports plugins/bot and the plain standard library alone",
		why:  "the rules are pure: no clock, no I/O, no goroutine, so every conversation can be played again exactly",
		breaks: func(p pkg, imported string) bool {
			return p.path == "./bridge/lifecycle" && imported != "./plugins/bot" && !slices.Contains(plain, imported)
		},
	},
	{
		says: "bridge imports no adapter",
		why:  "the engine speaks to its ports; which store or contact centre is behind them is host's business",
		breaks: func(p pkg, imported string) bool {
			return (p.path == "./bridge" || p.path == "./bridge/lifecycle") && slices.Contains(adapters, imported)
		},
	},
	{
		says: "adapters never import each other",
		why:  "each can then be changed, or left out, alone; what joins two of them is wiring, and that is in host",
		breaks: func(p pkg, imported string) bool {
			return slices.Contains(adapters, p.path) && slices.Contains(adapters, imported)
		},
	},
	{
		says: "the simulator imports nothing of ours, its tests openapitest alone",
		why:  "a type shared with the client would hide a mistake that is shared with it",
		// Its tests are inside the rule: they must see it as 8x8's customers do.
		tests: true,
		breaks: func(p pkg, imported string) bool {
			return p.path == "./bridge/eightx8/simulator" && ours(imported) && imported != p.path && imported != schemas
		},
	},
	{
		says: "openapitest is imported by tests alone",
		why:  "it fails tests; a program has none, and must not carry a validator of 8x8's schemas",
		breaks: func(_ pkg, imported string) bool {
			return imported == schemas
		},
	},
	{
		says:  "openapitest imports nothing of ours",
		why:   "client and simulator are both held against it, so it can have nothing of either",
		tests: true,
		breaks: func(p pkg, imported string) bool {
			return p.path == schemas && ours(imported)
		},
	},
	{
		says:  "tests that use the simulator use openapitest",
		why:   "whatever is said to 8x8 in a test, and by the simulator, is held against the vendor's schemas",
		tests: true,
		breaks: func(p pkg, imported string) bool {
			return imported == "./bridge/eightx8/simulator" && slices.Contains(p.tests, imported) && !slices.Contains(p.tests, schemas)
		},
	},
	inTestsToo(only("kin-openapi", "one list says where 8x8's schemas are wrong, and one place how strictly they are read",
		[]string{"github.com/getkin/kin-openapi"},
		schemas)),
	only("gin", "an HTTP framework in the middle would decide how the middle looks",
		[]string{"github.com/gin-gonic", "github.com/gin-contrib"},
		// The bench measures bare gin beside the host.
		"./host/webhooks", "./host/directline", "./host/files", "./host/ops", "./bridge/eightx8/simulator", "./host/bench"),
	only("SQL", "queries, drivers and migrations are the store's secret; others use bridge.Store",
		[]string{"database/sql", "modernc.org/sqlite", "github.com/jackc/pgx", "github.com/pressly/goose"},
		"./bridge/sqlstore"),
	only("YAML", "files for people are read in few places, each of which can say file and line",
		[]string{
			"go.yaml.in/yaml", "github.com/goccy/go-yaml", "gopkg.in/yaml.v2", "gopkg.in/yaml.v3", "sigs.k8s.io/yaml",
		},
		"./host/config", "./host/scripts", "./bridge/eightx8/simulator", "./plugins/faq"),
	only("go-plugin", "how a process is started and spoken to is known at its two ends and nowhere else",
		[]string{"github.com/hashicorp/go-plugin", "github.com/hashicorp/go-hclog"},
		"./host/supervisor", "./plugins/bot"),
	{
		says: "signals are caught in programs, and in plugins/bot and the supervisor's zoo for them",
		why:  "a library that takes a signal takes it from everybody; Run(ctx) ends when its context does",
		breaks: func(p pkg, imported string) bool {
			return imported == "os/signal" && !p.main && p.path != "./plugins/bot" && p.path != "./host/supervisor/zoo"
		},
	},
	{
		says:  "no cgo",
		why:   "one static binary that builds without a C compiler and runs on any Linux",
		tests: true,
		breaks: func(_ pkg, imported string) bool {
			return imported == "C"
		},
	},
}

// only makes the rule that some import paths are for some packages alone.
func only(what, why string, paths []string, packages ...string) rule {
	return rule{
		says: what + " only in " + strings.Join(packages, ", "), why: why,
		breaks: func(p pkg, imported string) bool {
			return within(imported, paths...) && !slices.Contains(packages, p.path)
		},
	}
}

// inTestsToo makes a rule hold for test files.
func inTestsToo(r rule) rule {
	r.tests = true
	return r
}

func ours(imported string) bool { return within(imported, ".") }

// within says whether path is one of roots or below one.
func within(path string, roots ...string) bool {
	return slices.ContainsFunc(roots, func(root string) bool {
		return path == root || strings.HasPrefix(path, root+"/")
	})
}

// layer is where a path of ours is in layers.
func layer(path string) int {
	found := -1
	for i, root := range layers {
		if within(path, root) && (found < 0 || len(root) > len(layers[found])) {
			found = i
		}
	}
	return found
}
