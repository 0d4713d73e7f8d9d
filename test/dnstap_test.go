package test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/console/api"
)

// A collector is fstrm_capture, which writes what it is told into a file.
type collector struct {
	t            *testing.T
	socket, file string
	cmd          *exec.Cmd
}

// startCollector starts one at a socket.
func startCollector(t *testing.T, socket, file string) *collector {
	t.Helper()
	program, err := exec.LookPath("fstrm_capture")
	if err != nil {
		t.Skip("fstrm_capture is not installed: run `make tools`")
	}
	_ = os.Remove(socket) // of one before
	c := &collector{t: t, socket: socket, file: file}
	c.cmd = exec.Command(program, "-t", "protobuf:dnstap.Dnstap", "-u", socket, "-w", file)
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.stop)
	return c
}

// stop ends it; what it was told is in the file then. It may be called again.
func (c *collector) stop() {
	if c.cmd != nil {
		_ = c.cmd.Process.Signal(syscall.SIGTERM)
		_ = c.cmd.Wait() // it was told to end
		c.cmd = nil
	}
}

// told is what it was told, in the words of dnstap-read of BIND, and in bytes.
func (c *collector) told() (text string, frames []byte) {
	c.t.Helper()
	c.stop()
	frames, err := os.ReadFile(c.file)
	if err != nil {
		c.t.Fatal(err)
	}
	return tool(c.t, "dnstap-read", "-y", c.file), frames
}

// tap proposes as one person, confirms as another, and is the number of the record.
func (p *process) tap(first, second client, until time.Time) uint64 {
	p.t.Helper()
	body := fmt.Sprintf(`{"why": "lỗi phân giải", "until": %q}`, until.Format(time.RFC3339Nano))
	status, text := first.ask("POST", "dnstap", body)
	var d api.Decided
	if err := json.Unmarshal([]byte(text), &d); err != nil || status != 202 || !d.Waiting {
		p.t.Fatalf("a proposal: %d %s", status, text)
	}
	confirm := fmt.Sprintf("proposals/%d/confirm", d.Seq)
	if status, text := first.ask("POST", confirm, ""); status/100 == 2 {
		p.t.Errorf("one person is two: %d %s", status, text)
	}
	if status, text = second.ask("POST", confirm, ""); status != 200 {
		p.t.Fatalf("confirm: %d %s", status, text)
	}
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		p.t.Fatal(err)
	}
	return d.Seq
}

// well waits until a condition does not hold.
func (p *process) well(condition string) {
	p.t.Helper()
	p.until("the condition "+condition+" is over", func() bool {
		_, body := p.get("/metrics")
		return !strings.Contains(body, `lachan_condition{name="`+condition+`"}`)
	})
}

