package test

import (
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
	"github.com/nats-io/nkeys"
	"github.com/quic-go/quic-go"

	"lachan/cmd/lachan/manage/member"
	carried "lachan/fleet"
	"lachan/fleet/node"
)

// A client that comes to another node of its area goes on there: its TLS session is resumed
// and its cookie is right, also when the hub has made other secrets meanwhile; not at a node
// of another area, nor at one that was removed. What nodes share lies in no ledger.
func TestClientsGoOnAtAnotherNodeOfTheirArea(t *testing.T) {
	t.Parallel()
	f := foundFleet(t, "canary: 0s, early: 0s", "")
	f.hub.env = []string{"LACHAN_FLEET_RENEW_SECRETS=8s"}
	f.hub.start()
	f.hub.logged(`msg="serving the nodes of the fleet"`)
	var far *openNode
	if proving() {
		far = f.openNode("ha-giang-1", "ha-giang")
	}
	one, two := f.openNode("lao-cai-1", "lao-cai"), f.openNode("lao-cai-2", "lao-cai")
	one.until("another node resumes its sessions", func() bool { return !strings.Contains(two.resumed(one.session()), "false") })
	from, cookie := one.session(), one.cookie()
	if !two.knows(cookie) {
		t.Error("a cookie is not right at another node")
	}
	if proving() {
		if resumed := far.resumed(one.session()); far.knows(cookie) || strings.Contains(resumed, "true") {
			t.Errorf("what another area's node knows is good: %s", resumed)
		}
		for _, n := range []*openNode{one, two} { // the next ones are in use, and others known
			others := strings.Count(n.log.String(), shareAnother)
			n.until("others are shared", func() bool { return strings.Count(n.log.String(), shareAnother) > others })
		}
		if !two.knows(cookie) {
			t.Error("a cookie from before is not right any more")
		}
	}
	if resumed := two.resumed(from); strings.Contains(resumed, "false") {
		t.Errorf("a session from before is not resumed: %s", resumed)
	}
	if resumed := one.resumed(two.session()); strings.Contains(resumed, "false") {
		t.Errorf("a session of the new ones is not resumed: %s", resumed)
	}

	for _, p := range []*process{f.hub, one.process, two.process} {
		p.holdsNoSecret("ledger", "fleet/streams", "fleet/LEDGER_root", "fleet/LEDGER_lao-cai")
	}
	known := two.session().kept()
	if resumed := one.resumed(known); strings.Contains(resumed, "false") {
		t.Errorf("a session of the node to be removed is not resumed: %s", resumed)
	}
	f.says(f.hub, "done", "fleet", "remove", "lao-cai-2", "--yes")
	two.logged(shareAnother + ` secrets=0`)
	one.until("what the removed node knows is over", func() bool { return !strings.Contains(one.resumed(known), "true") })
	if resumed := one.resumed(one.session()); strings.Contains(resumed, "false") {
		t.Errorf("a node's own session is not resumed: %s", resumed)
	}
}

const shareAnother = `msg="what the nodes of the area share is another"`

// An openNode is a node with encrypted doors, that limits clients without a cookie.
type openNode struct {
	*process
	encryptedDoors
}

// openNode is node with those.
func (f *fleet) openNode(name, area string) *openNode {
	f.t.Helper()
	p := newProcess(f.t, "", guests+"units: [{id: th-cu, name: TH cũ, level: th, networks: [127.0.0.0/8]}]\n", startStandIn(f.t).addr)
	p.env = []string{"LACHAN_SERVER_UNKNOWN_CLIENT=khach"}
	p.write("lachan.yaml", strings.Replace(p.read("lachan.yaml"), `server: {listen: ["127.0.0.1:0"]}`, `server:
  listen: ["127.0.0.1:0"]
  dot: ["127.0.0.1:0"]
  doh: ["127.0.0.1:0"]
  doq: ["127.0.0.1:0"]
  tls: {cert: cert.pem, key: key.pem, name: `+servedAs+`}
  rate_limit: {per_client: 1}
  cookies: {exempt: true}
`, 1))
	n := &openNode{p, encryptedDoors{trust: x509.NewCertPool()}}
	n.trust.AppendCertsFromPEM(p.certify())
	p.start()
	door := func(protocol string) string {
		return p.logged(`msg="serving encrypted" protocol=` + protocol + ` address=(\S+)`)
	}
	n.dot, n.doh, n.doq = door("dot"), door("doh"), door("doq")
	f.says(p, "is the node "+name, "join", f.address, f.invite(name, area))
	p.logged(shareAnother)
	f.knows(p, "th-kim-dong")
	return n
}

// sessions are what a client keeps of its connections to each door.
type sessions struct{ dot, doh, doq tls.ClientSessionCache }

