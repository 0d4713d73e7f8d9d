package radius

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"lachan/resolver/sessions"
)

var noon = time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)

// A diary is a book to which things happen, minute by minute, and the table that follows it.
type diary struct {
	t     *testing.T
	book  *book
	table sessions.Table
}

func newDiary(t *testing.T) *diary {
	d := &diary{t: t, book: newBook()}
	d.book.most, d.book.silent = 100, 25*time.Minute
	return d
}

func (d *diary) follow(t turn) { d.table.Apply(t.changes) }

func addresses(texts ...string) (list []netip.Prefix) {
	for _, text := range texts {
		if !strings.Contains(text, "/") {
			a := netip.MustParseAddr(text)
			text = fmt.Sprintf("%s/%d", a, a.BitLen())
		}
		list = append(list, netip.MustParsePrefix(text))
	}
	return list
}

func named(server, session string) key { return key{digest(server), digest(session)} }

func minutes(n float64) time.Time { return noon.Add(time.Duration(n * float64(time.Minute))) }

// start, interim and stop are what a server says of a session in a minute.
func (d *diary) start(minute float64, session, unit string, at ...string) {
	r := report{what: goesOn, key: named("bras", session), prefixes: addresses(at...), at: minutes(minute), began: minutes(minute)}
	d.follow(d.book.take(&r, unit, minutes(minute)))
}

func (d *diary) interim(minute, lasted float64, session, unit string, at ...string) {
	r := report{what: goesOn, key: named("bras", session), prefixes: addresses(at...), at: minutes(minute)}
	if lasted >= 0 {
		r.began = minutes(minute - lasted)
	}
	d.follow(d.book.take(&r, unit, minutes(minute)))
}

func (d *diary) stop(minute float64, session string) {
	r := report{what: ended, key: named("bras", session), at: minutes(minute)}
	d.follow(d.book.take(&r, "", minutes(minute)))
}

// of says whose an address is: "" nobody's.
func (d *diary) of(address, want string) {
	d.t.Helper()
	if unit, _ := d.table.UnitOf(netip.MustParseAddr(address)); unit != want {
		d.t.Errorf("%s is of %q, want %q", address, unit, want)
	}
	var fresh sessions.Table // a resolve that is started now
	fresh.Replace(d.book.all())
	if unit, _ := fresh.UnitOf(netip.MustParseAddr(address)); unit != want {
		d.t.Errorf("to one that is started anew %s is of %q, want %q", address, unit, want)
	}
}

func TestAnAddressIsAUnitsFromStartToStop(t *testing.T) {
	d := newDiary(t)
	d.of("198.51.100.7", "")
	d.start(0, "1", "th-mot", "198.51.100.7", "2001:db8:7::/56")
	d.of("198.51.100.7", "th-mot")
	d.of("2001:db8:7:ff::1", "th-mot")
	d.of("2001:db8:7:100::1", "")
	d.stop(5, "1")
	d.of("198.51.100.7", "")
	d.of("2001:db8:7:ff::1", "")
}

// A session whose Start was lost counts from the first that is heard of it.
func TestAnInterimWithoutAStartCounts(t *testing.T) {
	d := newDiary(t)
	d.interim(0, 600, "1", "th-mot", "198.51.100.7")
	d.of("198.51.100.7", "th-mot")
	d.interim(10, -1, "2", "th-hai", "198.51.100.8")
	d.of("198.51.100.8", "th-hai")
}

// What is late of a session that has ended brings it not back; a new session of the same
// number, after the access server was started anew, does.
func TestWhatIsLateBringsNothingBack(t *testing.T) {
	d := newDiary(t)
	d.start(0, "1", "th-mot", "198.51.100.7")
	d.stop(5, "1")
	d.interim(6, 6, "1", "th-mot", "198.51.100.7")
	d.of("198.51.100.7", "")
	d.interim(7, -1, "1", "th-mot", "198.51.100.7")
	d.of("198.51.100.7", "")
	if d.book.late != 2 {
		t.Errorf("%d late reports are counted", d.book.late)
	}
	d.start(8, "1", "th-hai", "198.51.100.7")
	d.of("198.51.100.7", "th-hai")
	d.stop(4, "1") // of the one before, sent again
	d.of("198.51.100.7", "th-hai")
	d.stop(20, "2") // overtook its Start
	d.start(19, "2", "th-ba", "198.51.100.8")
	d.of("198.51.100.8", "")
}

