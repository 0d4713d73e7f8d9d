package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"lachan/blocklist/transfer"
	"lachan/internal/testserver"
)

const origin = "rpz.example."

const rightSecret = testserver.KeySecret

const wrongSecret = "a2hvbmcgcGhhaSBraG9hIG5heQ=="

// zoneText is a response policy zone of n names.
func zoneText(n int) string {
	var b strings.Builder
	b.WriteString("$TTL 60\n@ SOA ns.example. nobody.example. 1 3600 600 604800 60\n@ NS ns.example.\n")
	for i := range n {
		fmt.Fprintf(&b, "game-%d.example CNAME .\n", i)
	}
	return b.String()
}

func blocks(name string) string { return name + ".example." + origin + " 60 IN CNAME ." }

func client(t *testing.T, addr netip.AddrPort, secret string) *transfer.Client {
	t.Helper()
	zone, err := transfer.Parse("axfr://" + addr.String() + "/" + strings.TrimSuffix(origin, "."))
	if err != nil {
		t.Fatal(err)
	}
	c := &transfer.Client{Zone: zone, MaxBytes: 64 << 20, Dial: (&net.Dialer{}).DialContext}
	if secret != "" {
		if c.Key, err = transfer.NewKey(testserver.KeyName, "hmac-sha256", secret); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// fetch is Fetch with a copy in memory; "" is none.
func fetch(t *testing.T, c *transfer.Client, good string) (text string, answer transfer.Answer, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var old io.ReadSeeker
	if good != "" {
		old = strings.NewReader(good)
	}
	var out bytes.Buffer
	answer, err = c.Fetch(ctx, old, &out)
	return out.String(), answer, err
}

func mustFetch(t *testing.T, c *transfer.Client, good string) (string, transfer.Answer) {
	t.Helper()
	text, answer, err := fetch(t, c, good)
	if err != nil {
		t.Fatal(err)
	}
	return text, answer
}

func TestChangesAndTheWholeZoneAreTheSameText(t *testing.T) {
	f := func(what string, start func(testing.TB, string, string, ...netip.AddrPort) *testserver.Primary, names int) {
		t.Run(what, func(t *testing.T) {
			primary := start(t, origin, zoneText(names))
			c := client(t, primary.Addr, rightSecret)
			text, answer := mustFetch(t, c, "")
			if got := strings.Count(text, "CNAME"); got != names || answer.SOA.Refresh != 3600 {
				t.Fatalf("%d names, SOA %+v, want %d names", got, answer.SOA, names)
			}
			if _, answer := mustFetch(t, c, text); !answer.Unchanged {
				t.Error("a zone that is the same came again")
			}
			for i := range 10 {
				primary.Update([]string{blocks(fmt.Sprintf("game-%d", i))}, []string{blocks(fmt.Sprintf("new-%d", i)), blocks("tram-" + fmt.Sprint(i))})
				if i%3 == 0 { // else two or three steps at once
					next, answer := mustFetch(t, c, text)
					if answer.Changes == 0 {
						t.Errorf("step %d came as a whole zone", i)
					}
					text = next
				}
			}
			whole, _ := mustFetch(t, c, "")
			if text != whole {
				t.Errorf("the changes led to another zone: %d octets, want %d", len(text), len(whole))
			}
		})
	}
	f("named", testserver.StartNamedPrimary, 20_000)
	f("knotd", testserver.StartKnotPrimary, 20_000)
}

func TestACopyThatDoesNotFitIsReplacedByTheWholeZone(t *testing.T) {
	primary := testserver.StartNamedPrimary(t, origin, zoneText(100))
	c := client(t, primary.Addr, rightSecret)
	text, _ := mustFetch(t, c, "")
	primary.Update([]string{blocks("game-7")}, []string{blocks("new")})
	whole, _ := mustFetch(t, c, "")

	f := func(what, good string) {
		t.Helper()
		got, answer := mustFetch(t, c, good)
		if got != whole || answer.Changes != 0 {
			t.Errorf("%s: %d octets with %d changes, want the %d of the whole zone", what, len(got), answer.Changes, len(whole))
		}
	}
	lines := strings.SplitAfter(text, "\n")
	without := func(name string) (rest string) {
		for _, line := range lines {
			if !strings.HasPrefix(line, name+".example.") {
				rest += line
			}
		}
		return rest
	}
	f("what goes is not there", without("game-7"))
	there := "new.example.rpz.example.\t60\tIN\tCNAME\t.\n"
	f("what comes is there", strings.Replace(text, "rpz.example.\t60\tIN\tNS", there+"rpz.example.\t60\tIN\tNS", 1))
	f("the copy is not in order", text+there)
	f("another zone", strings.ReplaceAll(text, "rpz.example.", "other.example."))
	f("no zone at all", "0.0.0.0 bet.example\n")
	f("a serial of which the primary knows no changes", strings.Replace(text, "nobody.example. 1 ", "nobody.example. 4294967290 ", 1))
}

func TestWithAKeyNothingElseIsTaken(t *testing.T) {
	primary := testserver.StartNamedPrimary(t, origin, zoneText(10))
	f := func(what string, c *transfer.Client, want error) {
		t.Helper()
		if text, _, err := fetch(t, c, ""); !errors.Is(err, want) || text != "" {
			t.Errorf("%s: error %v, want %v; wrote %q", what, err, want, text)
		}
	}
	f("the wrong secret", client(t, primary.Addr, wrongSecret), transfer.ErrSignature)
	f("no key where one is needed", client(t, primary.Addr, ""), transfer.ErrRefused)
	unsigned := testserver.StartNamed(t, origin, zoneText(10))
	f("a primary that knows no key", client(t, unsigned.Addr, rightSecret), transfer.ErrSignature)
	if text, _ := mustFetch(t, client(t, unsigned.Addr, ""), ""); strings.Count(text, "CNAME") != 10 {
		t.Errorf("without a key: %q", text)
	}
}

func TestAPrimaryMaySignSomeOfItsMessages(t *testing.T) {
	primary := testserver.StartNSDPrimary(t, origin, zoneText(60_000))
	text, _ := mustFetch(t, client(t, primary.Addr, rightSecret), "")
	if got := strings.Count(text, "CNAME"); got != 60_000 {
		t.Errorf("%d names", got)
	}
	if _, _, err := fetch(t, client(t, primary.Addr, wrongSecret), ""); !errors.Is(err, transfer.ErrSignature) {
		t.Errorf("the wrong secret: %v", err)
	}
}

func TestAZoneMayNotBeLargerThanAllowed(t *testing.T) {
	primary := testserver.StartNamedPrimary(t, origin, zoneText(1000))
	c := client(t, primary.Addr, rightSecret)
	text, _ := mustFetch(t, c, "")
	c.MaxBytes = int64(len(text))
	mustFetch(t, c, "")
	c.MaxBytes--
	if _, _, err := fetch(t, c, ""); !errors.Is(err, transfer.ErrTooLarge) {
		t.Errorf("one octet over the limit: %v", err)
	}
}

func TestAnAddressNamesAPrimaryAndAZone(t *testing.T) {
	f := func(address string, want transfer.Zone) {
		t.Helper()
		got, err := transfer.Parse(address)
		if got != want || (err == nil) != (want != transfer.Zone{}) {
			t.Errorf("%s: %+v %v, want %+v", address, got, err, want)
		}
	}
	f("axfr://ns.example/RPZ.example", transfer.Zone{Host: "ns.example", Port: "53", Name: "rpz.example."})
	f("axfr://192.0.2.1:5353/rpz.example.", transfer.Zone{Host: "192.0.2.1", Port: "5353", Name: "rpz.example."})
	f("axfr://[2001:db8::1]/rpz", transfer.Zone{Host: "2001:db8::1", Port: "53", Name: "rpz."})
	f("axfr://ns.example", transfer.Zone{})
	f("axfr:///rpz.example", transfer.Zone{})
	f("axfr://ns.example/a/b", transfer.Zone{})
	f("axfr://u:p@ns.example/rpz.example", transfer.Zone{})
	f("https://ns.example/rpz.example", transfer.Zone{})
}
