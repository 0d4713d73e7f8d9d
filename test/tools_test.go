package test

import (
	"fmt"
	"net/netip"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"lachan/internal/testserver"
)

// schoolRecords are what the real upstream of a test knows.
func schoolRecords() []string {
	records := []string{
		"www.school.example. 300 A 192.0.2.1", "www.school.example. 300 A 192.0.2.2",
		"www.school.example. 300 AAAA 2001:db8::1",
		"school.example. 300 MX 10 mail.school.example.",
		`school.example. 300 TXT "v=spf1 -all"`,
		"school.example. 300 NS ns.school.example.",
		"school.example. 300 SOA ns.school.example. root.school.example. 1 3600 600 86400 300",
		"_dns._tcp.school.example. 300 SRV 1 2 53 www.school.example.",
		"secure.school.example. 300 HTTPS 1 . alpn=h2",
		`school.example. 300 CAA 0 issue "ca.example"`,
		"1.2.18.198.in-addr.arpa. 300 PTR www.school.example.",
		"game.school.example. 300 A 192.0.2.3",
	}
	for i := range 30 {
		records = append(records, fmt.Sprintf(`large.school.example. 300 TXT "%02d %s"`, i, strings.Repeat("x", 97)))
	}
	return records
}

// A said is what a tool printed of a reply.
type said struct {
	status  string
	answers []string // name, type and data; sorted
	text    string
}

// overTCP is the option of each tool.
var overTCP = map[string]string{"dig": "+tcp", "kdig": "+tcp", "drill": "-t"}

// warning finds what a tool complains of. That an answer came truncated, and it
// asks again over TCP, is as it should be.
var warning = regexp.MustCompile(`(?i)warning: [^t]`)

var statusOf = regexp.MustCompile(`HEADER<<-.*(?:status|rcode): (\w+)`)

// say runs a tool.
func say(t *testing.T, tool string, args ...string) said {
	t.Helper()
	path, err := exec.LookPath(tool)
	if err != nil {
		t.Skipf("%s is not installed: run `make tools`", tool)
	}
	out, err := exec.Command(path, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", tool, strings.Join(args, " "), err, out)
	}
	s := said{text: string(out)}
	for _, m := range statusOf.FindAllStringSubmatch(s.text, -1) {
		s.status = m[1] // the last, when it has asked again over TCP
	}
	answer := false
	for line := range strings.Lines(s.text) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, ";; ANSWER SECTION"):
			answer = true
		case line == "":
			answer = false
		case answer && line[0] != ';':
			f := strings.Fields(line)
			s.answers = append(s.answers, f[0]+" "+strings.Join(f[3:], " "))
		}
	}
	slices.Sort(s.answers)
	return s
}

func TestDigKdigAndDrillGetWhatTheUpstreamSays(t *testing.T) {
	unbound := testserver.StartUnbound(t, schoolRecords()...)
	p := serveProcess(t, "", "units: [{id: a, networks: [127.0.0.0/8], block: [game.school.example]}]\n", unbound.Addr.String())
	// f: with these options a tool gets this status, and the answers that the
	// upstream gives when it is asked plainly.
	f := func(tool, options, question, status string) {
		t.Helper()
		ours := say(t, tool, slices.Concat(at(p.dns), strings.Fields(options), strings.Fields(question))...)
		var want []string
		if status == "NOERROR" {
			want = say(t, tool, slices.Concat(at(unbound.Addr.String()), []string{overTCP[tool]}, strings.Fields(question))...).answers
		}
		if ours.status != status || !slices.Equal(ours.answers, want) {
			t.Errorf("%s %s %s: %s %q, want %s %q\n%s", tool, options, question, ours.status, ours.answers, status, want, ours.text)
		}
		if warning.MatchString(ours.text) {
			t.Errorf("%s %s %s warns:\n%s", tool, options, question, ours.text)
		}
	}
	for _, question := range []string{
		"www.school.example A", "www.school.example AAAA", "school.example MX", "school.example TXT", "school.example SOA",
		"_dns._tcp.school.example SRV", "secure.school.example TYPE65", "school.example CAA", "1.2.18.198.in-addr.arpa PTR",
		"large.school.example TXT", "WWW.School.Example A", "www.school.example MX",
	} {
		f("dig", "", question, "NOERROR")
		f("kdig", "", question, "NOERROR")
		f("drill", "-a -b 4096", question, "NOERROR")
		for tool, option := range overTCP {
			f(tool, option, question, "NOERROR")
		}
	}
	for _, options := range digOptions {
		f("dig", options, "www.school.example A", "NOERROR")
		f("dig", options+" +tcp", "www.school.example A", "NOERROR")
		if strings.Contains(options, "bufsize") {
			f("dig", options, "large.school.example TXT", "NOERROR")
		}
		none := "NXDOMAIN"
		if options == "+norecurse" {
			none = "REFUSED" // it comes without an SOA record and is not kept, and nothing is asked
		}
		f("dig", options, "none.school.example A", none)
		f("dig", options, "game.school.example A", "NXDOMAIN") // blocked
	}
	for _, options := range kdigOptions {
		f("kdig", options, "www.school.example A", "NOERROR")
		f("kdig", options+" +tcp", "www.school.example A", "NOERROR")
		f("kdig", options, "game.school.example A", "NXDOMAIN")
	}
	for _, options := range drillOptions {
		f("drill", options, "www.school.example A", "NOERROR")
		f("drill", options+" -t", "www.school.example A", "NOERROR")
		f("drill", options, "game.school.example A", "NXDOMAIN")
	}

	// A version of EDNS that nobody has, and opcodes that a forwarder has not.
	f("dig", "+edns=1 +noednsnegotiation", "www.school.example A", "BADVERS")
	f("dig", "+edns=255 +noednsnegotiation +tcp", "www.school.example A", "BADVERS")
	f("dig", "+edns=1", "www.school.example A", "NOERROR") // it asks again with version 0
	f("kdig", "+edns=1", "www.school.example A", "BADVERS")
	f("dig", "+noedns +opcode=STATUS", "www.school.example A", "NOTIMP")
	f("dig", "+noedns +opcode=IQUERY", "www.school.example A", "NOTIMP")
	f("dig", "+noedns +opcode=15", "www.school.example A", "NOTIMP")
	f("dig", "-c CH -t TXT", "version.bind", "REFUSED")
	f("dig", "-c CH -t TXT", "id.server", "REFUSED")
}

