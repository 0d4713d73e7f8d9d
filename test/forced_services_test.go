package test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/internal/testserver"
)

// serviceFaults are in what manage serves to other programs or asks of them: zones
// for other resolvers, shipping of history, certificates of an authority; and in
// what the supervisor hears of its processes.
var serviceFaults = []forced{
	{kind: "zones-key", file: "blocklist/rpzout/contain.go", at: "func (k keys) verify(msg []byte, t *dns.TSIG) error {"},
	{kind: "zones-read", file: "blocklist/rpzout/contain.go", at: "_ = new(dns.Msg).Unpack(m)"},
	{kind: "zones-answer", file: "blocklist/rpzout/answer.go", at: "func (s *Server) answer(w dns.ResponseWriter, q *dns.Msg) {"},
	{kind: "zones-publish", file: "blocklist/rpzout/zone.go", at: "func (z *zone) publish(c content, at time.Time) (changed bool) {"},
	{
		kind: "zones-notify", file: "blocklist/rpzout/notify.go",
		at: "func (s *Server) notify(ctx context.Context, z *zone, secondary netip.AddrPort, serial uint32) {",
	},
	{kind: "shipping-again", file: "metrics/ship/ship.go", at: "func (s *Shipper) Ship(ctx context.Context) error {"},
	{kind: "shipping", file: "metrics/ship/ship.go", at: "func (s *Shipper) Ship(ctx context.Context) error {"},
	{kind: "renewal", file: "resolver/certificate/renewal/renewal.go", at: "func (r *Renewer) ask() time.Duration {"},
	{kind: "renewal-dial", file: "resolver/certificate/renewal/renewal.go", at: "DialContext(ctx, network, addr)"},
	{kind: "supervise", file: "cmd/lachan/supervise/child.go", at: "m, err := c.conn.Receive()"},
}

// A secondary takes a zone, and notes of which changes it was told.
type secondary struct {
	*bystander
	zones string // the address of the server of zones
	told  atomic.Int64
}

// startServices serves with the program that has faults: zones to a secondary that is
// told of changes, history to an engine, certificates of an authority that is away.
func startServices(t *testing.T, atStart ...string) (*secondary, *pulse) {
	t.Helper()
	p, force := faulty(t, "", twoSchools)
	x := &secondary{}
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &dns.Server{PacketConn: conn, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		x.told.Add(1)
		_ = w.WriteMsg(new(dns.Msg).SetReply(q)) // it would be told again
	})}
	go func() { _ = server.ActivateAndServe() }() // it ends when it is shut down
	t.Cleanup(func() { _ = server.Shutdown() })
	engine := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	t.Cleanup(engine.Close)
	p.writeConfig(fmt.Sprintf(`metrics: {write_url: "%s"}
feeds: [{name: bets, url: bets.txt, format: domains, category: gambling, max_shrink: 100%%}]
`, engine.URL), startStandIn(t).addr)
	p.write("secret", testserver.KeySecret)
	p.write("lachan.yaml", strings.Replace(p.read("lachan.yaml"), `{listen: ["127.0.0.1:0"]}`, fmt.Sprintf(`
  listen: ["127.0.0.1:0"]
  dot: ["127.0.0.1:0"]
  tls: {acme: {names: [dns.truong.example], directory_url: "https://127.0.0.1:9/dir"}}
  rpz_out:
    listen: ["127.0.0.1:0"]
    zones: [{zone: bets.rpz.example, categories: [gambling], notify: ["%s"], tsig: {name: %s, secret_file: secret}}]`,
		conn.LocalAddr(), testserver.KeyName), 1))
	p.write("bets.txt", "step0.example\n")
	for _, kind := range atStart {
		force(kind)
	}
	p.start()
	x.bystander = &bystander{process: p, force: force}
	x.zones = p.logged(`msg="serving zones" address=(\S+)`)
	p.until("the list is in force", func() bool { return blocked(p.from("127.10.1.1", "step0.example")) })
	x.manage = p.child("manage")
	return x, startPulse(t, p.dns, "blocked.example", sized(5000, 1000), "127.10.1.1", "127.10.1.2")
}

// takes reports whether the secondary is given the zone, signed, with the newest name.
func (x *secondary) takes() bool {
	m := new(dns.Msg).SetAxfr("bets.rpz.example.")
	m.SetTsig(testserver.KeyName, dns.HmacSHA256, 300, time.Now().Unix())
	transfer := dns.Transfer{TsigSecret: map[string]string{testserver.KeyName: testserver.KeySecret}, ReadTimeout: oneReply}
	envelopes, err := transfer.In(m, x.zones)
	if err != nil {
		return false
	}
	found := false
	for e := range envelopes {
		for _, r := range e.RR {
			found = found || strings.HasPrefix(r.Header().Name, x.name("step"))
		}
		if e.Error != nil {
			found = false
		}
	}
	return found
}

// change puts one more name into the list.
func (x *secondary) change() {
	x.t.Helper()
	x.steps++
	x.write("bets.txt", "step0.example\n"+x.name("step")+"\n")
	x.until("the newest name is blocked", func() bool { return blocked(x.from("127.10.1.1", x.name("step"))) })
}

// isTold waits until the secondary is told of a change.
func (x *secondary) isTold(change func()) func() {
	return func() {
		x.t.Helper()
		before := x.told.Load()
		change()
		x.until("the secondary is told", func() bool { return x.told.Load() > before })
	}
}

// TestAFaultInWhatOthersAreServedStopsNothingElse forces a panic in each kind of work
// for other programs, most of which the libraries do on goroutines of their own. A
// condition tells of each, and what failed is done again.
func TestAFaultInWhatOthersAreServedStopsNothingElse(t *testing.T) {
	t.Parallel()
	x, s := startServices(t, "shipping", "shipping-again", "renewal")
	taken := func() {
		t.Helper()
		x.until("the zone is transferred", x.takes)
	}
	x.bears("renewal", "renewal-failed", nil, func() { x.tells("acme") })
	x.bears("shipping", "shipping-failed", nil, func() { x.logs("shipping-again") })
	for _, kind := range []string{"zones-key", "zones-read", "zones-answer"} {
		x.bears(kind, "rpz-out-failed", func() {
			if x.takes() {
				t.Errorf("%s: the zone was transferred with a fault", kind)
			}
		}, taken)
	}
	x.bears("zones-publish", "rpz-out-failed", x.change, taken)
	x.bears("zones-notify", "rpz-out-failed", x.change, x.isTold(x.change))
	x.bears("renewal-dial", "renewal-failed", func() {}, func() { x.tells("acme") })
	x.lostNothing(s)
}

// TestAFaultInTheSupervisorEndsOneProcessAtMost forces a panic where the supervisor
// hears what a process says: that process is started anew, and no question is lost.
func TestAFaultInTheSupervisorEndsOneProcessAtMost(t *testing.T) {
	x, s := startServices(t)
	resolve := x.child("resolve")
	x.force("supervise")
	x.change() // manage leaves what is in force with the supervisor
	x.change()
	x.logs("supervise")
	x.tells("manage-crashed")
	x.change()
	if x.child("manage") == x.manage || x.child("resolve") != resolve {
		t.Error("another process than manage was started anew")
	}
	x.lostNothing(s)
}
