package tunnel_test

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/blocklist/domain"
	"lachan/resolver/tunnel"
)

const (
	typeA    = 1
	typeNULL = 10
	typeTXT  = 16
)

// name is one in wire form of its labels, which may have any bytes.
func name(t testing.TB, labels ...string) *domain.Name {
	t.Helper()
	var wire []byte
	for _, text := range labels {
		for label := range strings.SplitSeq(text, ".") {
			wire = append(append(wire, byte(len(label))), label...)
		}
	}
	n := new(domain.Name)
	if _, err := n.SetWire(append(wire, 0), 0); err != nil {
		t.Fatalf("%q: %v", labels, err)
	}
	return n
}

// A clock runs as a test says.
type clock struct{ now int64 }

func (c *clock) wait(d time.Duration) { c.now += int64(d) }

var random = rand.NewChaCha8([32]byte{7})

func bytes(n int) []byte {
	b := make([]byte, n)
	_, _ = random.Read(b)
	return b
}

// asked asks as the route does.
func asked(table *tunnel.Table, group uint64, n *domain.Name, qtype uint16, now int64) (stopped bool) {
	return table.Minds(n, qtype, now) && table.Asked(group, n, qtype, now)
}

// answered answers as the route does.
func answered(table *tunnel.Table, group uint64, n *domain.Name, qtype uint16, a tunnel.Answer, now int64) {
	if table.MindsAnswer(n, qtype, a.Names > 0) {
		table.Answered(group, n, qtype, a, now)
	}
}

// asks asks for names at a rate, which are answered unless answer is nil, and says after how long
// it is stopped; 0 is never.
func asks(
	t *testing.T, table *tunnel.Table, qtype uint16, perSecond float64, during time.Duration,
	made func(i int) *domain.Name, answer func() tunnel.Answer,
) time.Duration {
	t.Helper()
	c := clock{now: 1}
	for i := 0; time.Duration(c.now) < during; i++ {
		n := made(i)
		if asked(table, 7, n, qtype, c.now) {
			return time.Duration(c.now)
		}
		if answer != nil {
			answered(table, 7, n, qtype, answer(), c.now)
		}
		c.wait(time.Duration(float64(time.Second) / perSecond))
	}
	return 0
}

// acknowledged is an answer that says little, another each time.
func acknowledged() tunnel.Answer { return tunnel.Answer{Hash: random.Uint64(), Size: 16} }

func TestTunnelsAreStopped(t *testing.T) {
	f := func(what string, perSecond float64, within time.Duration, made func(i int) *domain.Name) {
		t.Helper()
		if after := asks(t, tunnel.New(), typeNULL, perSecond, time.Hour, made, acknowledged); after == 0 || after > within {
			t.Errorf("%s is stopped after %s, want %s", what, after, within)
		} else {
			t.Logf("%s is stopped after %s", what, after.Round(time.Millisecond))
		}
	}
	split := func(text string) string {
		var labels []string
		for len(text) > 60 {
			labels, text = append(labels, text[:60]), text[60:]
		}
		return strings.Join(append(labels, text), ".")
	}
	f("iodine, base128", 10, 10*time.Second, func(int) *domain.Name {
		return name(t, split("0a"+strings.Map(func(r rune) rune { return r | 0x80 }, string(bytes(40)))), "t.tunnel.example")
	})
	f("iodine, base32", 10, 10*time.Second, func(int) *domain.Name {
		return name(t, split(strings.ToLower(base32.StdEncoding.EncodeToString(bytes(110)))), "t.tunnel.example")
	})
	f("dnscat2, a file", 10, 10*time.Second, func(int) *domain.Name {
		return name(t, split(hex.EncodeToString(bytes(90))), "dnscat.tunnel.example")
	})
	f("dns2tcp, a shell", 2, 10*time.Second, func(i int) *domain.Name {
		return name(t, split(strings.NewReplacer("=", "", "+", "-", "/", "_").Replace(base64.StdEncoding.EncodeToString(bytes(80)))), "tunnel.example")
	})
	f("a slow one, three kilobytes a minute", 0.5, time.Minute, func(int) *domain.Name {
		return name(t, split(hex.EncodeToString(bytes(100))), "slow.tunnel.example")
	})
	f("one of many short labels", 10, 10*time.Second, func(int) *domain.Name {
		var labels []string
		for range 18 {
			labels = append(labels, hex.EncodeToString(bytes(6))[:11])
		}
		return name(t, strings.Join(labels, "."), "t.tunnel.example")
	})
	f("one of short labels, few", 20, 10*time.Second, func(int) *domain.Name {
		text := hex.EncodeToString(bytes(24))
		return name(t, text[:11], text[11:22], text[22:33], text[33:44], "t.tunnel.example")
	})
}

