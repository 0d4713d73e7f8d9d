package test

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/miekg/dns"
)

// forwards starts a forwarder of others and asks it for the check until it says
// what it should. Then others may ask it too, before it ends.
func (p *process) forwards(want, server string, command ...string) {
	p.t.Helper()
	p.forwarding(want, server, func() {}, command...)
}

func (p *process) forwarding(want, server string, then func(), command ...string) {
	p.t.Helper()
	path, err := exec.LookPath(command[0])
	if err != nil {
		p.t.Logf("%s is not installed: run make tools", command[0])
		return
	}
	cmd := exec.Command(path, command[1:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill() // an error means that it has ended
		_ = cmd.Wait()
	}()
	p.until(command[0]+" says "+want, func() bool {
		r, _, err := new(dns.Client).Exchange(new(dns.Msg).SetQuestion("check.lachan.test.", dns.TypeTXT), server)
		return err == nil && len(r.Answer) == 1 && strings.Join(r.Answer[0].(*dns.TXT).Txt, " ") == want
	})
	then()
}

// freePort is a port of UDP and TCP that nobody had a moment ago.
func freePort(t *testing.T) int {
	t.Helper()
	for {
		// Below those that the system gives to whoever asks for any.
		port := 12_000 + rand.N(20_000)
		address := fmt.Sprintf("127.0.0.1:%d", port)
		datagrams, err := net.ListenPacket("udp", address)
		if err != nil {
			continue
		}
		streams, err := net.Listen("tcp", address)
		datagrams.Close()
		if err == nil {
			streams.Close()
			return port
		}
	}
}

// TestForwardersUseTheirProfile has dnsmasq and Unbound run what `lachan profile`
// writes for them: one is known by its address, the other, over TLS, by the link
// id of the unit.
func TestForwardersUseTheirProfile(t *testing.T) {
	p, d := everyDoor(t)
	profile := func(kind string) string {
		out, err := exec.Command(binary, "profile", "--config", filepath.Join(p.dir, "lachan.yaml"), "--unit", "truong", "--for", kind,
			"--server.listen="+p.dns, "--server.dot="+d.dot, "--server.doh="+d.doh).Output()
		if err != nil {
			t.Fatalf("%s: %v\n%s", kind, err, out)
		}
		return string(out)
	}
	port := freePort(t)
	p.write("dnsmasq.conf", profile("dnsmasq"))
	p.forwards("ok unit=none via=udp", fmt.Sprintf("127.0.0.1:%d", port), "dnsmasq", "--keep-in-foreground", "--conf-file="+filepath.Join(p.dir, "dnsmasq.conf"),
		fmt.Sprint("--port=", port), "--listen-address=127.0.0.1", "--bind-interfaces", "--user=", "--pid-file=")
	port = freePort(t)
	p.write("unbound.conf", strings.Replace(profile("unbound"), "/etc/ssl/certs/ca-certificates.crt", filepath.Join(p.dir, "cert.pem"), 1)+
		fmt.Sprintf("server:\n  interface: 127.0.0.1@%d\n  do-daemonize: no\n  username: \"\"\n  chroot: \"\"\n  pidfile: \"\"\n  use-syslog: no\n  do-not-query-localhost: no\n", port))
	p.forwards("ok unit=truong via=dot", fmt.Sprintf("127.0.0.1:%d", port), "unbound", "-d", "-c", filepath.Join(p.dir, "unbound.conf"))
	if apple := profile("apple"); !strings.Contains(apple, "/dns-query/"+link+"</string>") {
		t.Error(apple)
	}
}

// behind is a server whose profile is run by forwarders of others, with a zone of
// its own at a private address, as schools have.
func behind(t *testing.T) (*process, func(kind string) string) {
	t.Helper()
	up := startStandIn(t)
	p := newProcess(t, "", "units: [{id: truong, networks: [127.0.0.0/8]}]\n", up.addr)
	p.write("lachan.yaml", strings.Replace(p.read("lachan.yaml"), `server: {listen: ["127.0.0.1:0"]}`,
		`server: {listen: ["127.0.0.1:0"], rebind_allowed: [addr.example]}`, 1))
	p.start()
	return p, func(kind string) string {
		t.Helper()
		out, err := exec.Command(binary, "profile", "--config", filepath.Join(p.dir, "lachan.yaml"), "--unit", "truong", "--for", kind,
			"--server.listen="+p.dns).Output()
		if err != nil {
			t.Fatalf("%s: %v\n%s", kind, err, out)
		}
		return string(out)
	}
}

// private asks a forwarder for a name at a private address that this server allows.
func private(t *testing.T, server string) {
	t.Helper()
	r, _, err := new(dns.Client).Exchange(new(dns.Msg).SetQuestion("10-20-0-5.addr.example.", dns.TypeA), server)
	if err != nil || len(r.Answer) != 1 || r.Answer[0].(*dns.A).A.String() != "10.20.0.5" {
		t.Errorf("a private address that this server allows: %v\n%v", err, r)
	}
}

// TestForwardersThatKeepNamesToThemselves have dnsmasq as OpenWrt sets it up, Unbound
// as pfSense does, BIND and Knot Resolver run what `lachan profile` writes: the check
// and private answers come through all the same.
func TestForwardersThatKeepNamesToThemselves(t *testing.T) {
	p, profile := behind(t)
	const want = "ok unit=truong via=udp"
	address := func() (port int, server string) {
		port = freePort(t)
		return port, fmt.Sprintf("127.0.0.1:%d", port)
	}
	t.Run("OpenWrt", func(t *testing.T) {
		port, server := address()
		p.write("dnsmasq-openwrt.conf", uci(t, p, profile("openwrt"))+fmt.Sprintf(
			"domain-needed\nbogus-priv\nport=%d\nlisten-address=127.0.0.1\nbind-interfaces\n", port)+openWrtKeeps)
		p.forwarding(want, server, func() { private(t, server) },
			"dnsmasq", "--keep-in-foreground", "--conf-file="+filepath.Join(p.dir, "dnsmasq-openwrt.conf"), "--user=", "--pid-file=")
	})
	t.Run("dnsmasq", func(t *testing.T) {
		port, server := address()
		p.write("dnsmasq.conf", profile("dnsmasq")+fmt.Sprintf("port=%d\nlisten-address=127.0.0.1\nbind-interfaces\n", port)+openWrtKeeps)
		p.forwarding(want, server, func() { private(t, server) },
			"dnsmasq", "--keep-in-foreground", "--conf-file="+filepath.Join(p.dir, "dnsmasq.conf"), "--user=", "--pid-file=")
	})
	t.Run("pfSense", func(t *testing.T) {
		port, server := address()
		p.write("pfsense.conf", fmt.Sprintf("server:\n  interface: 127.0.0.1@%d\n", port)+pfSenseHas+profile("pfsense")+
			"server:\n  do-not-query-localhost: no\n")
		p.forwarding(want, server, func() { private(t, server) }, "unbound", "-d", "-c", filepath.Join(p.dir, "pfsense.conf"))
	})
	t.Run("BIND", func(t *testing.T) {
		port, server := address()
		options := fmt.Sprintf("options {\n    directory %q;\n    pid-file none;\n    session-keyfile none;\n    listen-on port %d { 127.0.0.1; };\n    listen-on-v6 { none; };\n", p.dir, port)
		p.write("named.conf", strings.Replace(profile("bind"), "options {\n", options, 1)+"controls { };\n")
		p.forwarding(want, server, func() { private(t, server) }, "named", "-g", "-c", filepath.Join(p.dir, "named.conf"))
	})
	t.Run("Knot Resolver", func(t *testing.T) {
		port, server := address()
		p.write("kresd.conf", fmt.Sprintf("net.listen('127.0.0.1', %d)\n", port)+profile("kresd"))
		p.forwarding(want, server, func() { private(t, server) }, "kresd", "-n", "-c", filepath.Join(p.dir, "kresd.conf"), t.TempDir())
	})
}

// openWrtKeeps are the names that OpenWrt keeps to itself (rfc6761.conf).
const openWrtKeeps = "server=/bind/\nserver=/invalid/\nserver=/local/\nserver=/localhost/\nserver=/onion/\nserver=/test/\n"

// pfSenseHas is what pfSense's own part of the configuration says: DNSSEC is checked,
// and private answers are dropped.
const pfSenseHas = `  do-daemonize: no
  username: ""
  chroot: ""
  pidfile: ""
  use-syslog: no
  module-config: "validator iterator"
  trust-anchor: ". DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D"
  private-address: 127.0.0.0/8
  private-address: 10.0.0.0/8
  private-address: 172.16.0.0/12
  private-address: 192.168.0.0/16
  private-address: fd00::/8
`

// fakeUCI keeps options as files, a value a line, as far as our commands need.
const fakeUCI = `#!/bin/sh
[ "$1" = -q ] && shift
command=$1; key=${2%%=*}; value=${2#*=}; file="$UCI/$key"
case $command in
get) [ -f "$file" ] && tr '\n' ' ' <"$file" ;;
set) printf '%s\n' "$value" >"$file" ;;
add_list) printf '%s\n' "$value" >>"$file" ;;
del_list) [ -f "$file" ] && grep -Fxv -e "$value" "$file" >"$file.new"; [ -f "$file.new" ] && mv "$file.new" "$file" ;;
delete) rm -f "$file" ;;
commit) : ;;
esac
exit 0
`

// uci runs commands of OpenWrt twice, beside entries that the administrator had
// before, and returns what OpenWrt makes of them for dnsmasq.
func uci(t *testing.T, p *process, commands string) (dnsmasq string) {
	t.Helper()
	bin, store := t.TempDir(), t.TempDir()
	for name, text := range map[string]string{"uci": fakeUCI, "service": "#!/bin/sh\n"} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	const own = "dhcp.@dnsmasq[0]."
	put := func(option, text string) {
		if err := os.WriteFile(filepath.Join(store, own+option), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	read := func(option string) string {
		text, err := os.ReadFile(filepath.Join(store, own+option))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	put("server", "/truong.lan/10.0.0.1\n8.8.8.8\n")
	put("rebind_protection", "1\n")
	for range 2 {
		sh := exec.Command("sh", "-eu")
		sh.Stdin = strings.NewReader(commands)
		sh.Env = []string{"PATH=" + bin + ":" + os.Getenv("PATH"), "UCI=" + store}
		if out, err := sh.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s\n%s", err, out, commands)
		}
	}
	servers := strings.Fields(read("server"))
	if !slices.Contains(servers, "/truong.lan/10.0.0.1") || slices.Contains(servers, "8.8.8.8") || len(servers) != 3 {
		t.Errorf("the servers are %q", servers)
	}
	if aside := read("lachan_before"); aside != "8.8.8.8\n" {
		t.Errorf("set aside is %q", aside)
	}
	if read("noresolv") == "1\n" {
		dnsmasq += "no-resolv\n"
	}
	if read("rebind_protection") == "1\n" {
		dnsmasq += "stop-dns-rebind\n"
	}
	for _, s := range servers {
		dnsmasq += "server=" + s + "\n"
	}
	return dnsmasq
}
