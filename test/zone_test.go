package test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/source"
	"lachan/internal/testserver"
)

const (
	zonePolicy = "profiles: {p: {block: [gambling]}}\nunits: [{id: a, networks: [127.0.0.0/8], profile: p}]\n"
	// ordered is by when a name must be blocked after its primary has it.
	ordered = time.Second
)

func zoneText(names int) string {
	var b strings.Builder
	b.WriteString("$TTL 60\n@ SOA ns.example. nobody.example. 1 3600 600 604800 60\n@ NS ns.example.\n")
	for i := range names {
		fmt.Fprintf(&b, "bet-%d.example CNAME .\n", i)
	}
	return b.String()
}

// useZone has the program take its gambling list from a primary.
func (p *process) useZone(primary *testserver.Primary, secret string, upstream string) {
	p.t.Helper()
	p.write("secret", secret+"\n")
	p.writeConfig(fmt.Sprintf(`feeds:
- name: co-bac
  url: axfr://%s/rpz.example
  category: gambling
  tsig: {name: %s, secret_file: secret}
`, primary.Addr, testserver.KeyName), upstream)
	p.signal(syscall.SIGHUP)
	p.logged(`msg=reloaded`)
}

func TestAZoneIsInForceWithinASecondOfNotify(t *testing.T) {
	f := func(primary string, start startPrimary, names, steps int, pause time.Duration) {
		t.Run(primary, func(t *testing.T) { followZone(t, start, names, steps, pause) })
	}
	f("named", testserver.StartNamedPrimary, sized(200_000, 20_000), sized(100, 10), 0)
	f("knotd", testserver.StartKnotPrimary, sized(200_000, 5000), sized(20, 3), time.Second) // its pause before NOTIFY
}

type startPrimary func(t testing.TB, origin, zone string, notify ...netip.AddrPort) *testserver.Primary

// followZone measures from before the primary is told of a name until that name
// is blocked, less the pause that the primary makes before it sends NOTIFY.
func followZone(t *testing.T, start startPrimary, names, steps int, pause time.Duration) {
	up := startStandIn(t)
	p := serveProcess(t, "", zonePolicy, up.addr)
	primary := start(t, "rpz.example", zoneText(names), netip.MustParseAddrPort(p.dns))
	p.useZone(primary, testserver.KeySecret, up.addr)
	last := fmt.Sprintf("bet-%d.example", names-1)
	p.until("the zone is in force", func() bool { return blocked(p.ask(last)) })

	var took []time.Duration
	for i := range steps {
		name := fmt.Sprintf("new-%d.example", i)
		if blocked(p.ask(name)) {
			t.Fatalf("%s is blocked before the zone has it", name)
		}
		begin := time.Now()
		primary.Update(nil, []string{name + ".rpz.example. 60 IN CNAME ."})
		p.until("step "+name+" is in force", func() bool { return blocked(p.ask(name)) })
		took = append(took, time.Since(begin)-pause)
	}
	slices.Sort(took)
	t.Logf("%d names, %d steps, each in force after %v at the median and %v at most", names, steps, took[len(took)/2], took[len(took)-1])
	judged := took[len(took)/2] // every day there may be others who use the cores
	if proving() {
		judged = took[len(took)-1]
	}
	if judged > ordered {
		t.Errorf("steps took %v to be in force, want at most %v", took, ordered)
	}

	primary.Stop()
	if !blocked(p.ask(last)) || blocked(p.ask("lesson.example")) {
		t.Error("without its primary the zone is not in force")
	}
	primary.Start()
	primary.Update([]string{last + ".rpz.example. 60 IN CNAME ."}, nil)
	p.until("what goes after the primary is back is gone", func() bool { return !blocked(p.ask(last)) })
}

func TestWithTheWrongKeyNothingIsTransferredAndWhatWasThereStays(t *testing.T) {
	up := startStandIn(t)
	p := serveProcess(t, "", zonePolicy, up.addr)
	primary := testserver.StartNamedPrimary(t, "rpz.example", zoneText(10), netip.MustParseAddrPort(p.dns))
	p.useZone(primary, "a2hvbmcgcGhhaSBraG9hIG5heQ==", up.addr)
	p.logged(`msg="feed update failed" feed=co-bac .*signature`)
	if blocked(p.ask("bet-1.example")) {
		t.Error("a zone is in force although the key is wrong")
	}
	p.useZone(primary, testserver.KeySecret, up.addr)
	p.until("the zone is in force", func() bool { return blocked(p.ask("bet-1.example")) })
	p.useZone(primary, "a2hvbmcgcGhhaSBraG9hIG5heQ==", up.addr)
	p.metric(`lachan_condition{name="feed-failing"}`, "1")
	if !blocked(p.ask("bet-1.example")) {
		t.Error("the wrong key cost the zone that was there")
	}
}

