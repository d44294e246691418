package supervisor

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"
)

// serverName is what both certificates are made out to.
const serverName = "localhost"

// identity is what the host shows to one process, once.
type identity struct {
	// certPEM goes to the process, which trusts nobody else.
	certPEM []byte
	config  *tls.Config
}

// newIdentity makes a certificate for one start. The curve is P-256, which
// every TLS library knows. The configuration trusts nobody until the
// process's certificate from the handshake is put in.
func newIdentity(now time.Time) (*identity, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, fmt.Errorf("make serial number: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: serverName, Organization: []string{"Patchbay"}},
		DNSNames:     []string{serverName},
		NotBefore:    now.Add(-time.Minute),
		// It is checked when a connection is made, and a connection that
		// breaks may be made anew as long as the process lives.
		NotAfter: now.AddDate(10, 0, 0),
		// It is its own authority on the other side, so it must be one.
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("make certificate: %w", err)
	}
	return &identity{
		certPEM: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		config: &tls.Config{
			Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
			ClientAuth:   tls.RequireAndVerifyClientCert,
			MinVersion:   tls.VersionTLS12,
			ServerName:   serverName,
			RootCAs:      x509.NewCertPool(),
		},
	}, nil
}
