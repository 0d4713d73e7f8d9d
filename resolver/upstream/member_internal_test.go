package upstream

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/resolver/dnswire"
)

// replies are what a server says, one after the other, and for ever the last.
type replies struct {
	list [][]byte
	errs []error
	sent [][]byte
}

func (r *replies) Exchange(_ context.Context, query, _ []byte) ([]byte, error) {
	at := min(len(r.sent), len(r.list)-1)
	r.sent = append(r.sent, append([]byte(nil), query...))
	return r.list[at], r.errs[at]
}

// A server that does not know EDNS is asked again without it, once; a header alone that
// says FORMERR is no reply.
func TestAServerThatDoesNotKnowEDNS(t *testing.T) {
	pack := func(m *dns.Msg) []byte {
		t.Helper()
		packed, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		return packed
	}
	plain := new(dns.Msg).SetQuestion("a.example.", dns.TypeA)
	withOPT := plain.Copy().SetEdns0(1232, false)
	good := pack(new(dns.Msg).SetReply(plain))
	formErr := pack(new(dns.Msg).SetRcode(plain, dns.RcodeFormatError))
	bare := append([]byte(nil), formErr[:dnswire.HeaderSize]...)
	bare[5] = 0 // without a question
	for _, c := range []struct {
		what  string
		query *dns.Msg
		says  [][]byte
		asked int
		want  []byte // nil: an error
	}{
		{"a good reply", withOPT, [][]byte{good}, 1, good},
		{"FORMERR, then a good reply", withOPT, [][]byte{formErr, good}, 2, good},
		{"FORMERR alone, then a good reply", withOPT, [][]byte{bare, good}, 2, good},
		{"FORMERR twice", withOPT, [][]byte{formErr, formErr}, 2, formErr},
		{"FORMERR alone twice", withOPT, [][]byte{bare, bare}, 2, nil},
		{"FORMERR for what had no EDNS", plain, [][]byte{formErr}, 1, formErr},
		{"FORMERR alone for what had no EDNS", plain, [][]byte{bare}, 1, nil},
	} {
		server := &replies{list: c.says, errs: make([]error, len(c.says))}
		got, err := NewMember("a", server).exchange(t.Context(), pack(c.query), nil)
		if string(got) != string(c.want) || (err == nil) != (c.want != nil) || err != nil && !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %x, %v; want %x", c.what, got, err, c.want)
		}
		if len(server.sent) != c.asked || c.asked == 2 && string(server.sent[1]) != string(pack(plain)) {
			t.Errorf("%s: asked %x", c.what, server.sent)
		}
	}
}

// What this host lacks is counted, and is no fault of the server.
func TestAShortageOfThisHostIsNoFaultOfTheServer(t *testing.T) {
	for _, lack := range []syscall.Errno{syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM, syscall.ENOBUFS, syscall.EADDRNOTAVAIL} {
		server := &replies{list: [][]byte{nil}, errs: []error{fmt.Errorf("ask: %w", os.NewSyscallError("socket", lack))}}
		m := NewMember("a", server)
		const times = 2 * downAfter
		for range times {
			if _, err := m.exchange(t.Context(), nil, nil); !errors.Is(err, lack) {
				t.Error(err)
			}
		}
		if got := m.failures[Network].Load(); got != times || m.down.Load() || m.failing.value() != 0 {
			t.Errorf("%v: %d failures of the network after %d, out of use %v, failing %v", lack, got, times, m.down.Load(), m.failing.value())
		}
	}
}

// The word of a server that an answer was validated goes no further if it is doubted, and
// that of others in the same group does.
func TestTheWordOfAServerThatIsDoubtedGoesNoFurther(t *testing.T) {
	query := new(dns.Msg).SetQuestion("a.example.", dns.TypeA)
	reply := new(dns.Msg).SetReply(query)
	reply.AuthenticatedData = true
	packed, err := query.Pack()
	if err != nil {
		t.Fatal(err)
	}
	for _, strategy := range []Strategy{Ordered, Parallel} {
		for _, doubted := range []bool{true, false} {
			text, err := reply.Pack()
			if err != nil {
				t.Fatal(err)
			}
			m := NewMember("a", &replies{list: [][]byte{text}, errs: []error{nil}})
			m.Doubt(doubted)
			got, err := NewGroup(strategy, time.Second, m).Exchange(t.Context(), packed, nil)
			if ad := err == nil && got[3]&dnswire.FlagAD != 0; err != nil || ad == doubted {
				t.Errorf("doubted %v: AD is %v, %v", doubted, ad, err)
			}
		}
	}
}
