package config_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lachan/cmd/lachan/config"
)

// written loads a configuration.
func written(t *testing.T, text string) (*config.Config, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "lachan.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, problems := config.Load(file, nil)
	return c, problems.Error()
}

func TestWhereProgramsOfThisMachineReachTheServer(t *testing.T) {
	f := func(listen, want string) {
		t.Helper()
		if got := config.Reachable(netip.MustParseAddrPort(listen)).String(); got != want {
			t.Errorf("%s: %s, want %s", listen, got, want)
		}
	}
	f("0.0.0.0:8053", "127.0.0.1:8053")
	f("[::]:8053", "[::1]:8053")
	f("192.0.2.1:8053", "192.0.2.1:8053")
	f("[2001:db8::1]:8053", "[2001:db8::1]:8053")
}

// A line that is told is one that there is: that of the key, or of what it would be in.
func TestTheLineOfAKey(t *testing.T) {
	c, _ := written(t, "policy: \"\"\ncache:\n  max_ttl: 1h\n")
	f := func(path string, want int) {
		t.Helper()
		if got := c.LineOf(path); got != want {
			t.Errorf("%s: line %d, want %d", path, got, want)
		}
	}
	f("cache.max_ttl", 3)
	f("cache.min_ttl", c.LineOf("cache"))
	f("metrics.history", 0)
	if c.LineOf("cache") == 0 {
		t.Error("cache has no line")
	}
	missing := filepath.Join(t.TempDir(), "none.yaml")
	if _, problems := config.Load(missing, nil); len(problems) != 1 || problems[0].Line != 0 || !strings.Contains(problems.Error(), missing) {
		t.Errorf("a file that is not there: %v", problems)
	}
}

func TestTimesToLiveMayBeTheSame(t *testing.T) {
	if _, said := written(t, "policy: \"\"\ncache: {min_ttl: 60s, max_ttl: 60s}\n"); said != "" {
		t.Error(said)
	}
	if _, said := written(t, "policy: \"\"\ncache: {min_ttl: 61s, max_ttl: 60s}\n"); !strings.Contains(said, "min_ttl") {
		t.Error(said)
	}
}

// Without an authority the certificate is the one that is named, and there is no other.
func TestTheCertificateThatIsNamedIsServed(t *testing.T) {
	c, _ := written(t, "policy: \"\"\nserver: {tls: {cert: cert.pem, key: key.pem}}\n")
	files := c.CertificateFiles()
	if filepath.Base(files.Cert) != "cert.pem" || filepath.Base(files.Key) != "key.pem" || len(files.More) > 0 {
		t.Errorf("%+v", files)
	}
}