// TestTunnelsThatAskForAddressesAreStopped: the types of others are not all that carries.
func TestTunnelsThatAskForAddressesAreStopped(t *testing.T) {
	for what, made := range map[string]func(i int) *domain.Name{
		"long labels": func(int) *domain.Name { return name(t, hex.EncodeToString(bytes(30)), "t.tunnel.example") },
		"short labels": func(int) *domain.Name {
			var labels []string
			for range 18 {
				labels = append(labels, hex.EncodeToString(bytes(6))[:11])
			}
			return name(t, strings.Join(labels, "."), "t.tunnel.example")
		},
	} {
		if after := asks(t, tunnel.New(), typeA, 10, time.Hour, made, acknowledged); after == 0 || after > 10*time.Second {
			t.Errorf("%s: stopped after %s", what, after)
		}
	}
}

// TestAnswersThatCarryMuchAreCounted: who sends little and gets much, also below one name that is
// answered anew each time.
func TestAnswersThatCarryMuchAreCounted(t *testing.T) {
	f := func(qtype uint16, size, names int, stops bool) {
		t.Helper()
		for _, made := range []func(i int) *domain.Name{
			func(i int) *domain.Name { return name(t, fmt.Sprintf("p%d", i), "tunnel.example") },
			func(int) *domain.Name { return name(t, "poll", "tunnel.example") },
		} {
			table, c, after := tunnel.New(), clock{now: 1}, time.Duration(0)
			for i := range 200 {
				n := made(i)
				if asked(table, 7, n, qtype, c.now) {
					after = time.Duration(c.now)
					break
				}
				answered(table, 7, n, qtype, tunnel.Answer{Hash: random.Uint64(), Size: size, Names: names}, c.now)
				c.wait(100 * time.Millisecond)
			}
			if (after > 0) != stops || after > 10*time.Second {
				t.Errorf("answers of type %d and %d bytes: stopped after %s", qtype, size, after)
			}
		}
	}
	f(typeTXT, 1000, 0, true)
	f(typeNULL, 1200, 0, true)
	f(typeTXT, 200, 0, true)
	f(typeTXT, 60, 0, false)
	f(typeA, 1200, 0, false)
	f(typeA, 200, 100, true) // by aliases
}

// TestNobodyShutsADomainThatOthersUse by asking for names below it that are not there, that are
// all answered alike, or for the long texts that it has.
func TestNobodyShutsADomainThatOthersUse(t *testing.T) {
	f := func(what string, answer func(i int) (a tunnel.Answer, ok bool)) {
		t.Helper()
		table, c := tunnel.New(), clock{now: 1}
		long := func() *domain.Name {
			return name(t, hex.EncodeToString(bytes(30)), hex.EncodeToString(bytes(30)), "popular.example")
		}
		for i := range 1000 {
			n := long()
			asked(table, 7, n, typeTXT, c.now)
			if a, ok := answer(i); ok {
				answered(table, 7, n, typeTXT, a, c.now)
			}
			c.wait(20 * time.Millisecond)
		}
		if !asked(table, 7, long(), typeA, c.now) {
			t.Errorf("%s: what carries much is not stopped", what)
		}
		for _, text := range []string{"popular.example", "www.popular.example", "rr5---sn-8pxuuxa-nbo6l.popular.example"} {
			for _, qtype := range []uint16{typeA, typeTXT} {
				if asked(table, 7, name(t, text), qtype, c.now) {
					t.Errorf("%s: %s is shut for all", what, text)
				}
			}
		}
	}
	f("names that are not there", func(int) (a tunnel.Answer, ok bool) { return a, false })
	f("one answer for all", func(int) (tunnel.Answer, bool) { return tunnel.Answer{Hash: 7, Size: 100}, true })
	f("some answers for all", func(i int) (tunnel.Answer, bool) { return tunnel.Answer{Hash: uint64(i % 12), Size: 100}, true })
	f("a dozen long texts", func(i int) (tunnel.Answer, bool) { return tunnel.Answer{Hash: uint64(i), Size: 4000}, i < 12 })
}

