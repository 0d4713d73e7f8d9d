package site

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/big"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"lachan/internal/durable"
)

// selfSignedFor is how long a certificate of our own holds: as long as browsers take one.
const selfSignedFor = 397 * 24 * time.Hour

// selfSigned is the certificate that this server has made for itself, kept in a folder. Its
// fingerprint is logged, so that people can compare what their browser shows.
func selfSigned(dir string, names []string, log *slog.Logger) (*tls.Config, error) {
	cert, err := tls.LoadX509KeyPair(filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"))
	if err == nil && cert.Leaf != nil && time.Until(cert.Leaf.NotAfter) < 30*24*time.Hour {
		err = fs.ErrNotExist
	}
	if err != nil {
		if cert, err = makeCertificate(dir, names); err != nil {
			return nil, err
		}
	}
	sum := sha256.Sum256(cert.Certificate[0])
	log.Info("certificate of the console", "sha256", hex.EncodeToString(sum[:]))
	return &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{cert}}, nil
}

// makeCertificate makes a certificate for the names and addresses of this machine.
func makeCertificate(dir string, names []string) (cert tls.Certificate, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return cert, fmt.Errorf("make a certificate: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return cert, fmt.Errorf("make a certificate: %w", err)
	}
	now := time.Now()
	leaf := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "lachan"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(selfSignedFor),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true, DNSNames: []string{"localhost"},
	}
	for _, name := range names {
		if a, err := netip.ParseAddr(name); err == nil {
			leaf.IPAddresses = append(leaf.IPAddresses, a.AsSlice())
		} else {
			leaf.DNSNames = append(leaf.DNSNames, name)
		}
	}
	for _, a := range addresses() {
		leaf.IPAddresses = append(leaf.IPAddresses, net.ParseIP(a))
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, leaf, &key.PublicKey, key)
	if err != nil {
		return cert, fmt.Errorf("make a certificate: %w", err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return cert, fmt.Errorf("make a certificate: %w", err)
	}
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	keyPEM := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})
	err = errors.Join(
		os.MkdirAll(dir, 0o700),
		durable.WriteFile(filepath.Join(dir, "key.pem"), keyPEM, 0o600),
		durable.WriteFile(filepath.Join(dir, "cert.pem"), certPEM, 0o600),
	)
	if err != nil {
		return cert, fmt.Errorf("keep the certificate of the console: %w", err)
	}
	return tls.X509KeyPair(certPEM, keyPEM)
}

// prefixes are those of the networks that this machine is in, without loopback and
// link-local ones.
func prefixes() (list []netip.Prefix) {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	for _, a := range all {
		p, err := netip.ParsePrefix(a.String())
		if err == nil && !p.Addr().IsLoopback() && !p.Addr().IsLinkLocalUnicast() {
			list = append(list, p)
		}
	}
	return list
}

// networks are those that this machine is in, addresses its own there.
func networks() (list []string) {
	for _, p := range prefixes() {
		list = append(list, p.Masked().String())
	}
	return list
}

func addresses() (list []string) {
	for _, p := range prefixes() {
		list = append(list, p.Addr().String())
	}
	return list
}
