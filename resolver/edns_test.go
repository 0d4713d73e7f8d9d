package resolver_test

import (
	"encoding/hex"
	"testing"

	"github.com/miekg/dns"
)

func TestTheServerSaysWhichItIsWhenAskedAndSet(t *testing.T) {
	n := newNode(t, badLists, newSource(t, lesson).addr)
	f := func(name, id string, asked bool, want string) {
		t.Helper()
		n.settings.Identity.ID = id
		n.use()
		r := n.ask(pupil, name, dns.TypeA, func(m *dns.Msg) {
			if asked {
				m.IsEdns0().Option = []dns.EDNS0{&dns.EDNS0_NSID{Code: dns.EDNS0NSID}}
			}
		})
		got := ""
		for _, o := range r.IsEdns0().Option {
			if o, ok := o.(*dns.EDNS0_NSID); ok {
				text, err := hex.DecodeString(o.Nsid)
				if err != nil {
					t.Error(err)
				}
				got = string(text)
			}
		}
		if got != want {
			t.Errorf("%s with id %q: %q, want %q", name, id, got, want)
		}
	}
	for range 2 { // from the upstream, then from memory
		f("lesson.example.", "hn-1", true, "hn-1")
	}
	f("lesson.example.", "hn-1", false, "")
	f("lesson.example.", "", true, "")
}
