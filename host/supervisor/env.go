package supervisor

import (
	"slices"
	"strings"
)

// allowed are the host's variables that a bot sees. Everything else stays
// here: a host's environment is full of secrets.
var allowed = []string{
	"PATH", "LANG", "LANGUAGE", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR",
	"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
}

// socketDirVar names the directory that a bot must listen in. Being different
// for each start, it also tells which start a process stems from.
const socketDirVar = "PLUGIN_UNIX_SOCKET_DIR"

// environment is all that a bot sees: what is allowed of host, what the
// library must tell the process for the handshake (library, minus the ports
// and the directory, which it does not choose here), and its own places.
func environment(host, library []string, dir genDir, certPEM []byte) []string {
	env := slices.DeleteFunc(slices.Clone(host), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return !slices.Contains(allowed, name) && !strings.HasPrefix(name, "LC_")
	})
	for _, variable := range library {
		name, _, _ := strings.Cut(variable, "=")
		switch name {
		case "PLUGIN_MIN_PORT", "PLUGIN_MAX_PORT", socketDirVar:
		default:
			env = append(env, variable)
		}
	}
	return append(env,
		"HOME="+dir.home(),
		"TMPDIR="+dir.temp(),
		socketDirVar+"="+dir.sockets(),
		"PLUGIN_CLIENT_CERT="+string(certPEM),
	)
}
