package test

import (
	"fmt"
	"testing"

	"github.com/miekg/dns"
)

// wireOf packs a question for a hidden name, and lets change spoil it.
func wireOf(t *testing.T, change func(message []byte) []byte) []byte {
	t.Helper()
	m := new(dns.Msg).SetQuestion(dns.Fqdn(byList), dns.TypeA)
	packed, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return change(packed)
}

// oddMessages are messages that no library makes.
func oddMessages(t *testing.T) map[string][]byte {
	const question = 12 // its offset
	odd := map[string][]byte{}
	add := func(what string, change func([]byte) []byte) { odd[what] = wireOf(t, change) }
	set := func(offset int, value uint16) func([]byte) []byte {
		return func(m []byte) []byte { m[offset], m[offset+1] = byte(value>>8), byte(value); return m }
	}
	for opcode := range uint16(16) {
		add(fmt.Sprintf("opcode %d", opcode), set(2, opcode<<11|1<<8))
	}
	for _, class := range []uint16{0, dns.ClassCHAOS, dns.ClassHESIOD, dns.ClassNONE, dns.ClassANY, 1 | 1<<15, 0xFF00} {
		add(fmt.Sprintf("class %d", class), func(m []byte) []byte { return set(len(m)-2, class)(m) })
	}
	add("a response", set(2, 1<<15|1<<8))
	add("no question", set(4, 0))
	add("more questions than there are", set(4, 2))
	harmlessFirst := func(m []byte) []byte {
		first := []byte("\x05fence\x07example\x00\x00\x01\x00\x01")
		return append(append(append([]byte(nil), m[:question]...), first...), m[question:]...)
	}
	add("two questions, the hidden one second", func(m []byte) []byte { return set(4, 2)(harmlessFirst(m)) })
	add("the hidden one behind the end", harmlessFirst)
	add("the hidden one where an answer is", func(m []byte) []byte { return set(6, 1)(harmlessFirst(m)) })
	add("the name behind a pointer to itself", func(m []byte) []byte {
		return append(m[:question], 0xC0, question, 0, 1, 0, 1)
	})
	add("the name behind a pointer forward", func(m []byte) []byte {
		name := append([]byte(nil), m[question:len(m)-4]...)
		return append(append(m[:question], 0xC0, question+6, 0, 1, 0, 1), name...)
	})
	add("a pointer into the header", func(m []byte) []byte {
		return append(m[:question], 6, 's', 'e', 'c', 'r', 'e', 't', 0xC0, 4, 0, 1, 0, 1)
	})
	add("the last label behind a pointer", func(m []byte) []byte {
		return append(m[:question], 6, 's', 'e', 'c', 'r', 'e', 't', 0xC0, question+11, 0, 1, 0, 1, 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 0)
	})
	add("an extended label", func(m []byte) []byte { m[question] |= 0x40; return m })
	add("a label of bits", func(m []byte) []byte { m[question] = 0x41; return m })
	add("octets behind the end", func(m []byte) []byte { return append(m, m...) })
	add("cut within the name", func(m []byte) []byte { return m[:question+8] })
	add("cut within the class", func(m []byte) []byte { return m[:len(m)-1] })
	add("a header alone", func(m []byte) []byte { return m[:question] })
	return odd
}

func TestNoMessageHoweverOddTellsTheAddress(t *testing.T) {
	p, up := startAdversary(t, "")
	for _, network := range []string{"udp", "tcp"} {
		for what, message := range oddMessages(t) {
			a := p.asker(network, thePupil)
			a.send(message)
			// Whatever comes of it comes before the answer to the next question.
			fence := asking("fence.example", dns.TypeA)
			packed, err := fence.Pack()
			if err != nil {
				t.Fatal(err)
			}
			a.send(packed)
			for {
				header, reply := a.receive()
				keeps(t, what+" over "+network, reply)
				if header.Id == fence.Id {
					break
				}
			}
		}
	}
	if names := up.betrayed(); len(names) > 0 {
		t.Errorf("the upstream was asked for %q", names)
	}
}

// A reply that does not fit and has to be asked for again over TCP is no way
// round either: what is cut off is not told, and the whole is judged.
func TestTruncationTellsNothing(t *testing.T) {
	p, up := startAdversary(t, "")
	long := "@ IN CNAME " + byList + ".\n"
	for i := range 100 {
		long += fmt.Sprintf("%s. IN A 203.0.113.66\n%s. IN A 203.0.114.%d\n", byList, byList, i)
	}
	up.tell(t, "long.example", long, "", "")
	for _, network := range []string{"udp", "tcp", "udp"} {
		a := p.asker(network, thePupil)
		for _, size := range []uint16{0, 512, 1232, 65535} {
			keeps(t, network, a.ask(asking("long.example", dns.TypeA, func(m *dns.Msg) { m.IsEdns0().SetUDPSize(size) })))
		}
	}
	reply := p.asker("tcp", theTeacher).ask(asking("long.example", dns.TypeA))
	if !tells(reply) {
		t.Error("a teacher, who may, does not see the address")
	}
}