// at tells each of the tools whom to ask.
func at(server string) []string {
	addr := netip.MustParseAddrPort(server)
	return []string{"@" + addr.Addr().String(), "-p", fmt.Sprint(addr.Port())}
}

// All options of EDNS, and flags, that the tools can send.
var (
	digOptions = []string{
		"+noedns", "+edns=0", "+nsid", "+nocookie", "+cookie", "+cookie=0123456789abcdef",
		"+cookie=0123456789abcdef0123456789abcdef", "+subnet=203.0.113.0/24", "+subnet=2001:db8::/48", "+subnet=0/0",
		"+expire", "+keepalive", "+padding=128", "+padding=512", "+ednsopt=65001:00ff", "+ednsopt=NSID", "+ednsopt=65535",
		"+ednsopt=15:000f", "+ednsopt=14:0001", "+bufsize=512", "+bufsize=1232", "+bufsize=4096", "+bufsize=65535", "+bufsize=0",
		"+ednsflags=0x7fff", "+dnssec", "+cd", "+ad", "+noad", "+aa", "+norecurse", "+z", "+raflag", "+tcflag", "+coflag",
		"+nsid +cookie +subnet=203.0.113.0/24 +expire +keepalive +padding=64 +dnssec +cd +bufsize=1400 +ednsopt=65001:01",
	}
	kdigOptions = []string{
		"+noedns", "+edns=0", "+nsid", "+cookie", "+cookie=0123456789abcdef", "+subnet=203.0.113.0/24", "+subnet=2001:db8::/48",
		"+padding=128", "+alignment=64", "+ednsopt=65001:00ff", "+ednsopt=65535", "+bufsize=512", "+bufsize=4096",
		"+dnssec", "+cdflag", "+adflag", "+aaflag", "+norecurse", "+zflag", "+raflag", "+keepopen",
		"+nsid +cookie +subnet=203.0.113.0/24 +padding=64 +dnssec +cdflag +ednsopt=65001:01",
	}
	drillOptions = []string{"-D", "-b 512", "-b 4096", "-o CD", "-o AD", "-o rd", "-o AA", "-a", "-u", "-D -b 1232 -o CD -o AD", "-4"}
)

func TestToolsShowWhyANameIsBlocked(t *testing.T) {
	up := startStandIn(t)
	p := serveProcess(t, "", "units: [{id: a, networks: [127.0.0.0/8], block: [game.example]}]\n", up.addr)
	f := func(tool string, options, want string) {
		t.Helper()
		s := say(t, tool, slices.Concat(at(p.dns), strings.Fields(options), []string{"game.example", "A"})...)
		if !strings.Contains(s.text, want) {
			t.Errorf("%s does not show %q:\n%s", tool, want, s.text)
		}
	}
	f("dig", "", "EDE: 15 (Blocked)")
	f("dig", "+tcp", "EDE: 15 (Blocked)")
	f("kdig", "+edns", "EDE: 15 (Blocked)")
	f("dig", "", "\tSOA\t")
	f("dig", "-t ANY", "NXDOMAIN")
}

func TestUpstreamsThatStopAndStartAgainLoseNoQuestion(t *testing.T) {
	const questions = 1000
	var records []string
	zone := "$ORIGIN school.example.\n$TTL 60\n@ SOA ns root 1 3600 600 86400 300\n@ NS ns\nns A 192.0.2.53\n"
	for i := range questions {
		records = append(records, fmt.Sprintf("n%d.school.example. 60 A 192.0.2.%d", i, i%250))
		zone += fmt.Sprintf("n%d A 192.0.2.%d\n", i, i%250)
	}
	unbound := testserver.StartUnbound(t, records...)
	named := testserver.StartNamed(t, "school.example", zone)
	p := serveProcess(t, "", "", unbound.Addr.String(), named.Addr.String())
	for i := range questions {
		switch i {
		case 200:
			unbound.Stop()
		case 500:
			unbound.Start()
		case 600:
			named.Stop()
		}
		m := p.ask(fmt.Sprintf("n%d.school.example", i))
		if m.Rcode != dns.RcodeSuccess || len(m.Answer) != 1 || m.Answer[0].(*dns.A).A.String() != fmt.Sprintf("192.0.2.%d", i%250) {
			t.Fatalf("question %d: %s", i, m)
		}
		if i == 599 {
			p.metric(`lachan_upstream_up{upstream="`+unbound.Addr.String()+`"}`, "1")
		}
	}
	_, body := p.get("/metrics")
	for _, s := range []*testserver.Server{unbound, named} {
		series := fmt.Sprintf("lachan_upstream_exchanges_total{upstream=%q}", s.Addr)
		if n := number(body, series); n < 50 {
			t.Errorf("%s is %g: the upstream was hardly asked", series, n)
		}
	}
}
