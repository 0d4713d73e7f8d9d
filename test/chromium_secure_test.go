package test

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestChromiumAsksOverHTTPS: a browser that a school has set to our secure DNS,
// by the policies that administrators set, asks nobody else: on port 53 there is
// nothing. Its school is known by the link in the address.
func TestChromiumAsksOverHTTPS(t *testing.T) {
	inNamespace(t, browseSecurely)
}

func browseSecurely(t *testing.T) {
	serveSites(t)
	p, d := everyDoor(t)
	const policies = "/etc/chromium/policies/managed"
	if err := os.MkdirAll("/etc/chromium", 0o755); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "none", "/etc/chromium").CombinedOutput(); err != nil {
		t.Fatalf("mount: %v\n%s", err, out)
	}
	if err := os.MkdirAll(policies, 0o755); err != nil {
		t.Fatal(err)
	}
	settings := fmt.Sprintf(`{"DnsOverHttpsMode": "secure", "DnsOverHttpsTemplates": "https://%s/dns-query/%s{?dns}"}`, d.doh, link)
	if err := os.WriteFile(policies+"/school.json", []byte(settings), 0o644); err != nil {
		t.Fatal(err)
	}
	trust := "--ignore-certificate-errors-spki-list=" + pinOf(t, p.read("cert.pem"))
	if got := opens(t, "http://lesson.example/", trust); !strings.Contains(got, "page of lesson.example at "+answered) {
		t.Errorf("the allowed page: %s", got)
	}
	if got := opens(t, "http://www.facebook.com/", trust); strings.Contains(got, "page of") {
		t.Errorf("the blocked page: %s", got)
	}
	_, page := p.get("/metrics")
	asked := func(transport, action string) float64 {
		return number(page, fmt.Sprintf(`lachan_queries_total{action=%q,transport=%q}`, action, transport))
	}
	if asked("doh", "pass") < 1 || asked("doh", "block") < 1 || asked("udp", "pass") > 0 {
		t.Errorf("questions over HTTPS: %g passed, %g blocked; over UDP %g", asked("doh", "pass"), asked("doh", "block"), asked("udp", "pass"))
	}
}

// pinOf is the digest of the public key in a certificate, as browsers write it.
func pinOf(t *testing.T, certificate string) string {
	t.Helper()
	block, _ := pem.Decode([]byte(certificate))
	if block == nil {
		t.Fatal("no certificate")
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	return base64.StdEncoding.EncodeToString(digest[:])
}
