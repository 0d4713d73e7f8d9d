package device_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"lachan/console/device"
)

// secure is a server that speaks everything, for a unit whose name would break
// what is written carelessly.
func secure() *device.Server {
	return &device.Server{
		Unit: "truong/gv", Title: "Trường <A> & \"B\"\nrm -rf /\u2028x", Port: 53,
		Addrs: []netip.Addr{netip.MustParseAddr("192.0.2.53"), netip.MustParseAddr("2001:db8::53")},
		Name:  "dns.example", URL: "https://dns.example/dns-query/0123456789abcdef0123", URLTells: true,
		Host: "0123456789abcdef0123.dns.example", DoTPort: 853, HostTells: true, Check: "check.lachan.test",
	}
}

// plain is a server that speaks DNS over UDP and TCP only.
func plain() *device.Server {
	return &device.Server{Unit: "truong", Port: 53, Addrs: []netip.Addr{netip.MustParseAddr("192.0.2.53")}, Check: "check.lachan.test"}
}

func write(t *testing.T, s *device.Server, k device.Kind) string {
	t.Helper()
	text, err := s.Write(k)
	if err != nil {
		t.Fatalf("%s: %v", k, err)
	}
	return text
}

// tells checks what a profile has, or with - before it has not.
func tells(t *testing.T, s *device.Server, k device.Kind, parts ...string) {
	t.Helper()
	text := write(t, s, k)
	for _, part := range parts {
		not, absent := strings.CutPrefix(part, "-")
		if absent && strings.Contains(text, not) || !absent && !strings.Contains(text, part) {
			t.Errorf("%s: want %q in\n%s", k, part, text)
		}
	}
}

func TestEachKindIsTold(t *testing.T) {
	s := secure()
	tells(t, s, device.Android, "\n0123456789abcdef0123.dns.example\n", "nslookup -type=txt check.lachan.test", "unit=truong/gv", "-networks")
	tells(t, s, device.Windows,
		"\nAdd-DnsClientDohServerAddress -ServerAddress '2001:db8::53' -DohTemplate 'https://dns.example/dns-query/0123456789abcdef0123' -AllowFallbackToUdp $False -AutoUpgrade $True\n",
		"\nGet-NetAdapter -Physical | Set-DnsClientServerAddress -ServerAddresses '192.0.2.53','2001:db8::53'\n",
		"# netsh dns add encryption server=192.0.2.53 dohtemplate=https://dns.example/dns-query/0123456789abcdef0123 autoupgrade=yes udpfallback=no")
	tells(t, s, device.RouterOS, "    /ip dns static add name=dns.example address=192.0.2.53 comment=lachan\n", "    /ip dns static add name=dns.example type=AAAA address=2001:db8::53 comment=lachan\n",
		`    /ip dns set verify-doh-cert=yes use-doh-server="https://dns.example/dns-query/0123456789abcdef0123"`, "servers=192.0.2.53,2001:db8::53\n",
		"\n/system ntp client set enabled=yes\n", "ntp client servers add address=162.159.200.1\n", "builtin-trust-anchors=trusted", "check-certificate=yes")
	tells(t, s, device.Dnsmasq, "\nno-resolv\n", "\nserver=192.0.2.53#53\n", "\nserver=2001:db8::53#53\n", "\nserver=/check.lachan.test/192.0.2.53#53\n", "networks")
	tells(t, s, device.Unbound, "\n    forward-tls-upstream: yes\n", "\n    forward-addr: 2001:db8::53@853#0123456789abcdef0123.dns.example\n")
	tells(t, s, device.BIND, "forwarders { 192.0.2.53 port 53; 2001:db8::53 port 53; };")
	tells(t, s, device.OpenWrt, "\nuci add_list dhcp.@dnsmasq[0].server='192.0.2.53#53'\n", "\nuci add_list dhcp.@dnsmasq[0].server='/check.lachan.test/192.0.2.53#53'\n",
		"-delete dhcp.@dnsmasq[0].server", "\nuci set firewall.lachan_dns.src_ip='!192.0.2.53'\n")
	tells(t, s, device.PfSense, "\n    tls-cert-bundle: \"/etc/ssl/cert.pem\"\n", "\n    private-domain: \".\"\n", "\n    local-zone: \"test.\" nodefault\n", "forward-addr: 2001:db8::53@853#0123456789abcdef0123.dns.example\n")
	tells(t, s, device.Kresd, "policy.STUB({ '192.0.2.53@53', '2001:db8::53@53' })")
	tells(t, s, device.NFTables, "elements = { 192.0.2.53 }", "th dport 53 redirect", "th dport 853 reject", "8.8.8.8", "2606:4700:4700::1111")

	// What is in front of this server makes all its devices one client, which is said.
	for _, k := range []device.Kind{device.RouterOS, device.OpenWrt, device.PfSense, device.Dnsmasq, device.Unbound, device.BIND, device.Kresd} {
		tells(t, s, k, "one profile", "192.0.2.53, 2001:db8::53")
	}
	tells(t, plain(), device.Windows, "-Doh", "Set-DnsClientServerAddress -ServerAddresses '192.0.2.53'\n")
	tells(t, plain(), device.RouterOS, "servers=192.0.2.53\n", "-verify-doh-cert", "-fetch")
	tells(t, plain(), device.Unbound, "forward-addr: 192.0.2.53@53\n", "-tls")
}

