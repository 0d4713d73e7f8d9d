package dnswire_test

import (
	"testing"

	"github.com/miekg/dns"

	"lachan/resolver/dnswire"
)

// A record is about the question however its owner is written: by a pointer, spelled
// out in letters of either case, or partly so.
func TestAnOwnerIsTheNameOfTheQuestionHoweverItIsWritten(t *testing.T) {
	f := func(what, owner string, want bool) {
		t.Helper()
		msg := pack(t, query("www.lesson.example.", dns.TypeA))
		msg[7] = 1
		msg = append(msg, owner...)
		msg = append(msg, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1)
		var w dnswire.Walker
		var r dnswire.Record
		if w.Start(msg) != nil || !w.Next(&r) {
			t.Fatalf("%s: cannot be read", what)
		}
		if got := r.IsOfQuestion(msg); got != want {
			t.Errorf("%s: %t", what, got)
		}
	}
	f("a pointer", "\xc0\x0c", true)
	f("spelled out", "\x03www\x06lesson\x07example\x00", true)
	f("in upper case", "\x03WWW\x06lEsSoN\x07EXAMPLE\x00", true)
	f("partly", "\x03www\xc0\x10", true)
	f("another name", "\x03www\x06lessom\x07example\x00", false)
	f("a name above", "\x06lesson\x07example\x00", false)
	f("a pointer to a name above", "\xc0\x10", false)
	f("a name below", "\x01a\x03www\x06lesson\x07example\x00", false)
	f("a longer label", "\x04wwww\x06lesson\x07example\x00", false)
	f("a shorter name", "\x03www\x06lesson\x00", false)
	f("the root", "\x00", false)
	if r := (dnswire.Record{Owner: 17}); r.IsOfQuestion([]byte("............\x03www\x00\x03ww")) || r.IsOfQuestion([]byte("............\x03www\x00\x03www")) {
		t.Error("a name that the message ends in")
	}
	if r := (dnswire.Record{Owner: 17}); r.IsOfQuestion([]byte("............\x03www\x00\xc0")) {
		t.Error("half of a pointer, in which the message ends")
	}
	f("what differs by 0x20 alone, and is no letter", "\x03ww\x57\x06lesson\x07example\x00", true)
	f("likewise", "\x03ww\x17\x06lesson\x07example\x00", false)
}