// An address that somebody else has now is that one's, whatever is late of who had it.
func TestTheSessionThatBeganLastHasTheAddress(t *testing.T) {
	d := newDiary(t)
	d.start(0, "1", "th-mot", "198.51.100.7", "198.51.100.9")
	d.start(5, "2", "th-hai", "198.51.100.7") // the Stop of 1 was lost
	d.of("198.51.100.7", "th-hai")
	d.of("198.51.100.9", "th-mot")
	d.interim(6, 6, "1", "th-mot", "198.51.100.7", "198.51.100.9")
	d.interim(6, -1, "1", "th-mot", "198.51.100.7", "198.51.100.9")
	d.of("198.51.100.7", "th-hai")
	d.stop(7, "1")
	d.of("198.51.100.7", "th-hai")
	d.of("198.51.100.9", "")
	d.start(8, "3", "", "198.51.100.7") // no school
	d.of("198.51.100.7", "")
}

func TestASessionMayGetAnotherAddressAndAnotherUnit(t *testing.T) {
	d := newDiary(t)
	d.start(0, "1", "th-mot") // the address comes later
	d.interim(1, 1, "1", "th-mot", "198.51.100.7")
	d.interim(2, 2, "1", "th-mot", "2001:db8:7::/64")
	d.of("198.51.100.7", "th-mot")
	d.of("2001:db8:7::1", "th-mot")
	d.interim(3, 3, "1", "th-mot", "198.51.100.8")
	d.of("198.51.100.7", "")
	d.of("198.51.100.8", "th-mot")
	d.of("2001:db8:7::1", "th-mot")
	d.interim(4, 4, "1", "th-hai") // the policy gives the line to another school
	d.of("198.51.100.8", "th-hai")
	d.of("2001:db8:7::1", "th-hai")
}

func TestAnAccessServerThatStartsAnewHasNoSessions(t *testing.T) {
	d := newDiary(t)
	d.start(0, "1", "th-mot", "198.51.100.7")
	d.start(0, "2", "th-hai", "198.51.100.8")
	other := report{what: goesOn, key: named("bras-2", "1"), prefixes: addresses("198.51.100.9"), at: noon, began: noon}
	d.follow(d.book.take(&other, "th-ba", noon))
	d.start(9, "3", "th-tu", "198.51.100.10") // overtook what follows
	on := report{what: serverOn, key: named("bras", ""), at: minutes(8)}
	d.follow(d.book.take(&on, "", minutes(9)))
	d.of("198.51.100.7", "")
	d.of("198.51.100.8", "")
	d.of("198.51.100.9", "th-ba")
	d.of("198.51.100.10", "th-tu")
}

func TestASessionThatNothingIsHeardOfIsOver(t *testing.T) {
	d := newDiary(t)
	d.start(0, "1", "th-mot", "198.51.100.7")
	d.start(0, "2", "th-hai", "198.51.100.8")
	d.interim(20, 20, "2", "th-hai", "198.51.100.8")
	d.stop(20, "3")
	d.follow(d.book.expire(minutes(24.9)))
	d.of("198.51.100.7", "th-mot")
	d.follow(d.book.expire(minutes(25)))
	d.of("198.51.100.7", "")
	d.of("198.51.100.8", "th-hai")
	if d.book.count != 2 || d.book.going() != 1 {
		t.Errorf("%d sessions are kept, %d go on", d.book.count, d.book.going())
	}
	d.follow(d.book.expire(minutes(45)))
	if d.of("198.51.100.8", ""); d.book.count != 0 || len(d.book.owners) != 0 || len(d.book.sessions) != 0 {
		t.Errorf("%d sessions, %d addresses, %d servers stay", d.book.count, len(d.book.owners), len(d.book.sessions))
	}
}

