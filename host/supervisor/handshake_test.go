package supervisor

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestCheckHandshake(t *testing.T) {
	sockets := filepath.Join(shortDir(t), "s")
	if err := os.Mkdir(sockets, 0o700); err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(sockets, "a")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	must(os.WriteFile(filepath.Join(sockets, "file"), nil, 0o600))
	must(os.Symlink(socket, filepath.Join(sockets, "link")))
	cert := certText(t)
	for line, want := range map[string]string{
		"1|1|unix|" + socket + "|grpc|" + cert:           "",
		"1|1|unix|" + socket + "|grpc|" + cert + "|true": "",
		"  1|1|unix|" + socket + "|grpc|" + cert + " \r": "",
		"":                                             "not a handshake",
		"||||":                                         "not a handshake",
		"Loading \x1b[31mmodel\x1b[0m":                 `is "Loading model"`,
		"1|1|unix":                                     "not a handshake",
		"2|1|unix|" + socket + "|grpc|" + cert:         `version "2" of the handshake`,
		"1|7|unix|" + socket + "|grpc|" + cert:         `version "7" of the bot contract, this host speaks 1`,
		"1|1.0|unix|" + socket + "|grpc|" + cert:       "bot contract",
		"1|1|tcp|127.0.0.1:80|grpc|" + cert:            "only unix sockets",
		"1|1|unix|/run/docker.sock|grpc|" + cert:       "only sockets directly in",
		"1|1|unix|" + sockets + "/../s/a|grpc|" + cert: "only sockets directly in",
		"1|1|unix|" + sockets + "/x/a|grpc|" + cert:    "only sockets directly in",
		"1|1|unix|a|grpc|" + cert:                      "only sockets directly in",
		"1|1|unix|@abstract|grpc|" + cert:              "only sockets directly in",
		"1|1|unix|" + sockets + "|grpc|" + cert:        "only sockets directly in",
		"1|1|unix|" + sockets + "/" + strings.Repeat("x", 100) + "|grpc|" + cert: "a unix socket's address takes 107",
		"1|1|unix|" + sockets + "/none|grpc|" + cert:                             "must listen before it prints",
		"1|1|unix|" + sockets + "/file|grpc|" + cert:                             "is no socket",
		"1|1|unix|" + sockets + "/link|grpc|" + cert:                             "is no socket",
		"1|1|unix|" + socket + "|netrpc|" + cert:                                 `protocol "netrpc"`,
		"1|1|unix|" + socket + "|grpc":                                           "shows no certificate",
		"1|1|unix|" + socket + "|grpc|":                                          "shows no certificate",
		"1|1|unix|" + socket + "|grpc|" + cert + "==":                            "base64 without padding",
		"1|1|unix|" + socket + "|grpc|AAAA":                                      "read its certificate",
		"1|1|unix|" + socket + "|grpc|" + certText(t, "example.com"):             "must be valid now, for localhost",
	} {
		err := checkHandshake(line, sockets)
		if want == "" && err != nil {
			t.Errorf("%q: %v", shorten(line, 60), err)
		}
		if want != "" {
			wantError(t, err, want)
		}
	}
}

// certText is a certificate as a handshake carries it, made out to names;
// by default to what the host expects.
func certText(t *testing.T, names ...string) string {
	t.Helper()
	if len(names) == 0 {
		names = []string{serverName}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: names,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawStdEncoding.EncodeToString(der)
}
