package zoo

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"strings"
	"time"
)

// newIdentity is the certificate of one process.
func newIdentity() tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().AddDate(0, 0, 1),
		IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	must(err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// Around is what the animal "env" sees around it, and says, as JSON.
type Around struct {
	Env   map[string]string
	Dir   string
	Args0 string
	Curve string
	Modes map[string]string
	Files []string // open descriptors
}

func surroundings() string {
	see := Around{Env: map[string]string{}, Args0: os.Args[0], Modes: map[string]string{}}
	for _, variable := range os.Environ() {
		name, value, _ := strings.Cut(variable, "=")
		see.Env[name] = value
	}
	see.Dir, _ = os.Getwd()
	block, _ := pem.Decode([]byte(see.Env["PLUGIN_CLIENT_CERT"]))
	certificate, err := x509.ParseCertificate(block.Bytes)
	must(err)
	see.Curve = fmt.Sprint(certificate.PublicKeyAlgorithm, " ", len(certificate.RawSubjectPublicKeyInfo))
	for _, name := range []string{"HOME", "TMPDIR", socketDirVar} {
		info, err := os.Stat(see.Env[name])
		must(err)
		see.Modes[name] = info.Mode().Perm().String()
	}
	raw, err := json.Marshal(see)
	must(err)
	return string(raw)
}
