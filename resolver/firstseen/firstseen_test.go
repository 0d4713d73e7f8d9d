package firstseen_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
	"time"

	"lachan/blocklist/domain"
	"lachan/resolver/firstseen"
)

var began = time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)

func name(t testing.TB, text string) *domain.Name {
	t.Helper()
	n := new(domain.Name)
	if err := n.SetText(text); err != nil {
		t.Fatal(err)
	}
	return n
}

func learned(t testing.TB) (f *firstseen.Filter, now time.Time) {
	t.Helper()
	f = firstseen.New([16]byte{1, 2, 3}, began)
	if _, first := f.First(name(t, "www.known.example"), began); first {
		t.Error("a filter that learns takes a domain for new")
	}
	return f, began.Add(firstseen.Learns)
}

func TestADomainIsNewForTenMinutes(t *testing.T) {
	f, now := learned(t)
	is := func(text string, after time.Duration, want bool) {
		t.Helper()
		until, got := f.First(name(t, text), now.Add(after))
		if got != want || got && !until.Equal(now.Add(firstseen.FreshFor)) {
			t.Errorf("%s after %s: new %v until %s", text, after, got, until)
		}
	}
	is("www.known.example", 0, false)
	is("other.known.example", 0, false) // a domain is known, with all below it
	is("www.new.example", 0, true)
	is("new.example", time.Minute, true)
	is("www.new.example", firstseen.FreshFor-1, true)
	is("www.new.example", firstseen.FreshFor, false)
	is("www.new.example", 1000*time.Hour, false)
	is("example", 0, false)
	is("4.3.2.1.in-addr.arpa", 0, false)
}

func TestItIsKeptAcrossARestart(t *testing.T) {
	f, now := learned(t)
	f.First(name(t, "new.example"), now)
	image, added := f.Image()
	if added != 2 {
		t.Errorf("%d domains have come new, want 2", added)
	}
	if bytes.Contains(image, []byte("known")) {
		t.Error("a name is in it")
	}
	again, err := firstseen.Read(image, now)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{"known.example": false, "new.example": false, "another.example": true} {
		if _, first := again.First(name(t, text), now); first != want {
			t.Errorf("%s is new: %v, want %v", text, first, want)
		}
	}
	for _, damaged := range [][]byte{nil, image[1:], image[:len(image)-1], append(bytes.Clone(image[:100]), image...), flipped(image, 9), flipped(image, 27), flipped(image, 500_000)} {
		if _, err := firstseen.Read(damaged, now); !errors.Is(err, firstseen.ErrDamaged) {
			t.Errorf("%d bytes: %v", len(damaged), err)
		}
	}
}

func flipped(image []byte, at int) []byte {
	image = bytes.Clone(image)
	image[at] ^= 4
	return image
}

// TestManyDomainsTakeNoMoreRoom: a million new domains go through a filter; what is asked for
// meanwhile stays known, and nearly all that is new is told.
func TestManyDomainsTakeNoMoreRoom(t *testing.T) {
	f, now := learned(t)
	asked, taken, told := 0, 0, 0
	var n domain.Name
	for i := range 1_000_000 {
		at := now.Add(time.Duration(i) * 200 * time.Millisecond) // 3,000 are new at a time
		if err := n.SetText(fmt.Sprintf("d%d.example", i)); err != nil {
			t.Fatal(err)
		}
		if i >= 800_000 {
			asked++
		}
		if _, first := f.First(&n, at); !first && i >= 800_000 {
			taken++
		} else if first {
			told++
		}
		if i%1000 == 0 {
			if _, first := f.First(name(t, "known.example"), at); first {
				t.Fatalf("a domain that is asked for is new again after %d others", i)
			}
		}
	}
	t.Logf("of %d new domains %d are taken for known; %d were told", asked, taken, told)
	if taken*100 > asked*2 {
		t.Errorf("of %d new domains %d are taken for known, want one in fifty", asked, taken)
	}
	image, _ := f.Image()
	if len(image) > 1<<20+64 {
		t.Errorf("%d bytes", len(image))
	}
}

// TestAFloodOfNewDomainsMakesNothingKnown: who asks for names at random makes no domain known before
// its time, nor the filter forget others, and what is new meanwhile is so until there is room.
func TestAFloodOfNewDomainsMakesNothingKnown(t *testing.T) {
	f, now := learned(t)
	is := func(text string, after time.Duration, want bool) {
		t.Helper()
		if _, got := f.First(name(t, text), now.Add(after)); got != want {
			t.Errorf("%s is new after %s: %v", text, after, got)
		}
	}
	is("evil.example", 0, true)
	for i := range 500_000 {
		f.First(name(t, fmt.Sprintf("d%d.example", i)), now.Add(time.Minute)) // one in some hundreds is taken for known
	}
	is("evil.example", 2*time.Minute, true)
	is("late.example", 2*time.Minute, true)
	if !f.Crowded() {
		t.Error("it does not say that there is no room")
	}
	is("late.example", 9*time.Minute, true)
	is("known.example", 9*time.Minute, false) // which nobody has asked for since
	is("evil.example", firstseen.FreshFor, false)
	is("late.example", firstseen.FreshFor+time.Minute+time.Second, true) // there is room from now on
	is("late.example", 2*firstseen.FreshFor+time.Minute+time.Second, false)
	if f.Crowded() {
		t.Error("it says that there is no room when there is")
	}
}

// TestAClockThatIsSetChangesNothing: within a process time passes; between two a clock may be
// anything.
func TestAClockThatIsSetChangesNothing(t *testing.T) {
	kept := func(f *firstseen.Filter, now time.Time) *firstseen.Filter {
		t.Helper()
		image, _ := f.Image()
		again, err := firstseen.Read(image, now)
		if err != nil {
			t.Fatal(err)
		}
		return again
	}
	f := func(what string, filter *firstseen.Filter, now time.Time, want bool) {
		t.Helper()
		if _, first := filter.First(name(t, "new.example"), now); first != want {
			t.Errorf("%s: new %v", what, first)
		}
	}
	filter, now := learned(t)
	filter.First(name(t, "known.example"), now)
	f("a clock that begins in 1970", kept(filter, time.Unix(9, 0)), time.Unix(9, 0), true)
	f("a week without questions", kept(filter, now.Add(7*24*time.Hour)), now.Add(7*24*time.Hour), true)
	f("a summer without questions", kept(filter, now.Add(60*24*time.Hour)), now.Add(60*24*time.Hour), false)
	begun := firstseen.New([16]byte{1}, time.Unix(9, 0)) // with the wrong clock
	begun.First(name(t, "known.example"), time.Unix(10, 0))
	f("begun in 1970, and right after a restart", kept(begun, now), now, false)
	ahead := firstseen.New([16]byte{1}, now.Add(1000*24*time.Hour))
	ahead.First(name(t, "known.example"), now.Add(1007*24*time.Hour))
	f("learned ahead of its time", kept(ahead, now), now, true)

	filter, now = learned(t)
	if _, first := filter.First(name(t, "new.example"), now); !first {
		t.Error("it has not learned")
	}
	if until, first := filter.First(name(t, "new.example"), now.Add(-time.Hour)); first && until.After(now.Add(firstseen.FreshFor+time.Hour)) {
		t.Errorf("after a clock that went back it is new until %s", until)
	}
}

func BenchmarkFirst(b *testing.B) {
	f, now := learned(b)
	n := name(b, "www.known.example")
	b.ReportAllocs()
	for b.Loop() {
		f.First(n, now)
	}
}
