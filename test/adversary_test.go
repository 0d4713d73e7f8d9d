package test

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// The adversary is a pupil who wants the address of a name that is blocked. An
// upstream, and any domain on the Internet, is on the pupil's side; a teacher,
// who may see some of the names, shares the cache. Every test sends questions
// and looks for the secret addresses anywhere in the octets of what comes back.
//
// What no filter of names can see is not tried: a name that nobody has listed,
// with an address that nobody has listed. PTR is such a name, and all it can
// tell is the name of an address that the pupil already has.

// Hidden from pupils: by a list, by the school's own entry, by a list that the
// province has locked, by a list for types of questions, and by a list with a
// name beyond ASCII.
const (
	byList  = "secret.example"
	byEntry = "own-secret.example"
	byLock  = "locked-secret.example"
	byType  = "typed-secret.example" // its addresses alone
	byIDN   = "bí-mật.example"
	idnWire = "xn--b-mt-vpa2186b.example"
)

const adversaryPolicy = `
profiles:
  hoc-sinh: {block: [gambling, malware], safe_search: strict, youtube: strict}
  thay-co: {block: []}
units:
  - {id: tinh, name: Tỉnh, kind: province, lock: [phishing]}
  - id: truong
    parent: tinh
    name: Trường
    kind: school
    profile: hoc-sinh
    networks: ["127.10.0.0/16"]
    block: [own-secret.example]
    groups: [{id: gv, name: Giáo viên, networks: ["127.10.8.0/24"], profile: thay-co}]
`

const adversaryFeeds = `
feeds:
  - {name: bets, url: bets.txt, format: domains, category: gambling}
  - {name: phish, url: phish.txt, format: domains, category: phishing}
  - {name: hosts, url: hosts.txt, format: addresses, category: malware}
  - {name: types, url: types.txt, format: adblock, category: gambling}
`

const (
	thePupil   = "127.10.1.7"
	theTeacher = "127.10.8.7"
)

// startAdversary is a server with hidden names, and the upstream that knows
// them.
func startAdversary(t *testing.T, config string) (*process, *teller) {
	t.Helper()
	up := startTeller(t, byList, byEntry, byLock, byType, idnWire,
		"google.com", "google.com.vn", "youtube.com", "duckduckgo.com", "bing.com", "resolver.arpa", "use-application-dns.net", "mask.icloud.com")
	p := newProcess(t, adversaryFeeds+config, adversaryPolicy, up.addr)
	p.write("bets.txt", byList+"\n"+byIDN+"\n")
	p.write("phish.txt", byLock+"\n")
	p.write("types.txt", "||"+byType+"^$dnstype=A|AAAA\n")
	p.write("hosts.txt", "198.51.100.0/24\n2001:db8:bad::/48\n")
	p.start()
	p.metric(`lachan_feed_entries{feed="bets"}`, "2")
	p.metric(`lachan_feed_entries{feed="phish"}`, "1")
	p.metric(`lachan_feed_entries{feed="types"}`, "1")
	p.metric(`lachan_feed_entries{feed="hosts"}`, "2")
	return p, up
}

// An asker sends messages from one address and sees the octets of replies.
type asker struct {
	t    *testing.T
	conn *dns.Conn
}

func (p *process) asker(network, client string) *asker {
	p.t.Helper()
	var local net.Addr = &net.UDPAddr{IP: net.ParseIP(client)}
	if network == "tcp" {
		local = &net.TCPAddr{IP: net.ParseIP(client)}
	}
	conn, err := (&dns.Client{Net: network, Dialer: &net.Dialer{LocalAddr: local, Timeout: oneReply}}).Dial(p.dns)
	if err != nil {
		p.t.Fatal(err)
	}
	conn.UDPSize = dns.MaxMsgSize
	p.t.Cleanup(func() { _ = conn.Close() })
	return &asker{p.t, conn}
}

