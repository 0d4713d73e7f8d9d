package cookie_test

import (
	"bytes"
	"encoding/hex"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"lachan/resolver/cookie"
)

func octets(t testing.TB, digits string) []byte {
	t.Helper()
	b, err := hex.DecodeString(digits)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func secrets(t testing.TB, lines ...string) cookie.Secrets {
	t.Helper()
	s, err := cookie.Parse([]byte(strings.Join(lines, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The examples of RFC 9018 appendix A.
func TestCookiesAreThoseOfTheStandard(t *testing.T) {
	f := func(secret, client string, at int64, want string) {
		t.Helper()
		s, addr := secrets(t, secret), netip.MustParseAddr(client)
		got := s.Append(nil, octets(t, want)[:cookie.ClientSize], addr, time.Unix(at, 0))
		if hex.EncodeToString(got) != want {
			t.Errorf("%x, want %s", got, want)
		}
		if !s.Verify(got, addr, time.Unix(at, 0)) {
			t.Errorf("%x is not right", got)
		}
	}
	const first, second = "e5e973e5a6b2a43f48e7dc849e37bfcf", "445536bcd2513298075a5d379663c962"
	f(first, "198.51.100.100", 1559731985, "2464c4abcf10c957010000005cf79f111f8130c3eee29480")
	f(first, "::ffff:198.51.100.100", 1559734385, "2464c4abcf10c957010000005cf7a871d4a564a1442aca77")
	f(first, "203.0.113.203", 1559734700, "fc93fc62807ddb86010000005cf7a9acf73a7810aca2381e")
	f(second, "2001:db8:220:1:59de:d0f4:8769:82b8", 1559741961, "22681ab97d52c298010000005cf7c609a6bb79d16625507a")
}

func TestACookieIsRightForAnHourAtOneAddress(t *testing.T) {
	s := secrets(t, "445536bcd2513298075a5d379663c962", "dd3bdf9344b678b185a6f5cb60fca715")
	const made = 1559741817
	f := func(what, option, client string, at int64, want bool) {
		t.Helper()
		if got := s.Verify(octets(t, option), netip.MustParseAddr(client), time.Unix(at, 0)); got != want {
			t.Errorf("%s: %v", what, got)
		}
	}
	const client, option = "2001:db8:220:1:59de:d0f4:8769:82b8", "22681ab97d52c298010000005cf7c57926556bd0934c72f8"
	f("made with the last secret", option, client, made+144, true)
	f("after an hour", option, client, made+3600, true)
	f("after more than an hour", option, client, made+3601, false)
	f("made by a clock that is ahead", option, client, made-300, true)
	f("made in the future", option, client, made-301, false)
	f("another address", option, "2001:db8:220:1:59de:d0f4:8769:82b9", made, false)
	f("another client's", "3"+option[1:], client, made, false)
	f("another version", strings.Replace(option, "01000000", "02000000", 1), client, made, false)
	f("another time", strings.Replace(option, "5cf7c579", "5cf7c57a", 1), client, made, false)
	f("another sum", option[:47]+"9", client, made, false)
	f("a client's alone", option[:16], client, made, false)
	f("a longer one", option+"00", client, made, false)

	s = secrets(t, "e5e973e5a6b2a43f48e7dc849e37bfcf")
	f("with what is reserved", "fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5", "203.0.113.203", 1559727985, true)
}

func TestTheSizeOfACookieIsThatOfTheStandard(t *testing.T) {
	good := []int{8}
	for n := 16; n <= 40; n++ {
		good = append(good, n)
	}
	for n := range 64 {
		if got := cookie.WellFormed(make([]byte, n)); got != slices.Contains(good, n) {
			t.Errorf("%d octets: %v", n, got)
		}
	}
}

func TestCookiesAllocateNothing(t *testing.T) {
	s, addr, now := secrets(t, strings.Repeat("01", 16)), netip.MustParseAddr("2001:db8::1"), time.Now()
	option, room := make([]byte, cookie.ClientSize), make([]byte, 0, cookie.Size)
	valid := true
	n := testing.AllocsPerRun(100, func() { valid = s.Verify(s.Append(room, option, addr, now), addr, now) && valid })
	if n != 0 || !valid {
		t.Errorf("%v allocations, valid %v", n, valid)
	}
}

func TestSecretsAreReadAndRenewed(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		if _, err := cookie.Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	f("", "there is none")
	f("# none\n", "there is none")
	f("\n0102\n", "line 2 is not 32 hexadecimal digits")
	f(strings.Repeat("0g", 16), "line 1 is not 32")

	first := cookie.Secrets(nil).Renewed()
	second := first.Renewed()
	third := second.Renewed()
	if len(first) != 1 || len(second) != 2 || second[1] != first[0] || len(third) != 2 || third[1] != second[0] || third[0] == second[0] {
		t.Errorf("%x, %x, %x", first, second, third)
	}
	if again := secrets(t, string(third.Text())); !slices.Equal(again, third) {
		t.Errorf("%x, want %x", again, third)
	}
}

// FuzzVerify: any option has a verdict, and one that is right is what Append
// makes at its time, but for the bytes that are reserved.
func FuzzVerify(f *testing.F) {
	s, addr := secrets(f, "e5e973e5a6b2a43f48e7dc849e37bfcf"), netip.MustParseAddr("198.51.100.100")
	f.Add(octets(f, "2464c4abcf10c957010000005cf79f111f8130c3eee29480"), uint32(1559731985))
	f.Add([]byte{}, uint32(0))
	f.Fuzz(func(t *testing.T, option []byte, at uint32) {
		if !s.Verify(option, addr, time.Unix(int64(at), 0)) {
			return
		}
		made := time.Unix(int64(uint32(option[12])<<24|uint32(option[13])<<16|uint32(option[14])<<8|uint32(option[15])), 0)
		if again := s.Append(nil, option, addr, made); bytes.Equal(option[9:12], []byte{0, 0, 0}) && !bytes.Equal(again, option) {
			t.Fatalf("%x is right, %x is made", option, again)
		}
	})
}

// FuzzParse: secrets that can be read are read again as they are written.
func FuzzParse(f *testing.F) {
	f.Add([]byte("# a fleet's\n445536bcd2513298075a5d379663c962\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := cookie.Parse(text)
		if err != nil {
			return
		}
		if again, err := cookie.Parse(s.Text()); err != nil || !slices.Equal(again, s) {
			t.Fatalf("%x, %v; want %x", again, err, s)
		}
	})
}