// There is a bound. Who comes beyond it is nobody, and not whoever had the address before.
func TestThereAreSoManySessionsAndNoMore(t *testing.T) {
	d := newDiary(t)
	d.book.most = 2
	d.start(0, "1", "th-mot", "198.51.100.7")
	d.start(0, "2", "th-hai", "198.51.100.8")
	d.start(1, "3", "th-ba", "198.51.100.7")
	d.of("198.51.100.7", "")
	d.of("198.51.100.8", "th-hai")
	if d.stop(2, "4"); d.book.count != 2 || d.book.full != 1 {
		t.Errorf("%d sessions, %d without room", d.book.count, d.book.full)
	}
}

// An access server that goes down with all its customers costs no more than they do.
func TestManySessionsEndAtOnce(t *testing.T) {
	d := newDiary(t)
	const all = 50_000
	d.book.most = all
	for i := range all {
		d.start(0, fmt.Sprint(i), "th-mot", fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255))
	}
	on := report{what: serverOn, key: named("bras", ""), at: minutes(8)}
	ended := d.book.take(&on, "", minutes(9))
	if d.follow(ended); len(ended.changes) != all || len(ended.touched) != all {
		t.Errorf("%d addresses of %d sessions are free", len(ended.changes), len(ended.touched))
	}
	d.of("10.0.1.2", "")
}

// What follows is the same whatever the book was told: nothing that was left out, nothing
// that stays behind.
func FuzzBook(f *testing.F) {
	f.Add([]byte{0, 1, 1, 0, 16, 1, 1, 5, 1, 2, 1, 9, 32, 1, 0, 12})
	f.Add([]byte{0, 1, 1, 0, 0, 2, 1, 1, 48, 0, 0, 2, 16, 2, 1, 3})
	f.Fuzz(func(t *testing.T, text []byte) {
		b, table := newBook(), sessions.Table{}
		b.most, b.silent = 4, 20*time.Minute
		now := noon
		for ; len(text) >= 4; text = text[4:] {
			now = now.Add(time.Duration(text[3]&31) * time.Minute)
			r := report{
				what: accounting(text[0] >> 4 & 3), key: named("bras", fmt.Sprint(text[1]&7)), at: now.Add(-time.Duration(text[3]>>5) * time.Minute),
				prefixes: addresses("198.51.100."+fmt.Sprint(text[2]&3), fmt.Sprintf("2001:db8:%d::/%d", text[2]>>2&3, 48+text[2]>>4))[:text[0]&3%3],
			}
			if text[0]&8 != 0 {
				r.began = r.at.Add(-time.Duration(text[0]&7) * time.Minute)
			}
			unit := []string{"", "th-mot", "th-hai"}[text[1]>>3%3]
			table.Apply(b.take(&r, unit, now).changes)
			table.Apply(b.expire(now).changes)
			owned := 0
			for _, of := range b.sessions {
				for _, s := range of {
					for _, p := range s.prefixes {
						if owned++; b.owners[p] != s {
							t.Fatalf("%s is another session's", p)
						}
					}
				}
			}
			if owned != len(b.owners) || b.count > b.most {
				t.Fatalf("%d addresses of %d, %d sessions", owned, len(b.owners), b.count)
			}
			for p, s := range b.owners {
				if unit, _ := table.UnitOf(p.Addr()); unit != s.unit && !slices.ContainsFunc(b.all(), func(c sessions.Change) bool {
					return c.Prefix != p && c.Prefix.Contains(p.Addr())
				}) {
					t.Fatalf("%s is of %q, and %q for those who answer", p, s.unit, unit)
				}
			}
		}
	})
}
