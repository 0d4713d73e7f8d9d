package resolver_test

import (
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/resolver/upstream"
)

const pointing = `
bet.example.        A     192.0.2.66
alias.example.      CNAME bet.example.
chain.example.      CNAME c1.example.
c1.example.         CNAME c2.example.
c2.example.         CNAME target.example.
target.example.     A     192.0.2.67
https.example.      HTTPS 1 target.example.
hint4.example.      HTTPS 1 . ipv4hint=198.51.100.7
hint6.example.      HTTPS 1 . ipv6hint=2001:db8:bad::1
listed.example.     A     198.51.100.7
ok.bet.example.     CNAME target.example.
to-own.example.     CNAME own.example.
own.example.        A     192.0.2.68
to-phish.example.   CNAME phish.example.
phish.example.      A     192.0.2.69
lesson.example.     A     192.0.2.10
inside.example.     A     10.1.2.3
inside6.example.    AAAA  fd00::1
`

var withAddresses = map[string]string{
	"gambling": "0.0.0.0 bet.example\n0.0.0.0 target.example\n",
	"phishing": "0.0.0.0 phish.example\n",
	"malware":  "198.51.100.0/24\n2001:db8:bad::/48\n",
}

func TestWhatAnAnswerPointsAtIsJudgedToo(t *testing.T) {
	n := newNode(t, withAddresses, newSource(t, pointing).addr)
	f := func(from, name string, qtype uint16, want string) {
		t.Helper()
		for range 2 { // from the upstream, then from the cache
			if got := tell(n.ask(from, name, qtype)); got != want {
				t.Errorf("%s asks %s %s: %q, want %q", from, name, dns.TypeToString[qtype], got, want)
			}
		}
	}
	f(pupil, "alias.example", dns.TypeA, "NXDOMAIN")
	f(pupil, "chain.example", dns.TypeA, "NXDOMAIN")
	f(pupil, "https.example", dns.TypeHTTPS, "NXDOMAIN")
	f(pupil, "hint4.example", dns.TypeHTTPS, "NODATA") // malware is answered null, which HTTPS has none of
	f(pupil, "hint6.example", dns.TypeHTTPS, "NODATA")
	f(pupil, "listed.example", dns.TypeA, "0.0.0.0")
	f(pupil, "to-own.example", dns.TypeA, "NXDOMAIN")
	f(teacher, "to-own.example", dns.TypeA, "NXDOMAIN") // the school's entry holds for its groups
	f(pupil, "to-phish.example", dns.TypeA, "NXDOMAIN")
	f(pupil, "ok.bet.example", dns.TypeA, "target.example. 192.0.2.67") // allowed by word: only locks judge
	f(teacher, "chain.example", dns.TypeA, "c1.example. c2.example. target.example. 192.0.2.67")
	f(pupil, "lesson.example", dns.TypeA, "192.0.2.10")
}

func TestANewListIsInForceOnTheNextQuery(t *testing.T) {
	up := newSource(t, pointing)
	n := newNode(t, map[string]string{"gambling": "0.0.0.0 none.example\n"}, up.addr)
	n.wants(pupil, "chain.example", "c1.example. c2.example. target.example. 192.0.2.67")
	n.lists["gambling"] = "0.0.0.0 c1.example\n"
	n.use()
	n.wants(pupil, "chain.example", "NXDOMAIN")
	n.lists["gambling"] = "0.0.0.0 none.example\n"
	n.use()
	n.wants(pupil, "chain.example", "c1.example. c2.example. target.example. 192.0.2.67")
	if asked := up.asked.Load(); asked != 1 {
		t.Errorf("the upstream was asked %d times, want once: the cache knows the answer", asked)
	}
}

func TestPrivateAddressesOfPublicNames(t *testing.T) {
	up := newSource(t, pointing)
	n := newNode(t, nil, up.addr)
	n.wants(pupil, "inside.example", "10.1.2.3")
	n.settings.Replies.RebindProtection = true
	n.use()
	n.wants(pupil, "inside.example", "NODATA")
	if got := tell(n.ask(pupil, "inside6.example", dns.TypeAAAA)); got != "NODATA" {
		t.Errorf("a unique local address: %q", got)
	}
	n.wants(pupil, "lesson.example", "192.0.2.10")
	local := newSource(t, "nas.truong.lan. A 10.9.9.9\n")
	n.zones = zones(t, map[string]*upstream.Group{"truong.lan": group(t, local.addr)}, up.addr)
	n.use()
	n.wants(pupil, "nas.truong.lan", "10.9.9.9") // a conditional zone is the school's own
}

func TestGroupsThatAskTogetherGetTheirOwnAnswers(t *testing.T) {
	n := newNode(t, withAddresses, newSource(t, pointing).addr)
	n.wants(teacher, "alias.example", "bet.example. 192.0.2.66")
	var wg sync.WaitGroup
	for i := range 600 {
		wg.Go(func() {
			from, want := pupil, "NXDOMAIN"
			if i%2 == 0 {
				from, want = teacher, "bet.example. 192.0.2.66"
			}
			m, err := n.exchange("udp", from, new(dns.Msg).SetQuestion("alias.example.", dns.TypeA))
			if err != nil {
				t.Error(err)
			} else if got := tell(m); got != want {
				t.Errorf("%s got %q, want %q", from, got, want)
			}
		})
	}
	wg.Wait()
}

