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

	"lachan/blocklist/domain"
	"lachan/resolver/tunnel"
)

const (
	typeA   = 1
	typeTXT = 16
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

// asks asks for names at a rate and says after how long it is stopped; 0 is never.
func asks(t *testing.T, table *tunnel.Table, perSecond float64, during time.Duration, made func(i int) *domain.Name) time.Duration {
	t.Helper()
	c := clock{now: 1}
	for i := 0; time.Duration(c.now) < during; i++ {
		n := made(i)
		if table.Asked(7, n, c.now) {
			return time.Duration(c.now)
		}
		c.wait(time.Duration(float64(time.Second) / perSecond))
	}
	return 0
}

func TestTunnelsAreStopped(t *testing.T) {
	f := func(what string, perSecond float64, within time.Duration, made func(i int) *domain.Name) {
		t.Helper()
		if after := asks(t, tunnel.New(), perSecond, time.Hour, made); after == 0 || after > within {
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
	f("dns2tcp, a shell", 2, 30*time.Second, func(i int) *domain.Name {
		return name(t, split(strings.NewReplacer("=", "", "+", "-", "/", "_").Replace(base64.StdEncoding.EncodeToString(bytes(80)))), "tunnel.example")
	})
	f("a slow one, three kilobytes a minute", 0.5, 5*time.Minute, func(int) *domain.Name {
		return name(t, split(hex.EncodeToString(bytes(100))), "slow.tunnel.example")
	})
}

// TestAnswersThatCarryMuchAreCounted: who sends little and gets much.
func TestAnswersThatCarryMuchAreCounted(t *testing.T) {
	f := func(qtype uint16, size int, stops bool) {
		t.Helper()
		table, c, stopped := tunnel.New(), clock{now: 1}, false
		for i := range 200 {
			n := name(t, fmt.Sprintf("p%d", i), "tunnel.example")
			stopped = table.Asked(7, n, c.now) || stopped
			table.Answered(7, n, qtype, size, c.now)
			c.wait(100 * time.Millisecond)
		}
		if stopped != stops {
			t.Errorf("answers of type %d and %d bytes: stopped %v", qtype, size, stopped)
		}
	}
	f(typeTXT, 1000, true)
	f(10, 1200, true) // NULL
	f(typeTXT, 200, false)
	f(typeA, 1200, false)
}

// TestHonestTrafficIsNotStopped in an hour of a large school behind one group.
func TestHonestTrafficIsNotStopped(t *testing.T) {
	f := func(what string, perSecond float64, made func(i int) *domain.Name) {
		t.Helper()
		if after := asks(t, tunnel.New(), perSecond, time.Hour, made); after != 0 {
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
	for range 100 {
		table.Asked(7, name(t, hex.EncodeToString(bytes(30)), hex.EncodeToString(bytes(30)), "a.tunnel.example"), c.now)
	}
	f := func(group uint64, text string, want bool) {
		t.Helper()
		if got := table.Asked(group, name(t, text), c.now); got != want {
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

// TestManyDomainsTakeNoMoreRoom: who fills the table pushes out neither a tunnel that is stopped
// nor one that sends.
func TestManyDomainsTakeNoMoreRoom(t *testing.T) {
	table, c := tunnel.New(), clock{now: 1}
	send := func() bool {
		return table.Asked(7, name(t, hex.EncodeToString(bytes(31)), hex.EncodeToString(bytes(31)), "a.tunnel.example"), c.now)
	}
	fill := func(n int) {
		for i := range n {
			table.Asked(8, name(t, hex.EncodeToString(bytes(15)), fmt.Sprintf("d%d-%d.example", c.now, i)), c.now)
		}
	}
	stopped := false
	for range 100 {
		stopped = stopped || send()
		fill(1000)
		c.wait(100 * time.Millisecond)
	}
	fill(50_000)
	if !stopped || !send() {
		t.Error("it is not stopped beside 150,000 other domains")
	}
}

func BenchmarkAsked(b *testing.B) {
	table := tunnel.New()
	for _, text := range []string{"www.example.com", "0123456789abcdef0123456789abcdef.cdn.example.com"} {
		n := name(b, text)
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				table.Asked(7, n, 1)
			}
		})
	}
}
