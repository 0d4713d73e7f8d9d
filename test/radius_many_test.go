package test

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"
	"layeh.com/radius"
	"layeh.com/radius/rfc2865"
	"layeh.com/radius/rfc2866"
)

// A customer is one of many, each with a session of its own.
type customer int

func (c customer) address() netip.Addr {
	return netip.AddrFrom4([4]byte{127, byte(64 + int(c)>>16), byte(c >> 8), byte(c)})
}

// request is what the access server says of the customer's session.
func (c customer) request(what rfc2866.AcctStatusType) *radius.Packet {
	p := radius.New(radius.CodeAccountingRequest, []byte("between-us-two"))
	_ = rfc2866.AcctStatusType_Set(p, what)
	_ = rfc2865.NASIdentifier_SetString(p, "bras-1")
	_ = rfc2866.AcctSessionID_SetString(p, fmt.Sprint("session-", int(c)))
	_ = rfc2865.UserName_SetString(p, fmt.Sprintf("line-%d@isp.example", int(c)))
	_ = rfc2865.FramedIPAddress_Set(p, net.IP(c.address().AsSlice()))
	return p
}

// many has requests of customers sent at a pace by several sockets, each of which waits for
// its answer; then is called with each customer. It counts those without an answer.
func many(t *testing.T, server string, customers, perSecond int, what rfc2866.AcctStatusType, then func(customer)) (lost int64) {
	const sockets = 64
	var missed atomic.Int64
	var all sync.WaitGroup
	began := time.Now()
	for s := range sockets {
		conn, err := net.Dial("udp", server)
		if err != nil {
			t.Fatal(err)
		}
		all.Go(func() {
			defer conn.Close()
			answer := make([]byte, radius.MaxPacketLength)
			for i := s; i < customers; i += sockets {
				due := time.NewTimer(time.Until(began.Add(time.Duration(i) * time.Second / time.Duration(perSecond))))
				<-due.C
				raw, err := customer(i).request(what).Encode()
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = conn.Write(raw) // one that is not sent has no answer
				_ = conn.SetReadDeadline(time.Now().Add(oneReply))
				if n, err := conn.Read(answer); err != nil || !radius.IsAuthenticResponse(answer[:n], raw, []byte("between-us-two")) {
					missed.Add(1)
					continue
				}
				then(customer(i))
			}
		})
	}
	all.Wait()
	t.Logf("%d requests, %.0f a second", customers, float64(customers)/time.Since(began).Seconds())
	return missed.Load()
}

// TestManySessionsBesideManyQuestions: each request has its answer, whoever has it is known
// in the next question, and nobody else's question is lost meanwhile.
func TestManySessionsBesideManyQuestions(t *testing.T) {
	customers, perSecond := sized(100_000, 300), sized(2000, 1000)
	var policy strings.Builder
	policy.WriteString("units:\n- {id: khac, networks: [127.10.0.0/16], block: [blocked.example]}\n")
	for i := range 100 {
		fmt.Fprintf(&policy, "- id: truong-%d\n  block: [blocked.example]\n  radius_ids:\n", i)
		for j := i; j < customers || j == i; j += 100 {
			fmt.Fprintf(&policy, "  - line-%d@isp.example\n", j)
		}
	}
	p := newProcess(t, `
radius:
  listen: ["127.0.0.1:0"]
  clients: [{network: 127.0.0.1/32, secret_file: bras.key}]
`, policy.String(), startStandIn(t).addr)
	p.write("bras.key", "between-us-two\n")
	p.env = []string{"LACHAN_SERVER_UNKNOWN_CLIENT=refuse"}
	p.start()
	server := p.logged(`msg="serving accounting" address=(\S+)`)
	s := startPulse(t, p.dns, "blocked.example", sized(50_000, 1000), "127.10.1.1", "127.10.1.2")
	asked, wrong := atomic.Int64{}, atomic.Int64{}
	is := func(rcode int) func(customer) {
		return func(c customer) {
			if int(c)%50 != 7 {
				return
			}
			asked.Add(1)
			conn, err := dialFrom(c.address().String(), p.dns)
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			reply, _, err := (&dns.Client{Timeout: oneReply}).ExchangeWithConn(question("blocked.example"), conn)
			if err != nil || reply.Rcode != rcode {
				wrong.Add(1)
			}
		}
	}
	lost := many(t, server, customers, perSecond, rfc2866.AcctStatusType_Value_Start, is(dns.RcodeNameError))
	p.metric("lachan_radius_sessions", fmt.Sprint(customers))
	lost += many(t, server, customers, perSecond, rfc2866.AcctStatusType_Value_InterimUpdate, func(customer) {})
	lost += many(t, server, customers/2, perSecond, rfc2866.AcctStatusType_Value_Stop, is(dns.RcodeRefused))
	p.metric("lachan_radius_sessions", fmt.Sprint(customers-customers/2))
	p.lostNothing(s)
	t.Logf("%d asked right after an answer, %d questions of others", asked.Load(), s.sent.Load())
	if lost > 0 || wrong.Load() > 0 {
		t.Errorf("%d requests without an answer, %d of %d questions judged wrongly", lost, wrong.Load(), asked.Load())
	}
}