// TestHonestTrafficIsNotStopped in an hour of a large school behind one group.
func TestHonestTrafficIsNotStopped(t *testing.T) {
	f := func(what string, perSecond float64, made func(i int) *domain.Name) {
		t.Helper()
		if after := asks(t, tunnel.New(), typeA, perSecond, time.Hour, made, nil); after != 0 {
			t.Errorf("%s is stopped after %s", what, after)
		}
	}
	hexes := func(n int) string { return hex.EncodeToString(bytes(n)) }
	f("content delivery, hosts by hash", 20, func(int) *domain.Name { return name(t, hexes(10), "cdn.example") })
	f("videos", 20, func(int) *domain.Name {
		return name(t, fmt.Sprintf("rr%d---sn-%s", 1+bytes(1)[0]%8, strings.ToLower(base32.StdEncoding.EncodeToString(bytes(5)))), "video.example")
	})
	f("a content delivery with long names, a few of them", 50, func(i int) *domain.Name {
		sum := sha256.Sum256([]byte{byte(i % 40)})
		return name(t, hex.EncodeToString(sum[:20]), "assets.cdn.example")
	})
	f("blocklists of mail, IPv4", 50, func(int) *domain.Name {
		b := bytes(4)
		return name(t, fmt.Sprintf("%d.%d.%d.%d", b[0], b[1], b[2], b[3]), "zen.dnsbl.example")
	})
	f("blocklists of mail, IPv6", 50, func(int) *domain.Name {
		return name(t, strings.Join(strings.Split(hexes(16), ""), "."), "zen.dnsbl.example")
	})
	f("an antivirus program that nobody has listed, MD5", 2, func(int) *domain.Name { return name(t, hexes(16), "md5.antivirus.example") })
	f("one, SHA-1, the files of a class", 1, func(int) *domain.Name {
		sum := sha1.Sum(bytes(8))
		return name(t, hex.EncodeToString(sum[:]), "files.antivirus.example")
	})
	f("a known one, however much", 100, func(int) *domain.Name { return name(t, hexes(31), hexes(20), "files.sophosxl.net") })
	f("keys of mail", 5, func(i int) *domain.Name { return name(t, "selector2024._domainkey", fmt.Sprintf("mail%d.example", i)) })
	f("addresses by name", 50, func(int) *domain.Name {
		return name(t, strings.Join(strings.Split(hexes(16), ""), "."), "ip6.arpa")
	})
}

// TestOneGroupIsStoppedBelowOneDomain, and for a time.
func TestOneGroupIsStoppedBelowOneDomain(t *testing.T) {
	table, c := tunnel.New(), clock{now: 1}
	for i := range 100 {
		n := name(t, hex.EncodeToString(bytes(30)), hex.EncodeToString(bytes(30)), "a.tunnel.example")
		if !asked(table, 7, n, typeA, c.now) || i < 30 {
			answered(table, 7, n, typeA, tunnel.Answer{Hash: uint64(i), Size: 4}, c.now)
		}
	}
	f := func(group uint64, text string, want bool) {
		t.Helper()
		if got := asked(table, group, name(t, text), typeA, c.now); got != want {
			t.Errorf("group %d, %s: stopped %v", group, text, got)
		}
	}
	f(7, "www.tunnel.example", true)
	f(7, "tunnel.example", true)
	f(7, "www.other.example", false)
	f(8, "www.tunnel.example", false)
	c.wait(tunnel.StoppedFor - time.Second)
	f(7, "www.tunnel.example", true)
	if ever, present := table.Stopped(c.now); ever != 1 || present != 1 {
		t.Errorf("stopped %d times, %d now", ever, present)
	}
	c.wait(2 * time.Second)
	f(7, "www.tunnel.example", false)
	if ever, present := table.Stopped(c.now); ever != 1 || present != 0 {
		t.Errorf("stopped %d times, %d now", ever, present)
	}
}