func TestWhatCannotBeToldSaysWhatIsMissing(t *testing.T) {
	f := func(k device.Kind, change func(*device.Server), want string) {
		t.Helper()
		s := plain()
		change(s)
		_, err := s.Write(k)
		var missing device.Missing
		if !errors.As(err, &missing) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", k, err, want)
		}
	}
	as := func(*device.Server) {}
	f(device.Apple, as, "server.doh")
	f(device.Android, as, "853")
	f(device.Android, func(s *device.Server) { s.Host, s.DoTPort = "dns.example", 8853 }, "853")
	f(device.Windows, func(s *device.Server) { s.Port = 5353 }, "5353")
	f(device.RouterOS, func(s *device.Server) { s.Port = 5353 }, "5353")
	for _, k := range device.Kinds() {
		if k != device.Apple && k != device.Android {
			f(k, func(s *device.Server) { s.Addrs = nil }, "--address")
		}
	}
}

// What people call a unit stands in comments only, and ends none.
func TestATitleRunsNothing(t *testing.T) {
	for _, k := range device.Kinds() {
		for line := range strings.Lines(write(t, secure(), k)) {
			if strings.HasPrefix(line, "rm ") || strings.HasPrefix(line, "x") {
				t.Errorf("%s: %q", k, line)
			}
		}
	}
}

func TestTheAppleProfileIsAPropertyList(t *testing.T) {
	text := write(t, secure(), device.Apple)
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not installed")
	}
	read := exec.Command(python, "-c", "import json, plistlib, sys; print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))")
	read.Stdin = strings.NewReader(text)
	out, err := read.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	var got struct {
		PayloadType, PayloadUUID, PayloadIdentifier, PayloadDisplayName string
		PayloadVersion                                                  int
		PayloadContent                                                  []struct {
			PayloadType, PayloadUUID, PayloadIdentifier string
			DNSSettings                                 struct {
				DNSProtocol, ServerURL string
				ServerAddresses        []string
			}
		}
	}
	if err := json.Unmarshal(out, &got); err != nil || len(got.PayloadContent) != 1 {
		t.Fatalf("%v: %s", err, out)
	}
	uuid := regexp.MustCompile(`^[0-9A-F]{8}-[0-9A-F]{4}-8[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$`)
	c := got.PayloadContent[0]
	if got.PayloadType != "Configuration" || got.PayloadVersion != 1 || got.PayloadIdentifier != "example.dns.lachan.truong.gv" ||
		!strings.Contains(got.PayloadDisplayName, `<A> & "B"`) || !uuid.MatchString(got.PayloadUUID) || !uuid.MatchString(c.PayloadUUID) ||
		got.PayloadUUID == c.PayloadUUID || c.PayloadType != "com.apple.dnsSettings.managed" || c.DNSSettings.DNSProtocol != "HTTPS" ||
		c.DNSSettings.ServerURL != secure().URL || len(c.DNSSettings.ServerAddresses) != 2 {
		t.Errorf("%s", out)
	}
	if text != write(t, secure(), device.Apple) {
		t.Error("the same unit has another profile the second time")
	}
	other := secure()
	other.URL = strings.Replace(other.URL, "0123", "4567", 1)
	if strings.Contains(write(t, other, device.Apple), got.PayloadUUID) {
		t.Error("units share a UUID")
	}
	dot := secure()
	dot.URL = ""
	tells(t, dot, device.Apple, "<string>TLS</string>", "<key>ServerName</key>\n\t\t\t\t<string>0123456789abcdef0123.dns.example</string>", "-ServerURL")
}

// TestThoseWhoReadItTakeIt has the programs check what is for them.
func TestThoseWhoReadItTakeIt(t *testing.T) {
	f := func(k device.Kind, command ...string) {
		t.Helper()
		path, err := exec.LookPath(command[0])
		if err != nil {
			t.Logf("%s is not installed", command[0])
			return
		}
		for _, s := range []*device.Server{secure(), plain()} {
			file := filepath.Join(t.TempDir(), "lachan.conf")
			if err := os.WriteFile(file, []byte(write(t, s, k)), 0o600); err != nil {
				t.Fatal(err)
			}
			args := append(command[1:len(command):len(command)], file)
			if last := len(args) - 2; last >= 0 && strings.HasSuffix(args[last], "=") {
				args = append(args[:last], args[last]+file)
			}
			if out, err := exec.Command(path, args...).CombinedOutput(); err != nil {
				t.Errorf("%s %v: %v\n%s\n%s", path, args, err, out, write(t, s, k))
			}
		}
	}
	f(device.Dnsmasq, "dnsmasq", "--test", "--conf-file=")
	f(device.Unbound, "unbound-checkconf")
	f(device.BIND, "named-checkconf")
	f(device.PfSense, "unbound-checkconf")
	f(device.OpenWrt, "sh", "-n")
	if os.Geteuid() == 0 { // it asks the kernel
		f(device.NFTables, "nft", "--check", "--file")
	}
}
