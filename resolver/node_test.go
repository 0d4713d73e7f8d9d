package resolver_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/blocklist"
	"lachan/blocklist/format"
	"lachan/internal/eventloop"
	"lachan/metrics"
	"lachan/policy"
	"lachan/resolver"
	"lachan/resolver/cache"
	"lachan/resolver/clientconn"
	"lachan/resolver/listen"
	"lachan/resolver/upstream"
)

// deadline is by when anything that a test waits for has to have happened.
const deadline = 10 * time.Second

// exchangeLimit is how long an exchange with upstreams may take.
const exchangeLimit = time.Second

// loops wait for the sockets of all tests.
var loops = newLoops()

func newLoops() *eventloop.Loops {
	l, err := eventloop.New(eventloop.Count)
	if err != nil {
		panic(err)
	}
	return l
}

// A node is a resolver that listens on loopback, with a policy, lists and an
// upstream of the test's.
type node struct {
	t        *testing.T
	addr     string
	resolver *resolver.Resolver
	counters *metrics.Counters
	settings resolver.Settings
	zones    *upstream.Zones
	policy   *policy.Policy
	lists    map[string]string // feed -> text in the form of a hosts file, an rpz file or prefixes
	serial   uint64
	sockets  []listen.Socket // held as a supervisor does
	stop     func()
}

// standing is the policy of the tests: pupils at 127.1.0.0/16, teachers at
// 127.2.0.0/16.
const standing = `
profiles:
  hs: {block: [gambling, malware], safe_search: strict, youtube: strict, reply: nxdomain, replies: {malware: null}}
  gv: {block: [malware]}
units:
  - {id: tinh, kind: province, lock: [phishing]}
  - id: truong
    parent: tinh
    kind: school
    profile: hs
    networks: [127.1.0.0/16]
    allow: [ok.bet.example, phish.example]
    block: [own.example]
    groups: [{id: gv, networks: [127.2.0.0/16], profile: gv}]
`

// newNode starts a resolver whose upstreams are the given addresses.
func newNode(t *testing.T, lists map[string]string, upstreams ...string) *node {
	t.Helper()
	n := &node{
		t: t, counters: metrics.New("test"), lists: lists,
		settings: resolver.Settings{
			Replies: resolver.Replies{BlockTTL: time.Minute},
			Cache: resolver.Cache{
				Bounds: cache.Bounds{Entries: 1000, Bytes: 256 << 20}, Prefetch: true,
				Lifetimes: cache.Lifetimes{MaxTTL: 24 * time.Hour, NegativeTTL: 30 * time.Minute, StaleFor: time.Hour},
			},
			Connections: clientconn.Limits{Connections: 50, Idle: 5 * time.Second},
		},
	}
	n.load(standing)
	n.zones = zones(t, nil, upstreams...)
	n.resolver = resolver.New(n.counters, loops, slog.New(slog.DiscardHandler))
	n.use()
	t.Cleanup(func() { n.endAll(n.sockets) })
	n.listen(listen.At(listen.Plain, anyPort)...)
	n.addr = n.resolver.Endpoints()[0].Addr.String()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- n.resolver.Run(ctx, deadline) }()
	n.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	})
	t.Cleanup(n.stop)
	return n
}

// anyPort is a free port of loopback.
var anyPort = netip.MustParseAddrPort("127.0.0.1:0")

// listen makes the node serve these endpoints.
func (n *node) listen(endpoints ...listen.Endpoint) {
	n.t.Helper()
	sockets, surplus, err := listen.Update(n.sockets, endpoints)
	if err != nil {
		n.t.Fatal(err)
	}
	n.sockets = sockets
	if err := n.resolver.Listen(copies(n.t, sockets)); err != nil {
		n.t.Fatal(err)
	}
	n.endAll(surplus)
}

func (n *node) endAll(sockets []listen.Socket) {
	n.t.Helper()
	if err := listen.Close(sockets); err != nil {
		n.t.Error(err)
	}
}

func copies(t *testing.T, sockets []listen.Socket) []listen.Socket {
	t.Helper()
	of, err := listen.Copies(sockets)
	if err != nil {
		t.Fatal(err)
	}
	return of
}

