package certificate_test

import (
	"crypto/tls"
	"net"
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

func open(t *testing.T, f certificate.Files) *certificate.Keeper {
	t.Helper()
	k, err := certificate.Open(f)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestABrokenCertificateDoesNotTakeThePlaceOfTheOldOne(t *testing.T) {
	dir := t.TempDir()
	f := write(t, dir, "", "a.example")
	k := open(t, f)
	names := func(want string, wantChanged, wantErr bool) {
		t.Helper()
		changed, err := k.Refresh()
		if got := k.Config().Certificates[0].Leaf.DNSNames[0]; got != want || changed != wantChanged || (err != nil) != wantErr {
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

// A client that has spoken to one server resumes its session at another with
// the same ticket keys, and not at one with others.
func TestServersWithTheSameTicketKeysResumeEachOthersSessions(t *testing.T) {
	old, young := strings.Repeat("01", 32), strings.Repeat("02", 32)
	first := open(t, write(t, t.TempDir(), old, "a.example"))
	same := open(t, write(t, t.TempDir(), old, "a.example"))
	rotated := open(t, write(t, t.TempDir(), young+"\n"+old, "a.example"))
	other := open(t, write(t, t.TempDir(), young, "a.example"))
	f := func(second *certificate.Keeper, want bool) {
		t.Helper()
		cache := tls.NewLRUClientSessionCache(4)
		if resumes(t, first.Config(), cache) {
			t.Error("a first handshake resumed a session")
		}
		if got := resumes(t, second.Config(), cache); got != want {
			t.Errorf("resumed: %v, want %v", got, want)
		}
	}
	f(same, true)
	f(rotated, true)
	f(other, false)
}

func resumes(t *testing.T, config *tls.Config, cache tls.ClientSessionCache) bool {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	served := make(chan error, 1)
	go func() {
		c, err := l.Accept()
		if err == nil {
			_, err = c.Write([]byte("x")) // the ticket comes before it
			c.Close()
		}
		served <- err
	}()
	// The servers have different certificates; which of them is not the question.
	c, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{ServerName: "a.example", InsecureSkipVerify: true, ClientSessionCache: cache})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if err := <-served; err != nil && !strings.Contains(err.Error(), net.ErrClosed.Error()) {
		t.Fatal(err)
	}
	return c.ConnectionState().DidResume
}
