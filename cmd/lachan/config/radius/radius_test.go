package radius_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"lachan/cmd/lachan/config/radius"
	"lachan/internal/wording"
)

// What cannot work is told with its key: who may speak, by which secret, and how much.
func TestWhatIsWrongWithTheKeyIsTold(t *testing.T) {
	dir := t.TempDir()
	secret := func(text string) string {
		path := filepath.Join(dir, "key")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	f := func(change func(r *radius.RADIUS), want ...string) {
		t.Helper()
		r := radius.Default()
		r.Listen = []netip.AddrPort{netip.MustParseAddrPort("192.0.2.53:1813")}
		r.Clients = []radius.Client{{Network: netip.MustParsePrefix("192.0.2.1/32"), SecretFile: secret("12345678\n")}}
		change(&r)
		var got []string
		r.Check(func(path string, _ wording.Text) { got = append(got, path) })
		if !slices.Equal(got, want) {
			t.Errorf("wrong is %q, want %q", got, want)
		}
		if settings, err := r.Settings(); (err == nil) != !slices.Contains(want, "clients[0].secret_file") {
			t.Errorf("%+v, %v", settings, err)
		}
	}
	f(func(*radius.RADIUS) {})
	f(func(r *radius.RADIUS) { *r = radius.Default() })
	f(func(r *radius.RADIUS) { r.Listen = nil }, "")
	f(func(r *radius.RADIUS) { r.Clients = nil }, "")
	f(func(r *radius.RADIUS) { r.Attribute = "Class" })
	f(func(r *radius.RADIUS) { r.Attribute = "user-name" }, "attribute")
	f(func(r *radius.RADIUS) { r.Interim = 0 }, "interim")
	f(func(r *radius.RADIUS) { r.Interim = 24*time.Hour + 1 }, "interim")
	f(func(r *radius.RADIUS) { r.Sessions = 0 }, "sessions")
	f(func(r *radius.RADIUS) { r.Sessions = 500_001 }, "sessions")
	f(func(r *radius.RADIUS) { r.Clients[0].Network = netip.Prefix{} }, "clients[0].network")
	f(func(r *radius.RADIUS) { r.Clients = append(r.Clients, r.Clients[0]) }, "clients[1].network")
	f(func(r *radius.RADIUS) { r.Clients[0].SecretFile = "" }, "clients[0].secret_file")
	f(func(r *radius.RADIUS) { r.Clients[0].SecretFile = filepath.Join(dir, "none") }, "clients[0].secret_file")
	f(func(r *radius.RADIUS) { r.Clients[0].SecretFile = secret("1234567\n") }, "clients[0].secret_file")
	f(func(r *radius.RADIUS) { r.Clients[0].SecretFile = secret("12345678\nx") }, "clients[0].secret_file")
	f(func(r *radius.RADIUS) { r.Clients[0].SecretFile = secret("12345678\r\n") })
}