// kept are the same, also after they were used.
func (s *sessions) kept() *sessions {
	return &sessions{keptCache{s.dot}, keptCache{s.doh}, keptCache{s.doq}}
}

// A keptCache goes on with what it has, whatever comes later.
type keptCache struct{ tls.ClientSessionCache }

func (keptCache) Put(string, *tls.ClientSessionState) {}

// session is what a client that connects anew keeps.
func (n *openNode) session() *sessions {
	n.t.Helper()
	s := &sessions{tls.NewLRUClientSessionCache(1), tls.NewLRUClientSessionCache(1), tls.NewLRUClientSessionCache(1)}
	if resumed := n.resumed(s); strings.Contains(resumed, "true") {
		n.t.Errorf("a first connection is resumed: %s", resumed)
	}
	return s
}

// resumed connects to each door with what a client has kept, and says where it was taken.
func (n *openNode) resumed(s *sessions) string {
	n.t.Helper()
	// Each of the tests' servers has a certificate of its own; which is not the question.
	config := func(alpn string, kept tls.ClientSessionCache) *tls.Config {
		return &tls.Config{ServerName: servedAs, InsecureSkipVerify: true, NextProtos: []string{alpn}, ClientSessionCache: kept}
	}
	said := func(door string, resumed bool) string {
		if resumed {
			return door + " true "
		}
		return door + " false "
	}
	m := question("lesson.example")
	client := dns.Client{Net: "tcp-tls", Timeout: oneReply, TLSConfig: config("dot", s.dot)}
	conn, err := client.Dial(n.dot)
	if err != nil {
		n.t.Fatal(err)
	}
	defer conn.Close()
	if _, _, err := client.ExchangeWithConn(m, conn); err != nil { // tickets come before the answer
		n.t.Fatal(err)
	}
	all := said("dot", conn.Conn.(*tls.Conn).ConnectionState().DidResume)

	transport := &http.Transport{TLSClientConfig: config("h2", s.doh), ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	reply, err := (&http.Client{Transport: transport, Timeout: oneReply}).Get("https://" + n.doh + "/dns-query?name=lesson.example")
	if err != nil {
		n.t.Fatal(err)
	}
	defer reply.Body.Close()
	_, _ = io.Copy(io.Discard, reply.Body)
	all += said("doh", reply.TLS.DidResume)

	ctx, cancel := context.WithTimeout(n.t.Context(), oneReply)
	defer cancel()
	over, err := quic.DialAddr(ctx, n.doq, config("doq", s.doq), nil)
	if err != nil {
		n.t.Fatal(err)
	}
	defer func() { _ = over.CloseWithError(0, "") }()
	m.Id = 0
	packed, err := m.Pack()
	if err != nil {
		n.t.Fatal(err)
	}
	stream, err := over.OpenStreamSync(ctx)
	if err != nil {
		n.t.Fatal(err)
	}
	if _, err := stream.Write(append([]byte{byte(len(packed) >> 8), byte(len(packed))}, packed...)); err != nil {
		n.t.Fatal(err)
	}
	_ = stream.Close() // the question is out
	if _, err := io.ReadAll(stream); err != nil {
		n.t.Fatal(err)
	}
	return all + said("doq", over.ConnectionState().TLS.DidResume)
}

// asks asks some times in a moment, as a client with a cookie, and returns the last answer.
func (n *openNode) asks(cookie string) *dns.Msg {
	n.t.Helper()
	client := dns.Client{Timeout: oneReply, Dialer: &net.Dialer{LocalAddr: &net.UDPAddr{IP: net.IPv4(127, 0, 0, 9)}}}
	var last *dns.Msg
	for range 6 {
		m := question("lesson.example")
		m.IsEdns0().Option = append(m.IsEdns0().Option, &dns.EDNS0_COOKIE{Code: dns.EDNS0COOKIE, Cookie: cookie})
		var err error
		if last, _, err = client.Exchange(m, n.dns); err != nil {
			n.t.Fatal(err)
		}
	}
	return last
}

const clientCookie = "636c69656e74636f"

// cookie is the one that a client is given.
func (n *openNode) cookie() string {
	n.t.Helper()
	for _, o := range n.asks(clientCookie).IsEdns0().Option {
		if c, ok := o.(*dns.EDNS0_COOKIE); ok {
			return c.Cookie
		}
	}
	n.t.Fatalf("a client gets no cookie: %v", n.asks(clientCookie))
	return ""
}

// knows reports whether a cookie is right: its client is not limited.
func (n *openNode) knows(cookie string) bool {
	n.t.Helper()
	return n.asks(cookie).Rcode == dns.RcodeSuccess
}

// holdsNoSecret looks for what is shared in files of the state.
func (p *process) holdsNoSecret(folders ...string) {
	p.t.Helper()
	var secrets []string
	for _, name := range []string{"secrets.json", "shared.json"} {
		text, err := os.ReadFile(filepath.Join(p.dir, "state", "fleet", name))
		if err != nil {
			continue
		}
		for _, part := range strings.Split(string(text), `"`) {
			if len(part) == 44 { // 32 bytes in base64
				secrets = append(secrets, part)
			}
		}
	}
	if len(secrets) < 2 {
		p.t.Fatalf("%d secrets", len(secrets))
	}
	for _, folder := range folders {
		looked := 0
		err := filepath.WalkDir(filepath.Join(p.dir, "state", folder), func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := os.ReadFile(path)
			if errors.Is(err, os.ErrNotExist) {
				return nil // of a server that runs
			}
			looked++
			for _, s := range secrets {
				if strings.Contains(string(text), s) {
					p.t.Errorf("%s has a secret", path)
				}
			}
			return err
		})
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			p.t.Error(err)
		}
		if looked == 0 && err == nil {
			p.t.Errorf("there is nothing in %s", folder)
		}
	}
}