func TestNotifyIsHeededFromWhomItMayCome(t *testing.T) {
	up := startStandIn(t)
	p := newProcess(t, "", zonePolicy, up.addr)
	p.write("lachan.yaml", `state_dir: state
server: {listen: ["127.0.0.1:0"], notify: [127.0.0.9/32]}
http: {listen: "127.0.0.1:0"}
upstream: {servers: [`+up.addr+`]}
feeds:
- {name: co-bac, url: "axfr://127.0.0.1:9/rpz.example", category: gambling}
`)
	p.start()
	f := func(from, zone, want string) {
		t.Helper()
		conn, err := dialFrom(from, p.dns)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		m := new(dns.Msg).SetNotify(zone)
		m.Answer = []dns.RR{&dns.SOA{Hdr: dns.RR_Header{Name: zone, Rrtype: dns.TypeSOA, Class: dns.ClassINET}, Ns: "ns.example.", Mbox: "nobody.example.", Serial: 7}}
		reply, _, err := (&dns.Client{Timeout: oneReply}).ExchangeWithConn(m, conn)
		if err != nil {
			t.Fatal(err)
		}
		if got := dns.RcodeToString[reply.Rcode]; got != want || reply.Opcode != dns.OpcodeNotify || reply.Authoritative != (want == "NOERROR") {
			t.Errorf("NOTIFY of %s from %s: %s, want %s", zone, from, reply, want)
		}
	}
	f("127.0.0.1", "RPZ.example.", "NOERROR") // the primary
	f("127.0.0.9", "rpz.example.", "NOERROR") // by server.notify
	f("127.0.0.2", "rpz.example.", "REFUSED")
	f("127.0.0.1", "example.", "REFUSED")
}

func TestAnotherServerTransfersWhatIsBlockedHere(t *testing.T) {
	up := startStandIn(t)
	p := newProcess(t, "", zonePolicy, up.addr)
	p.write("list", "0.0.0.0 bet.example\n")
	p.write("secret", testserver.KeySecret)
	p.write("lachan.yaml", `state_dir: state
server:
  listen: ["127.0.0.1:0"]
  rpz_out:
    listen: ["127.0.0.1:0"]
    zones: [{zone: gambling.rpz.example, categories: [gambling], tsig: {name: `+testserver.KeyName+`, secret_file: secret}}]
http: {listen: "127.0.0.1:0"}
upstream: {servers: [`+up.addr+`]}
feeds:
- {name: co-bac, url: list, category: gambling, refresh: 1m}
`)
	p.start()
	addr := netip.MustParseAddrPort(p.logged(`msg="serving zones" address=(\S+)`))
	p.until("the list is in force", func() bool { return blocked(p.ask("bet.example")) })
	server := testserver.StartNamedSecondary(t, "gambling.rpz.example", addr)
	p.until("the other server blocks the name", func() bool {
		reply, _, err := (&dns.Client{Timeout: oneReply}).Exchange(question("www.bet.example"), server.Addr.String())
		return err == nil && reply.Rcode == dns.RcodeNameError
	})
}

func TestAZoneToServeHasToBeRight(t *testing.T) {
	f := func(zone, want string) {
		t.Helper()
		p := newProcess(t, "", zonePolicy, "127.0.0.1:5300")
		p.writeConfig("", "127.0.0.1:5300")
		p.write("lachan.yaml", "upstream: {servers: [127.0.0.1:5300]}\nserver:\n  rpz_out:\n    listen: [127.0.0.1:5354]\n    zones:\n    - "+zone+"\n")
		cfg, problems := config.Load(p.dir+"/lachan.yaml", nil)
		if len(problems) == 0 {
			_, problems = source.LoadPolicy(cfg, nil)
		}
		if got := fmt.Sprint(problems.Error()); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", zone, got, want)
		}
	}
	f("{zone: a.example, categories: [gambling]}", "lachan.yaml:6: server.rpz_out.zones: ")
	f("{zone: a.example, categories: [gambling]}", "the zone needs tsig or allow")
	f("{zone: a.example, allow: [127.0.0.1/32]}", "the zone needs categories")
	f("{zone: a..example, categories: [gambling], allow: [127.0.0.1/32]}", `"a..example" is not the name of a zone`)
	f("{zone: a.example, categories: [gamblin], allow: [127.0.0.1/32]}", `there is no category "gamblin"`)
	f("{zone: a.example, categories: [gambling], tsig: {name: k.example, secret_file: none}}", "the TSIG key cannot be used")
}