// TestManyDomainsTakeNoMoreRoom: who fills the table, also with domains below which he is stopped,
// keeps no tunnel going.
func TestManyDomainsTakeNoMoreRoom(t *testing.T) {
	f := func(names int) {
		t.Helper()
		table, c, passed := tunnel.New(), clock{now: 1}, 0
		fill := func(n int) {
			for i := range n {
				below := fmt.Sprintf("d%d-%d.example", c.now, i)
				for range names {
					asked(table, 8, name(t, hex.EncodeToString(bytes(31)), below), typeA, c.now)
				}
			}
		}
		fill(8192)
		for range 100 {
			n := name(t, hex.EncodeToString(bytes(31)), hex.EncodeToString(bytes(31)), "a.tunnel.example")
			if !asked(table, 7, n, typeTXT, c.now) {
				passed++
				answered(table, 7, n, typeTXT, tunnel.Answer{Hash: random.Uint64(), Size: 100}, c.now)
			}
			fill(480 / names)
			c.wait(100 * time.Millisecond)
		}
		t.Logf("beside others that send %d names each %d questions of 100 pass", names, passed)
		if passed > 40 {
			t.Errorf("beside others that send %d names each %d questions of 100 pass", names, passed)
		}
	}
	f(1)
	f(60)
}

// TestAnAnswerIsWhatItSays, in whatever order and however it is compressed.
func TestAnAnswerIsWhatItSays(t *testing.T) {
	read := func(question string, records ...string) tunnel.Answer {
		t.Helper()
		m := new(dns.Msg).SetQuestion(question, dns.TypeA)
		m.Compress = true
		for _, text := range records {
			rr, err := dns.NewRR(text)
			if err != nil {
				t.Fatal(err)
			}
			m.Answer = append(m.Answer, rr)
		}
		wire, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		return tunnel.Read(wire)
	}
	alike := func(a, b tunnel.Answer) {
		t.Helper()
		if a != b || a.Size == 0 {
			t.Errorf("%+v and %+v", a, b)
		}
	}
	alike(read("a.example.", "a.example. 1 A 192.0.2.1", "a.example. 1 A 192.0.2.2"),
		read("www.b.example.", "www.b.example. 60 A 192.0.2.2", "www.b.example. 60 A 192.0.2.1"))
	for _, data := range []string{"CNAME host.a.example.", "MX 10 host.a.example.", "NS host.a.example.", "SRV 1 2 3 host.a.example."} {
		alike(read("x.a.example.", "x.a.example. 1 "+data), read("longer.a.example.", "longer.a.example. 1 "+data))
	}
	if a := read("a.example."); a.Size != 0 {
		t.Errorf("an answer without records is %+v", a)
	}
	if a := read("a.example.", "a.example. 1 CNAME "+strings.Repeat("0g", 25)+".b.example."); a.Names < 10 {
		t.Errorf("an alias that carries much is %+v", a)
	}
}

func TestAQuestionAllocatesNothing(t *testing.T) {
	table := tunnel.New()
	n := name(t, hex.EncodeToString(bytes(30)), "www.tunnel.example")
	if per := testing.AllocsPerRun(100, func() {
		asked(table, 7, n, typeTXT, 1)
		answered(table, 7, n, typeTXT, tunnel.Answer{Hash: 1, Size: 100}, 1)
	}); per != 0 {
		t.Errorf("%v allocations", per)
	}
}

func BenchmarkAsked(b *testing.B) {
	table := tunnel.New()
	for _, text := range []string{"www.example.com", "0123456789abcdef0123456789abcdef.cdn.example.com"} {
		n := name(b, text)
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				asked(table, 7, n, typeA, 1)
			}
		})
	}
}
