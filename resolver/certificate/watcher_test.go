package certificate_test

import (
	"crypto/tls"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lachan/internal/testserver"
	"lachan/resolver/certificate"
)

// write puts a new certificate for the names, and ticket keys, in a directory.
func write(t *testing.T, dir, tickets string, names ...string) certificate.Files {
	t.Helper()
	cert, key, err := testserver.PEM(names...)
	if err != nil {
		t.Fatal(err)
	}
	f := certificate.Files{Cert: filepath.Join(dir, "cert.pem"), Key: filepath.Join(dir, "key.pem")}
	put(t, f.Cert, string(cert))
	put(t, f.Key, string(key))
	if tickets != "" {
		f.TicketKeys = filepath.Join(dir, "tickets")
		put(t, f.TicketKeys, tickets)
	}
	return f
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, f certificate.Files) *certificate.Watcher {
	t.Helper()
	w, err := certificate.Open(f)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// nameIn is the first name of the first certificate.
func nameIn(t *testing.T, s certificate.Secrets) string {
	t.Helper()
	pair, err := tls.X509KeyPair(s.Pairs[0].Cert, s.Pairs[0].Key)
	if err != nil {
		t.Fatal(err)
	}
	return pair.Leaf.DNSNames[0]
}

func TestABrokenCertificateDoesNotTakeThePlaceOfTheOldOne(t *testing.T) {
	dir := t.TempDir()
	f := write(t, dir, "", "a.example")
	w := open(t, f)
	names := func(want string, wantChanged, wantErr bool) {
		t.Helper()
		changed, err := w.Refresh()
		if got := nameIn(t, w.Secrets()); got != w.Name() || got != want || changed != wantChanged || (err != nil) != wantErr {
			t.Errorf("certificate for %s, changed %v, error %v; want %s, %v, %v", got, changed, err, want, wantChanged, wantErr)
		}
	}
	names("a.example", false, false)
	write(t, dir, "", "b.example")
	names("b.example", true, false)
	names("b.example", false, false)
	put(t, f.Cert, "-----BEGIN CERTIFICATE-----\nhalf of")
	names("b.example", false, true)
	cert, _, err := testserver.PEM("c.example") // its key has not come yet
	if err != nil {
		t.Fatal(err)
	}
	put(t, f.Cert, string(cert))
	names("b.example", false, true)
	if err := os.Remove(f.Key); err != nil {
		t.Fatal(err)
	}
	names("b.example", false, true)
	write(t, dir, "", "d.example")
	names("d.example", true, false)
}

func TestTheNameIsTheFirstThatIsNoWildcard(t *testing.T) {
	f := func(want string, names ...string) {
		t.Helper()
		if got := open(t, write(t, t.TempDir(), "", names...)).Name(); got != want {
			t.Errorf("%v: %q, want %q", names, got, want)
		}
	}
	f("dns.example", "192.0.2.1", "*.dns.example", "DNS.example", "b.example")
	f("", "192.0.2.1", "*.dns.example")
}

func TestWrongFilesAreSaidToBe(t *testing.T) {
	f := func(tickets, want string) {
		t.Helper()
		_, err := certificate.Open(write(t, t.TempDir(), tickets, "a.example"))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ticket keys %q: %v, want %q", tickets, err, want)
		}
	}
	f("# none\n", "there is none")
	f("\n0123\n", "line 2 is not 64 hexadecimal digits")
	if _, err := certificate.Open(certificate.Files{Cert: "no", Key: "no"}); err == nil {
		t.Error("files that are not there can be read")
	}
}
