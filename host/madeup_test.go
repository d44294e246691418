package host_test

import (
	"slices"
	"strings"
	"testing"
)

// TestRules plays every rule with imports that nobody has written: a rule that
// cannot be broken keeps nothing.
func TestRules(t *testing.T) {
	const fine = ""
	cases := []struct {
		importer, imported string
		breaks             string // how the broken rule begins
	}{
		{"./proto/patchbay/bot/v1", "google.golang.org/grpc", fine},
		{"./proto/patchbay/bot/v1", "./plugins/bot", "imports point one way"},
		{"./plugins/bot", "./proto/patchbay/bot/v1", fine},
		{"./plugins/bot", "./bridge/lifecycle", "imports point one way"},
		{"./plugins/bot", "./plugins/bot/bottest", "imports point one way"},
		{"./plugins/bot [test]", "./bridge", "imports point one way"},
		{"./bridge", "./bridge/lifecycle", fine},
		{"./bridge", "./host/config", "imports point one way"},
		{"./bridge/sqlstore [test]", "./host", "imports point one way"},
		{"./host", "./bridge", fine},
		{"./host", "./bridge/eightx8", fine},
		{"./host", "./examples", "imports point one way"},
		{"./examples [test]", "./host/config", fine},

		{"./plugins/faq main", "./plugins/bot", fine},
		{"./plugins/faq [test]", "./plugins/bot/bottest", fine},
		{"./plugins/faq main", "./proto/patchbay/bot/v1", "a bot that ships"},
		{"./plugins/faq/words", "./plugins/faq", "a bot that ships"},
		{"./examples/echobot main", "./plugins/bot", fine},
		{"./examples/demo main", "./bridge/eightx8/simulator", "an example imports"},
		{"./plugins/bot/bottest", "./plugins/bot", fine},
		{"./plugins/bot/bottest", "./proto/patchbay/bot/v1", "plugins/bot/bottest imports"},
		{"./bridge", "./proto/patchbay/bot/v1", "generated code"},
		{"./host/supervisor", "./proto/patchbay/bot/v1", fine},

		{"./bridge/lifecycle", "./plugins/bot", fine},
		{"./bridge/lifecycle", "time", fine},
		{"./bridge/lifecycle", "encoding/hex", fine},
		{"./bridge/lifecycle", "sync", "bridge/lifecycle imports"},
		{"./bridge/lifecycle", "context", "bridge/lifecycle imports"},
		{"./bridge/lifecycle", "math/rand/v2", "bridge/lifecycle imports"},
		{"./bridge/lifecycle", "log/slog", "bridge/lifecycle imports"},
		{"./bridge/lifecycle", "net/url", "bridge/lifecycle imports"},
		{"./bridge/lifecycle", "golang.org/x/text/cases", "bridge/lifecycle imports"},
		{"./bridge/lifecycle", "./bridge", "bridge/lifecycle imports"},
		{"./bridge/lifecycle [test]", "os", fine},

		{"./bridge", "./bridge/sqlstore", "bridge imports no adapter"},
		{"./bridge [test]", "./bridge/sqlstore", fine},
		{"./host/webhooks", "./bridge/eightx8", "adapters never"},
		{"./host/ops", "./host/supervisor", "adapters never"},
		{"./bridge/eightx8", "./bridge/eightx8/simulator", "adapters never"},
		{"./bridge/eightx8 [test]", "./bridge/eightx8/simulator ./bridge/eightx8/openapitest", fine},
		{"./bridge/eightx8 [test]", "./bridge/eightx8/simulator", "tests that use the simulator"},
		{"./host/bench main", "./bridge/eightx8/simulator", fine},
		{"./bridge/eightx8/simulator", "./plugins/bot", "the simulator"},
		{"./bridge/eightx8/simulator [test]", "./bridge/eightx8", "the simulator"},
		{"./bridge/eightx8/simulator [test]", "./bridge/eightx8/openapitest", fine},
		{"./bridge/eightx8/simulator", "./bridge/eightx8/openapitest", "openapitest is imported by tests"},
		{"./host/patchbay main", "./bridge/eightx8/openapitest", "openapitest is imported by tests"},
		{"./examples/demo [test]", "./bridge/eightx8/openapitest", fine},
		{"./bridge/eightx8/openapitest", "./bridge/eightx8", "openapitest imports nothing"},
		{"./bridge/eightx8/openapitest [test]", "./bridge/eightx8/simulator", "openapitest imports nothing"},
		{"./bridge/eightx8/openapitest", "github.com/getkin/kin-openapi/openapi3", fine},
		{"./bridge/eightx8/simulator [test]", "github.com/getkin/kin-openapi/openapi3", "kin-openapi only"},

		{"./host/directline", "github.com/gin-gonic/gin", fine},
		{"./bridge/eightx8/simulator", "github.com/gin-gonic/gin", fine},
		{"./host", "github.com/gin-gonic/gin", "gin only"},
		{"./host/patchbay main", "github.com/gin-gonic/gin", "gin only"},
		{"./bridge/sqlstore", "database/sql", fine},
		{"./bridge", "database/sql", "SQL only"},
		{"./host", "github.com/jackc/pgx/v5", "SQL only"},
		{"./plugins/faq main", "github.com/goccy/go-yaml/ast", fine},
		{"./host/scripts", "go.yaml.in/yaml/v3", fine},
		{"./host/ops", "go.yaml.in/yaml/v3", "YAML only"},
		{"./host/supervisor", "github.com/hashicorp/go-plugin/runner", fine},
		{"./host/conformance", "github.com/hashicorp/go-plugin", "go-plugin only"},
		{"./plugins/faq main", "github.com/hashicorp/go-plugin", "go-plugin only"},

		{"./host/patchbay main", "os/signal", fine},
		{"./plugins/bot", "os/signal", fine},
		{"./host", "os/signal", "signals are caught"},
		{"./host/supervisor [test]", "os/signal", fine},
		{"./bridge/sqlstore", "C", "no cgo"},
	}
	seen := map[string]bool{}
	for _, c := range cases {
		path, kind, _ := strings.Cut(c.importer, " ")
		p := pkg{path: path, main: kind == "main", imports: strings.Fields(c.imported)}
		if kind == "[test]" {
			p.imports, p.tests = nil, p.imports
		}
		var says []string
		for _, b := range broken(p) {
			says = append(says, b.rule.says)
			seen[b.rule.says] = true
		}
		is := func(rule string) bool { return strings.HasPrefix(rule, c.breaks) }
		if c.breaks == fine && len(says) > 0 || c.breaks != fine && !slices.ContainsFunc(says, is) {
			t.Errorf("%s imports %s: breaks %q, want %q", c.importer, c.imported, says, c.breaks)
		}
	}
	for _, r := range rules {
		if !seen[r.says] {
			t.Errorf("no case breaks the rule %q", r.says)
		}
	}
}