// TestACollectorIsToldWhatTwoPeopleDecide: what BIND reads of what a real collector was told by
// all transports has questions and answers, and nothing of what tells one device from another.
// Without a decision, after its end, and while the collector is away, nothing is told and
// answers go on.
func TestACollectorIsToldWhatTwoPeopleDecide(t *testing.T) {
	var first, second client
	socket := filepath.Join(t.TempDir(), "collector.sock")
	file := filepath.Join(t.TempDir(), "told.fstrm")
	p, d := everyDoorWith(t, "", func(p *process) {
		p.write("lachan.yaml", p.read("lachan.yaml")+"dnstap: {collector: \"unix://"+socket+"\", identity: dns-1, version: \"lachan 1\"}\n")
		first = p.people("operator@")["operator@"]
		second = p.people("viewer@", "operator@")["operator@"]
	})
	c := startCollector(t, socket, file)
	device := func(network, name string, qtype uint16) {
		t.Helper()
		q := new(dns.Msg).SetQuestion(name, qtype).SetEdns0(1400, false)
		q.IsEdns0().Option = []dns.EDNS0{
			&dns.EDNS0_COOKIE{Code: dns.EDNS0COOKIE, Cookie: "c00c1e5a5a5a5a5a"},
			&dns.EDNS0_SUBNET{Code: dns.EDNS0SUBNET, Family: 1, SourceNetmask: 32, Address: []byte{127, 10, 3, 77}},
			&dns.EDNS0_LOCAL{Code: 65001, Data: []byte{0x02, 0xab, 0xcd, 0xef, 0x12, 0x34}},
			&dns.EDNS0_LOCAL{Code: 65073, Data: []byte("02:ab:cd:ef:12:34")},
			&dns.EDNS0_LOCAL{Code: 65074, Data: []byte("may-cua-an")},
		}
		from := newDialer(netip.MustParseAddr("127.10.3.77"))
		if network == "tcp" {
			from.LocalAddr = &net.TCPAddr{IP: net.IPv4(127, 10, 3, 77)}
		}
		asker := dns.Client{Net: network, Dialer: from, Timeout: oneReply}
		if _, _, err := asker.Exchange(q, p.dns); err != nil {
			t.Fatalf("%s over %s: %v", name, network, err)
		}
	}
	device("udp", "before.example.", dns.TypeA)
	p.metric("lachan_dnstap_on", "0")

	seq := p.tap(first, second, time.Now().Add(time.Hour))
	p.metric("lachan_dnstap_connected", "1")
	p.metric(`lachan_condition{name="dnstap"}`, "1")
	device("udp", "udp.example.", dns.TypeA)
	device("tcp", "tcp.example.", dns.TypeA)
	device("udp", "www.tiktok.com.", dns.TypeAAAA)
	for _, untold := range []string{"may-cua-an.", "dien-thoai-cua-an.lan.", "localhost.", "77.3.10.127.in-addr.arpa."} {
		device("udp", untold, dns.TypeA)
	}
	ca, port := filepath.Join(p.dir, "cert.pem"), func(addr string) string { return addr[strings.LastIndexByte(addr, ':')+1:] }
	tool(t, "kdig", "@127.0.0.1", "-p", port(d.dot), "+tls", "+tls-ca="+ca, "+tls-sni="+link+"."+servedAs, "+tls-hostname="+servedAs, "dot.example")
	tool(t, "kdig", "@127.0.0.1", "-p", port(d.doh), "+tls-ca="+ca, "+tls-hostname="+servedAs, "+https=/dns-query/"+link, "www.facebook.com")
	over := doqClient{addr: d.doq}
	defer over.close()
	if err := over.ask(t.Context(), "doq.example"); err != nil {
		t.Fatal(err)
	}
	p.metric("lachan_dnstap_sent_messages_total", "12")
	if out, err := p.command(os.Getuid(), "dnstap", "status"); err != nil || !strings.Contains(out, fmt.Sprint(seq)) {
		t.Errorf("lachan dnstap status: %v %s", err, out)
	}
	if out, err := p.command(os.Getuid(), "dnstap", "end", "--why", "xong"); err != nil {
		t.Errorf("lachan dnstap end: %v %s", err, out)
	}
	p.metric("lachan_dnstap_on", "0")
	device("udp", "after.example.", dns.TypeA)
	p.metric("lachan_dnstap_dropped_messages_total", "0")

	text, frames := c.told()
	for _, want := range []string{
		"type: CLIENT_QUERY", "type: CLIENT_RESPONSE", "identity: dns-1", "version: lachan 1", "127.10.3.0",
		"socket_protocol: UDP", "socket_protocol: TCP",
		"udp.example", "tcp.example", "dot.example", "www.facebook.com", "doq.example", "www.tiktok.com", "status: NXDOMAIN", "EDE: 17",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("dnstap-read tells nothing of %q", want)
		}
	}
	for _, never := range []string{"before.example", "after.example", "127.10.3.77", "query_port", "COOKIE", "CLIENT-SUBNET", "may-cua-an", "65001", "arpa"} {
		if strings.Contains(text, never) {
			t.Errorf("dnstap-read tells of %q", never)
		}
	}
	for _, never := range [][]byte{
		{127, 10, 3, 77}, {0xc0, 0x0c, 0x1e, 0x5a}, {0x02, 0xab, 0xcd, 0xef}, []byte("02:ab"), []byte("cua-an"), []byte(link), []byte("truong"),
	} {
		if bytes.Contains(frames, never) {
			t.Errorf("the bytes have %q", never)
		}
	}
	if t.Failed() {
		t.Logf("%s", text)
	}

	// While the collector is away.
	p.tap(first, second, time.Now().Add(time.Hour))
	p.metric(`lachan_condition{name="dnstap-collector"}`, "1")
	p.metric("lachan_dnstap_on", "1") // where questions are answered, too
	device("udp", "away.example.", dns.TypeA)
	p.metric("lachan_dnstap_dropped_messages_total", "2")
	again := startCollector(t, socket, filepath.Join(t.TempDir(), "again.fstrm"))
	p.metric("lachan_dnstap_connected", "1")
	p.well("dnstap-collector")
	for _, child := range []string{"manage", "resolve"} {
		if err := syscall.Kill(p.child(child), syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		p.until("manage is there", p.alive)
		p.metric("lachan_dnstap_connected", "1") // as it was decided
	}
	p.until("the new resolve tells", func() bool {
		device("udp", "again.example.", dns.TypeA)
		_, body := p.get("/metrics")
		return number(body, "lachan_dnstap_sent_messages_total") >= 2
	})
	if out, err := p.command(os.Getuid(), "dnstap", "end"); err != nil {
		t.Errorf("lachan dnstap end: %v %s", err, out)
	}
	p.metric("lachan_dnstap_on", "0")
	if text, _ := again.told(); !strings.Contains(text, "again.example") || strings.Contains(text, "away.example") {
		t.Errorf("the second collector was told:\n%s", text)
	}

	// It ends by itself.
	p.tap(first, second, time.Now().Add(3*time.Second))
	p.metric("lachan_dnstap_on", "1")
	p.metric("lachan_dnstap_on", "0")
	p.well("dnstap")
}