// renewed is how often secrets are others in these tests.
const renewed = 8 * time.Second

// What nodes share is the same at each of three hubs, also while one of them is killed, whichever
// it is, and made others from time to time; after all of them were away, and when a node was
// removed. It lies in no ledger and no stream.
func TestThreeHubsGiveNodesTheSame(t *testing.T) {
	t.Parallel()
	if !proving() {
		return // hubs look for each other for long; in the gate those of packages hub and nodes do
	}
	f := newTrio(t, 3)
	for _, h := range f.hubs {
		h.env = []string{"LACHAN_FLEET_RENEW_SECRETS=" + renewed.String()}
	}
	f.start()
	one, two := f.openNode("lao-cai-1", "lao-cai"), f.openNode("lao-cai-2", "lao-cai")
	one.until("another node resumes its sessions", func() bool { return !strings.Contains(two.resumed(one.session()), "false") })
	last := f.same(one.process)
	for i := range 12 {
		victim := i % len(f.hubs)
		f.hubs[victim].kill()
		f.goesOn(f.hubs[(victim+1)%3], fmt.Sprintf("n%d.example", i))
		last = f.follows(one.process, last)
		if resumed := two.resumed(one.session()); strings.Contains(resumed, "false") {
			t.Errorf("with a hub away sessions are not resumed: %s", resumed)
		}
		f.hubs[victim].start()
		f.goesOn(f.hubs[victim], fmt.Sprintf("back%d.example", i))
		last = f.follows(one.process, last)
	}
	for _, h := range f.hubs {
		h.kill()
	}
	for _, h := range f.hubs {
		h.start()
	}
	f.goesOn(f.hub, "all-back.example")
	last = f.follows(one.process, last)
	for _, p := range append([]*process{one.process, two.process}, f.hubs[:]...) {
		p.holdsNoSecret("ledger", "fleet/streams", "fleet/LEDGER_root", "fleet/LEDGER_lao-cai")
	}
	f.says(f.hub, "done", "fleet", "remove", "lao-cai-2", "--yes")
	f.hub.within(looks, "all are others", func() bool { return !overlap(f.same(one.process), last) })
}

// same is what all hubs that answer give a node, which has to be the same.
func (f *trio) same(p *process) carried.Secrets {
	f.t.Helper()
	is, _, err := member.Read(filepath.Join(p.dir, "state", "fleet"))
	if err != nil {
		f.t.Fatal(err)
	}
	trust, err := is.Trust.Open(is.Root)
	if err != nil {
		f.t.Fatal(err)
	}
	_, raw, err := nkeys.DecodeSeed([]byte(is.Seed))
	if err != nil {
		f.t.Fatal(err)
	}
	var all carried.Secrets
	f.hub.within(looks, "hubs give the same", func() bool { // each goes by what it saw a second ago
		all = nil
		answered := 0
		for _, address := range f.addresses {
			s, err := node.Secrets(f.t.Context(), address, trust, ed25519.NewKeyFromSeed(raw))
			if err != nil {
				continue // it is down
			}
			if answered++; answered > 1 && !s.Same(all) {
				return false
			}
			all = s
		}
		return answered >= 2
	})
	return all
}

// follows is same, of which a part has to be what was there some seconds ago.
func (f *trio) follows(p *process, before carried.Secrets) carried.Secrets {
	f.t.Helper()
	now := f.same(p)
	if good := before.At(time.Now()); len(good) > 0 && !overlap(now, good) {
		f.t.Error("clients would have to begin anew")
	}
	return now
}

// overlap reports whether one of some secrets is among others.
func overlap(a, b carried.Secrets) bool {
	return slices.ContainsFunc(a, func(one carried.Secret) bool {
		return slices.ContainsFunc(b, func(o carried.Secret) bool { return carried.Secrets{one}.Same(carried.Secrets{o}) })
	})
}
