package supervisor

import (
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// The handshake is one line on stdout, fields divided by bars:
//
//	1|VERSION|unix|PATH|grpc|CERT|MUX
//
// CERT is the process's certificate, DER in unpadded base64. MUX may be left
// out and is not looked at.
const handshakeForm = "1|VERSION|unix|PATH|grpc|CERT"

// checkHandshake says why the host does not follow a handshake line. A path
// is followed only if it is a socket directly in sockets.
func checkHandshake(line, sockets string) error {
	fields := strings.Split(strings.TrimSpace(line), "|")
	if len(fields) < 5 || len(fields) > 7 || fields[0] == "" {
		return fmt.Errorf("the first line on stdout is %q, not a handshake (%s): print nothing else on stdout, log to stderr",
			shorten(clean(line), 200), handshakeForm)
	}
	if fields[0] != "1" {
		return fmt.Errorf("it speaks version %q of the handshake itself, this host speaks 1", shorten(clean(fields[0]), 20))
	}
	if version, err := strconv.Atoi(fields[1]); err != nil || version != bot.ProtocolVersion {
		return fmt.Errorf("it speaks version %q of the bot contract, this host speaks %d: update the bot's SDK or the host",
			shorten(clean(fields[1]), 20), bot.ProtocolVersion)
	}
	if err := checkAddress(fields[2], fields[3], sockets); err != nil {
		return err
	}
	if fields[4] != "grpc" {
		return fmt.Errorf("it offers the protocol %q, this host speaks grpc", shorten(clean(fields[4]), 20))
	}
	if len(fields) < 6 || fields[5] == "" {
		return errors.New("it shows no certificate: where PLUGIN_CLIENT_CERT is set, a bot must serve mutual TLS and print its own certificate in the handshake")
	}
	return checkCertificate(fields[5])
}

// checkAddress says why the host does not connect to an address. A process
// names its own, and could point the host anywhere.
func checkAddress(network, path, sockets string) error {
	shown := shorten(clean(path), 200)
	if network != "unix" {
		return fmt.Errorf("it listens on %q %q: only unix sockets in %s are allowed", shorten(clean(network), 20), shown, socketDirVar)
	}
	if len(path) > maxSocketPath {
		return fmt.Errorf("its socket's path has %d bytes, a unix socket's address takes %d: choose a shorter file name in %s",
			len(path), maxSocketPath, socketDirVar)
	}
	if filepath.Clean(path) != path || filepath.Dir(path) != sockets {
		return fmt.Errorf("it listens on %q: only sockets directly in %s (here %s) are allowed", shown, socketDirVar, sockets)
	}
	info, err := os.Lstat(path)
	if err != nil {
		return fmt.Errorf("look at its socket: %w: it must listen before it prints the handshake", err)
	}
	if info.Mode().Type() != os.ModeSocket {
		return fmt.Errorf("it listens on %q, which is no socket", shown)
	}
	return nil
}

// checkCertificate says why a certificate would not do.
func checkCertificate(text string) error {
	der, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return fmt.Errorf("read its certificate: %w: it must be DER in base64 without padding", err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return fmt.Errorf("read its certificate: %w", err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(certificate)
	if _, err := certificate.Verify(x509.VerifyOptions{Roots: roots, DNSName: serverName}); err != nil {
		return fmt.Errorf("check its certificate: %w: it must be valid now, for %s, to authenticate a server", err, serverName)
	}
	return nil
}

// socketOf is the path in a handshake line that was checked.
func socketOf(line string) string { return strings.Split(strings.TrimSpace(line), "|")[3] }