// ask returns the octets of the reply to a message that must have one.
func (a *asker) ask(m *dns.Msg) []byte {
	a.t.Helper()
	packed, err := m.Pack()
	if err != nil {
		a.t.Fatalf("pack %v: %v", m.Question, err)
	}
	a.send(packed)
	for {
		header, reply := a.receive()
		if header.Id == m.Id {
			return reply
		}
	}
}

func (a *asker) send(message []byte) {
	a.t.Helper()
	if _, err := a.conn.Write(message); err != nil {
		a.t.Fatal(err)
	}
}

func (a *asker) receive() (dns.Header, []byte) {
	a.t.Helper()
	var header dns.Header
	if err := a.conn.SetReadDeadline(time.Now().Add(oneReply)); err != nil {
		a.t.Fatal(err)
	}
	reply, err := a.conn.ReadMsgHeader(&header)
	if err != nil {
		a.t.Fatal(err)
	}
	return header, reply
}

// keeps fails the test when a reply has a secret address.
func keeps(t *testing.T, what string, reply []byte) {
	t.Helper()
	if !tells(reply) {
		return
	}
	var m dns.Msg
	err := m.Unpack(reply)
	t.Errorf("%s: the reply tells the address (%v)\n%s", what, err, &m)
}

// asking is a question in a message, with what there is of EDNS.
func asking(name string, qtype uint16, change ...func(*dns.Msg)) *dns.Msg {
	m := new(dns.Msg).SetQuestion(dns.Fqdn(name), qtype).SetEdns0(4096, false)
	for _, f := range change {
		f(m)
	}
	return m
}

func TestNoQuestionForABlockedNameTellsItsAddress(t *testing.T) {
	p, up := startAdversary(t, "")
	over := map[string]*asker{"udp": p.asker("udp", thePupil), "tcp": p.asker("tcp", thePupil)}
	f := func(name string, qtype uint16, change ...func(*dns.Msg)) {
		t.Helper()
		for network, a := range over {
			keeps(t, fmt.Sprintf("%s %s over %s", name, dns.Type(qtype), network), a.ask(asking(name, qtype, change...)))
		}
	}
	for _, name := range []string{byList, byEntry, byLock, idnWire} {
		for qtype := uint16(1); qtype <= 270; qtype++ {
			f(name, qtype)
		}
		for _, qtype := range []uint16{dns.TypeTA, dns.TypeDLV, 0xFF00, 0xFFFE, dns.TypeReserved} {
			f(name, qtype)
		}
		for _, form := range append(spellingsOf(name), namesBelow(name)...) {
			f(form, dns.TypeA)
			f(form, dns.TypeAAAA)
			f(form, dns.TypeHTTPS)
		}
		for _, change := range changesOfEDNS() {
			f(name, dns.TypeA, change)
			f(name, dns.TypeHTTPS, change)
		}
	}
	if names := up.betrayed(); len(names) > 0 {
		t.Errorf("the upstream was asked for %q", names)
	}

	// A list may hide the addresses alone; then other types are asked for.
	for _, qtype := range []uint16{dns.TypeA, dns.TypeAAAA, dns.TypeHTTPS, dns.TypeSVCB, dns.TypeANY} {
		f(byType, qtype)
		f("www."+byType, qtype)
	}

	// Octets of UTF-8 are another name than its letters in ASCII form: what is
	// forwarded is not the name that is listed.
	f(escaped(byIDN), dns.TypeA)
	f(escaped(strings.ToUpper(byIDN)), dns.TypeA)
	f(escaped("bi\u0301-m\u00e2\u0323t.example"), dns.TypeA)
	f(escaped("secret\u3002example"), dns.TypeA)
	f(escaped("ｓｅｃｒｅｔ.example"), dns.TypeA)
}