func zones(t *testing.T, own map[string]*upstream.Group, upstreams ...string) *upstream.Zones {
	t.Helper()
	z, err := upstream.NewZones(group(t, upstreams...), own)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func group(t *testing.T, addrs ...string) *upstream.Group {
	t.Helper()
	return upstream.NewGroup(upstream.Ordered, exchangeLimit, serversAt(t, addrs...)...)
}

func serversAt(t *testing.T, addrs ...string) []*upstream.Member {
	t.Helper()
	var servers []upstream.Server
	for _, a := range addrs {
		s, err := upstream.ParseServer(a)
		if err != nil {
			t.Fatal(err)
		}
		servers = append(servers, s)
	}
	return upstream.Bootstrap(nil).Open(loops, servers)
}

func (n *node) load(text string) {
	n.t.Helper()
	path := filepath.Join(n.t.TempDir(), "policy.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		n.t.Fatal(err)
	}
	var feeds []policy.Feed
	for name := range n.lists {
		if name == neverBlocked {
			continue
		}
		feeds = append(feeds, policy.Feed{Name: name, Category: name, Zone: isZone(n.lists[name])})
	}
	p, problems := policy.Load(path, feeds, time.UTC, policy.Unknown{})
	if p == nil {
		n.t.Fatal(problems)
	}
	n.policy = p
}

// isZone tells whether a list is a response policy zone.
func isZone(list string) bool { return strings.Contains(list, "SOA") }

// neverBlocked is the list of names that are never blocked.
const neverBlocked = "builtin/core"

// use compiles the lists and puts everything in force.
func (n *node) use() {
	n.t.Helper()
	var sources []blocklist.Source
	for name, text := range n.lists {
		f := format.Hosts
		if isZone(text) {
			f = format.RPZ
		} else if strings.Contains(text, "/") {
			f = format.Addresses
		}
		sources = append(sources, blocklist.Source{Name: name, Digest: text, Rules: func(emit func(format.Rule) error) error {
			each := emit
			if name == neverBlocked {
				each = func(r format.Rule) error {
					r.Category = "core"
					return emit(r)
				}
			}
			_, err := format.Parse(strings.NewReader(text), f, format.Options{Subdomains: true}, each, nil)
			return err
		}})
	}
	lists, err := blocklist.CompileAside(n.t.Context(), sources)
	if err != nil {
		n.t.Fatal(err)
	}
	n.serial++
	settings := n.settings
	n.resolver.Use(&settings, n.policy.At(lists.Bind(n.policy.Tags, nil), time.Now(), n.serial), n.zones)
}

const pupil, teacher = "127.1.0.1", "127.2.0.1"

// ask asks over UDP from an address.
func (n *node) ask(from, name string, qtype uint16, change ...func(*dns.Msg)) *dns.Msg {
	n.t.Helper()
	m := new(dns.Msg).SetQuestion(dns.Fqdn(name), qtype).SetEdns0(1232, false)
	for _, f := range change {
		f(m)
	}
	r, err := n.exchange("udp", from, m)
	if err != nil {
		n.t.Fatalf("%s asks %s: %v", from, name, err)
	}
	return r
}

func (n *node) exchange(network, from string, m *dns.Msg) (*dns.Msg, error) {
	local := net.Addr(&net.UDPAddr{IP: net.ParseIP(from)})
	if network == "tcp" {
		local = &net.TCPAddr{IP: net.ParseIP(from)}
	}
	c := &dns.Client{Net: network, Timeout: deadline, Dialer: &net.Dialer{LocalAddr: local}, UDPSize: 4096}
	if network == "tcp" {
		r, _, err := c.Exchange(m, n.addr)
		return r, err
	}
	conn, err := c.Dial(n.addr)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	udp, ok := conn.Conn.(*net.UDPConn)
	if !ok {
		return nil, fmt.Errorf("dialed a %T", conn.Conn)
	}
	packet := &lastPacket{UDPConn: udp}
	conn.Conn = packet
	r, _, err := c.ExchangeWithConn(m, conn)
	if err == nil && len(packet.bytes) != messageEnd(packet.bytes) {
		n.t.Errorf("%v: %d bytes come, the message ends after %d", m.Question, len(packet.bytes), messageEnd(packet.bytes))
	}
	return r, err
}

// A lastPacket remembers the packet that was read last.
type lastPacket struct {
	*net.UDPConn
	bytes []byte
}

func (p *lastPacket) Read(b []byte) (int, error) {
	n, err := p.UDPConn.Read(b)
	p.bytes = append(p.bytes[:0], b[:n]...)
	return n, err
}

// messageEnd is where a message ends: what is in a packet beyond it was not meant for the
// client.
func messageEnd(b []byte) (end int) {
	records := 0
	for i := range 3 {
		records += int(binary.BigEndian.Uint16(b[6+2*i:]))
	}
	end, err := 12, error(nil)
	for range binary.BigEndian.Uint16(b[4:]) {
		if _, end, err = dns.UnpackDomainName(b, end); err != nil {
			return -1
		}
		end += 4
	}
	for range records {
		if _, end, err = dns.UnpackRR(b, end); err != nil {
			return -1
		}
	}
	return end
}

// wants asks for an address and compares what comes: the rcode alone, or the
// answer's data joined by spaces.
func (n *node) wants(from, name, want string) {
	n.t.Helper()
	if got := tell(n.ask(from, name, dns.TypeA)); got != want {
		n.t.Errorf("%s asks %s: %q, want %q", from, name, got, want)
	}
}

func tell(m *dns.Msg) string {
	if len(m.Answer) == 0 {
		if m.Rcode == dns.RcodeSuccess {
			return "NODATA"
		}
		return dns.RcodeToString[m.Rcode]
	}
	var data []string
	for _, rr := range m.Answer {
		data = append(data, strings.TrimPrefix(rr.String(), rr.Header().String()))
	}
	return strings.Join(data, " ")
}

func ede(m *dns.Msg) (code int) {
	if opt := m.IsEdns0(); opt != nil {
		for _, o := range opt.Option {
			if e, ok := o.(*dns.EDNS0_EDE); ok {
				return int(e.InfoCode)
			}
		}
	}
	return -1
}

// A source is an upstream that answers with the test's records and counts.
type source struct {
	addr   string
	asked  atomic.Int64
	handle atomic.Value // of func(*dns.Msg) *dns.Msg
	last   atomic.Pointer[dns.Msg]
}

// newSource answers over UDP and TCP with the records of a zone, in master file
// form; names without records do not exist.
func newSource(t *testing.T, zone string) *source {
	t.Helper()
	s := &source{}
	s.serve(zone)
	udp, tcp := listenBoth(t)
	s.addr = udp.LocalAddr().String()
	var live sync.WaitGroup
	t.Cleanup(live.Wait) // after both are shut down
	for _, server := range []*dns.Server{{PacketConn: udp, Handler: s}, {Listener: tcp, Handler: s}} {
		ready := make(chan struct{})
		server.NotifyStartedFunc = func() { close(ready) }
		live.Go(func() { _ = server.ActivateAndServe() }) // ends when it is shut down
		<-ready
		t.Cleanup(func() { _ = server.Shutdown() })
	}
	return s
}

func (s *source) serve(zone string) {
	parser := dns.NewZoneParser(strings.NewReader("$TTL 300\n"+zone), ".", "")
	records := map[string][]dns.RR{}
	for rr, ok := parser.Next(); ok; rr, ok = parser.Next() {
		name := strings.ToLower(rr.Header().Name)
		records[name] = append(records[name], rr)
	}
	s.answer(func(q *dns.Msg) *dns.Msg {
		m := new(dns.Msg).SetReply(q)
		m.RecursionAvailable, m.AuthenticatedData = true, true
		name, found := strings.ToLower(q.Question[0].Name), false
		for range 9 {
			next := ""
			for _, rr := range records[name] {
				found = true
				if t := rr.Header().Rrtype; t == q.Question[0].Qtype || t == dns.TypeCNAME || t == dns.TypeDNAME {
					m.Answer = append(m.Answer, rr)
				}
				if c, ok := rr.(*dns.CNAME); ok {
					next = strings.ToLower(c.Target)
				}
			}
			if next == "" {
				break
			}
			name = next
		}
		if !found {
			m.Rcode = dns.RcodeNameError
		}
		if len(m.Answer) == 0 {
			soa, _ := dns.NewRR(". 600 IN SOA a.test. b.test. 1 2 3 4 60")
			m.Ns = []dns.RR{soa}
		}
		return m
	})
}

// answer makes f answer from now on; nil is no answer.
func (s *source) answer(f func(*dns.Msg) *dns.Msg) { s.handle.Store(f) }

// ServeDNS implements dns.Handler.
func (s *source) ServeDNS(w dns.ResponseWriter, q *dns.Msg) {
	s.asked.Add(1)
	s.last.Store(q)
	m := s.handle.Load().(func(*dns.Msg) *dns.Msg)(q)
	if m == nil {
		return
	}
	if q.IsEdns0() != nil {
		m.SetEdns0(1232, q.IsEdns0().Do())
	}
	if _, udp := w.RemoteAddr().(*net.UDPAddr); udp {
		m.Truncate(1232)
	}
	_ = w.WriteMsg(m) // who asked may be gone
}

// listenBoth finds a port that is free for UDP and for TCP.
func listenBoth(t *testing.T) (net.PacketConn, net.Listener) {
	t.Helper()
	var last error
	for range 20 {
		udp, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		tcp, err := net.Listen("tcp", udp.LocalAddr().String())
		if err == nil {
			return udp, tcp
		}
		last = errors.Join(err, udp.Close())
	}
	t.Fatal(last)
	return nil, nil
}