func TestForwardersThatAreTrustedSayWhoAsks(t *testing.T) {
	n := newNode(t, withAddresses, newSource(t, pointing).addr)
	n.load(standing + `  - {id: nha, kind: school, profile: gv, devices: ["mac:00:11:22:33:44:55", "cpe:nha-1"]}` + "\n")
	n.use()
	const forwarder = "127.1.0.9"
	f := func(what string, option dns.EDNS0, want string) {
		t.Helper()
		m := n.ask(forwarder, "bet.example", dns.TypeA, func(m *dns.Msg) {
			m.IsEdns0().Option = []dns.EDNS0{option}
		})
		if got := tell(m); got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	subnet := &dns.EDNS0_SUBNET{Code: dns.EDNS0SUBNET, Family: 1, SourceNetmask: 24, Address: []byte{127, 2, 0, 0}}
	mac := &dns.EDNS0_LOCAL{Code: 65001, Data: []byte{0, 0x11, 0x22, 0x33, 0x44, 0x55}}
	text := &dns.EDNS0_LOCAL{Code: 65073, Data: []byte("00:11:22:33:44:55")}
	cpe := &dns.EDNS0_LOCAL{Code: 65074, Data: []byte("nha-1")}
	for what, option := range map[string]dns.EDNS0{"subnet": subnet, "mac": mac, "text mac": text, "cpe": cpe} {
		f(what+" of somebody", option, "NXDOMAIN") // the pupil it came from
	}
	n.settings.Clients.TrustedForwarders = []netip.Prefix{netip.MustParsePrefix("127.1.0.9/32")}
	n.use()
	for what, option := range map[string]dns.EDNS0{"subnet": subnet, "mac": mac, "text mac": text, "cpe": cpe} {
		f(what+" of a trusted forwarder", option, "192.0.2.66")
	}
	f("a device nobody knows", &dns.EDNS0_LOCAL{Code: 65001, Data: []byte{1, 2, 3, 4, 5, 6}}, "NXDOMAIN")
	mapped := append([]byte{0, 2, 128, 0}, netip.MustParseAddr("::ffff:127.2.0.1").AsSlice()...)
	of := func(bits byte, from []byte, more ...byte) []byte {
		changed := append(slices.Clone(from), more...)
		changed[2] = bits
		return changed
	}
	whole := []byte{0, 1, 32, 0, 127, 2, 0, 1}
	for what, octets := range map[string][]byte{
		"a whole address": whole, "two octets of one": whole[:6], "one whose network is not masked": of(1, whole),
		"an address of IPv4 in IPv6": mapped, "the same, not masked": of(1, mapped),
	} {
		f(what, &dns.EDNS0_LOCAL{Code: dns.EDNS0SUBNET, Data: octets}, "192.0.2.66")
	}
	for what, octets := range map[string][]byte{
		"no octet": {}, "a family alone": {0, 1}, "no address": {0, 1, 0, 0}, "no network": of(0, whole), "too many bits": of(33, whole),
		"too many octets": of(32, whole, 0), "no such family": {0, 3, 32, 0, 127, 2, 0, 1}, "no network of IPv6": of(0, mapped),
		"too many bits of IPv6": of(129, mapped), "too many octets of IPv6": of(128, mapped, 0),
	} {
		f(what, &dns.EDNS0_LOCAL{Code: dns.EDNS0SUBNET, Data: octets}, "NXDOMAIN")
	}
}

func TestLimitsRefuseAndAreCounted(t *testing.T) {
	f := func(what string, set func(*node), from func(i int) string, least, most int) {
		t.Helper()
		n := newNode(t, nil, newSource(t, pointing).addr)
		set(n)
		n.use()
		refused := 0
		for i := range 60 {
			m := n.ask(from(i), "lesson.example", dns.TypeA)
			if m.Rcode == dns.RcodeRefused {
				if refused++; ede(m) != 18 {
					t.Fatalf("%s: EDE %d", what, ede(m))
				}
			}
		}
		if refused < least || refused > most {
			t.Errorf("%s: %d of 60 refused, want %d to %d", what, refused, least, most)
		}
	}
	one := func(int) string { return pupil }
	many := func(i int) string { return fmt.Sprintf("127.1.1.%d", i+1) }
	f("no limit", func(*node) {}, one, 0, 0)
	f("one client", func(n *node) { n.settings.Rates.Client = 20 }, one, 20, 40)
	f("many clients", func(n *node) { n.settings.Rates.Client = 20 }, many, 0, 0)
	f("one school", func(n *node) { n.settings.Rates.Unit = 20 }, many, 20, 40)
}

func TestStaleAnswersWhenNoUpstreamAnswers(t *testing.T) {
	up := newSource(t, "short.example. 1 A 192.0.2.20\n")
	n := newNode(t, nil, up.addr)
	n.wants(pupil, "short.example", "192.0.2.20")
	up.answer(func(q *dns.Msg) *dns.Msg { return new(dns.Msg).SetRcode(q, dns.RcodeServerFailure) })
	until(t, "the answer is stale", func() bool {
		m := n.ask(pupil, "short.example", dns.TypeA)
		if tell(m) != "192.0.2.20" {
			t.Fatalf("%v", m)
		}
		return ede(m) == 3 && m.Answer[0].Header().Ttl == 30
	})
	if m := n.ask(pupil, "none.example", dns.TypeA); m.Rcode != dns.RcodeServerFailure {
		t.Errorf("a name that was never answered: %v", m)
	}
	asked := up.asked.Load()
	if m := n.ask(pupil, "none.example", dns.TypeA); m.Rcode != dns.RcodeServerFailure || up.asked.Load() != asked {
		t.Errorf("a failure is not remembered: %v, asked %d times more", m, up.asked.Load()-asked)
	}
}

// until waits for a condition.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	end := time.Now().Add(deadline)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		if time.Now().After(end) {
			t.Fatalf("not within %s: %s", deadline, what)
		}
		<-tick.C
	}
}