// spellingsOf are other ways to write a name.
func spellingsOf(name string) []string {
	var decimal, mixed strings.Builder
	for i, c := range []byte(name) {
		if c == '.' {
			decimal.WriteByte('.')
		} else {
			fmt.Fprintf(&decimal, `\%03d`, c)
		}
		if i%2 == 0 {
			c = strings.ToUpper(string(c))[0]
		}
		mixed.WriteByte(c)
	}
	return []string{strings.ToUpper(name), mixed.String(), name + ".", decimal.String(), `\` + strings.ToUpper(name)}
}

func namesBelow(name string) []string {
	long := strings.Repeat("x", 63)
	return []string{
		"www." + name, "*." + name, "_dns." + name, "_443._https.www." + name, `a\.b.` + name, `\000.` + name, `\255\046.` + name,
		strings.Repeat("a.", (254-len(name))/2) + name, // as deep as a name can be
		long + "." + long + "." + name,
	}
}

// escaped writes a name with octets beyond ASCII as \DDD.
func escaped(name string) string {
	var b strings.Builder
	for _, c := range []byte(name) {
		if c < 0x80 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, `\%03d`, c)
		}
	}
	return b.String()
}

// changesOfEDNS are flags and options that a client can send.
func changesOfEDNS() []func(*dns.Msg) {
	option := func(o dns.EDNS0) func(*dns.Msg) {
		return func(m *dns.Msg) { m.IsEdns0().Option = []dns.EDNS0{o} }
	}
	teacher := netip.MustParseAddr(theTeacher).AsSlice()
	return []func(*dns.Msg){
		func(m *dns.Msg) { m.Extra = nil },
		func(m *dns.Msg) { m.IsEdns0().SetDo() },
		func(m *dns.Msg) { m.CheckingDisabled = true },
		func(m *dns.Msg) { m.AuthenticatedData = true },
		func(m *dns.Msg) { m.RecursionDesired = false },
		func(m *dns.Msg) { m.Authoritative, m.Truncated, m.RecursionAvailable, m.Zero = true, true, true, true },
		func(m *dns.Msg) { m.Rcode = dns.RcodeRefused },
		func(m *dns.Msg) { m.IsEdns0().SetUDPSize(0) },
		func(m *dns.Msg) { m.IsEdns0().SetUDPSize(65535) },
		func(m *dns.Msg) { m.IsEdns0().SetVersion(1) },
		func(m *dns.Msg) { m.IsEdns0().SetExtendedRcode(0xFF0) },
		func(m *dns.Msg) { m.IsEdns0().SetZ(0x7FFF) },
		func(m *dns.Msg) { m.Extra = append(m.Extra, record("other.example.", dns.TypeA, harmless, "::")) },
		option(&dns.EDNS0_SUBNET{Code: dns.EDNS0SUBNET, Family: 1, SourceNetmask: 32, Address: teacher}),
		option(&dns.EDNS0_SUBNET{Code: dns.EDNS0SUBNET}),
		option(&dns.EDNS0_LOCAL{Code: 65001, Data: []byte{2, 0, 0, 0, 0, 1}}),
		option(&dns.EDNS0_LOCAL{Code: 65074, Data: []byte("gv")}),
		option(&dns.EDNS0_COOKIE{Code: dns.EDNS0COOKIE, Cookie: "0123456789abcdef"}),
		option(&dns.EDNS0_NSID{Code: dns.EDNS0NSID}),
		option(&dns.EDNS0_EXPIRE{Code: dns.EDNS0EXPIRE, Empty: true}),
		option(&dns.EDNS0_TCP_KEEPALIVE{Code: dns.EDNS0TCPKEEPALIVE}),
		option(&dns.EDNS0_PADDING{Padding: make([]byte, 400)}),
		option(&dns.EDNS0_EDE{InfoCode: dns.ExtendedErrorCodeForgedAnswer}),
		option(&dns.EDNS0_LOCAL{Code: 13, Data: []byte(byList)}), // CHAIN (RFC 7901)
	}
}
