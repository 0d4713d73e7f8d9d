package upstream

import "testing"

// FuzzParseServer: it does not panic, and what it reads it reads again from its
// own text; what it does not read is a ConfigError with both languages.
func FuzzParseServer(f *testing.F) {
	for _, text := range []string{"1.1.1.1", "tcp://[2606:4700::1111]:53", "system", "fe80::1%eth0:53", "[::1]:"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseServer(text)
		if err != nil {
			if m, ok := err.(*ConfigError); !ok || m.Text.VI == "" || m.Text.EN == "" {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if again, err := ParseServer(s.String()); err != nil || again != s {
			t.Fatalf("%q is %q, read again as %q, %v", text, s, again, err)
		}
	})
}

// FuzzNameservers: whatever the file holds, what is read are addresses of hosts
// at port 53.
func FuzzNameservers(f *testing.F) {
	f.Add("nameserver 192.0.2.1\nnameserver fe80::1%eth0\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, addr := range nameservers(text) {
			if !addr.IsValid() || addr.Port() != dnsPort || addr.Addr().IsUnspecified() {
				t.Fatalf("%q: %v", text, addr)
			}
		}
	})
}
