package upstream_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"lachan/blocklist/domain"
	"lachan/resolver/upstream"
)

func zoneGroup(names ...string) *upstream.Group {
	var members []*upstream.Member
	for _, name := range names {
		members = append(members, upstream.NewMember(name, &scripted{}))
	}
	return upstream.NewGroup(upstream.Ordered, time.Second, members...)
}

func nameOf(t testing.TB, text string) *domain.Name {
	t.Helper()
	var name domain.Name
	if err := name.SetText(text); err != nil {
		t.Fatal(err)
	}
	return &name
}

func TestLongestZoneIsAsked(t *testing.T) {
	general, school, lab, reverse := zoneGroup("g"), zoneGroup("s"), zoneGroup("l"), zoneGroup("r")
	zones, err := upstream.NewZones(general, map[string]*upstream.Group{
		"Truong.LAN.":     school,
		"lab.truong.lan":  lab,
		"10.in-addr.arpa": reverse,
	})
	if err != nil {
		t.Fatal(err)
	}
	f := func(name string, want *upstream.Group) {
		t.Helper()
		got, own := zones.For(nameOf(t, name))
		if got != want || own != (want != general) {
			t.Errorf("%s: %v, own %t", name, got.Stats(), own)
		}
	}
	f("truong.lan", school)
	f("may-in.truong.lan", school)
	f("a.b.c.truong.lan", school)
	f("lab.truong.lan", lab)
	f("x.lab.truong.lan", lab)
	f("collab.truong.lan", school) // a suffix of letters is not a suffix of labels
	f("1.0.0.10.in-addr.arpa", reverse)
	f("lan", general)
	f("vitruong.lan", general)
	f("truong.lan.example", general)
	if got, own := zones.For(new(domain.Name)); got != general || own {
		t.Error("the root is in a zone")
	}
}

func TestChoosingAZoneDoesNotAllocate(t *testing.T) {
	zones, err := upstream.NewZones(zoneGroup("g"), map[string]*upstream.Group{"truong.lan": zoneGroup("s")})
	if err != nil {
		t.Fatal(err)
	}
	inside, outside := nameOf(t, "may-in.truong.lan"), nameOf(t, "www.hoc.example")
	if n := testing.AllocsPerRun(100, func() { zones.For(inside); zones.For(outside) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestZonesThatAreMistakes(t *testing.T) {
	f := func(names ...string) {
		t.Helper()
		groups := map[string]*upstream.Group{}
		for _, name := range names {
			groups[name] = zoneGroup("s")
		}
		_, err := upstream.NewZones(zoneGroup("g"), groups)
		var mistake *upstream.ConfigError
		if !errors.As(err, &mistake) || mistake.Text.VI == mistake.Text.EN {
			t.Errorf("%q: %v", names, err)
		}
	}
	f("")
	f(".")
	f("truong..lan")
	f("10.0.0.1")
	f("truong lan")
	f("truong.lan", "TRUONG.lan.")
}

func TestZonesCountEachMemberOnce(t *testing.T) {
	shared := upstream.NewMember("shared", &scripted{})
	one := upstream.NewGroup(upstream.Ordered, time.Second, shared, upstream.NewMember("one", &scripted{}))
	two := upstream.NewGroup(upstream.Ordered, time.Second, upstream.NewMember("two", &scripted{}), shared)
	zones, err := upstream.NewZones(one, map[string]*upstream.Group{"truong.lan": two})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range zones.Stats() {
		names = append(names, s.Name)
	}
	if !slices.Equal(names, []string{"shared", "one", "two"}) {
		t.Error(names)
	}
}

func TestReloadKeepsWhatIsKnownOfAServer(t *testing.T) {
	parse := func(text string) upstream.Server {
		s, err := upstream.ParseServer(text)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	old := upstream.Bootstrap(nil).Open(loops, []upstream.Server{parse("192.0.2.1"), parse("192.0.2.2")})
	now := upstream.Bootstrap(nil).Open(loops, []upstream.Server{parse("192.0.2.3"), parse("192.0.2.2:53"), parse("tcp://192.0.2.1")}, old...)
	if now[1] != old[1] || slices.Contains(old, now[0]) || slices.Contains(old, now[2]) {
		t.Errorf("%v, then %v", old, now)
	}
}
