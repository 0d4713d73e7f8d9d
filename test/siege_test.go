package test

import (
	"context"
	"crypto/tls"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// TestPlainQuestionsAreAnsweredUnderSiege: whatever is done to the doors, plain
// questions are answered as fast as ever and so are those of a connection that
// was there before, memory stays within bounds, and every door opens again.
func TestPlainQuestionsAreAnsweredUnderSiege(t *testing.T) {
	p, d := everyDoor(t)
	p.ask("lesson.example") // from memory from now on
	for _, a := range attacks() {
		p.underSiege(a.name, d)
	}
}

// underSiege looks how the program bears one attack.
func (p *process) underSiege(name string, d encryptedDoors) {
	p.t.Helper()
	length := time.Duration(sized(10, 1)) * time.Second
	regular := p.regular(d)
	defer regular.Close()
	processes := p.processes()
	p.forgetPeak(processes...)
	calm, calmAll := p.memory("VmRSS", processes[0]), p.memory("VmRSS", processes...)
	end := p.startAttack(name, d, length)
	ctx, cancel := context.WithTimeout(p.t.Context(), length)
	defer cancel()
	plain, kept := p.mediansUntil(ctx, regular)
	tries := end()
	peak, peakAll := p.memory("VmHWM", processes[0]), p.memory("VmHWM", processes...)
	p.t.Logf("%s: %s tries; plain questions take %s in the middle, those of a connection kept %s; "+
		"%d MiB at most in the process that answers, %d before, %d and %d in all",
		name, tries, plain, kept, peak>>20, calm>>20, peakAll>>20, calmAll>>20)
	for what, took := range map[string]time.Duration{"plain questions": plain, "questions over a connection that was there before": kept} {
		if took > 10*time.Millisecond {
			p.t.Errorf("%s: %s take %s", name, what, took)
		}
	}
	if peak > calm+200<<20 {
		p.t.Errorf("%s: the process that answers held %d MiB, %d before", name, peak>>20, calm>>20)
	}
	if peakAll > calmAll+300<<20 {
		p.t.Errorf("%s: %d MiB were held in all, %d before", name, peakAll>>20, calmAll>>20)
	}
	p.opens(d)
}

// regular is a client who came before the siege.
func (p *process) regular(d encryptedDoors) *dns.Conn {
	p.t.Helper()
	client := dns.Client{Net: "tcp-tls", Timeout: oneReply, TLSConfig: d.greeting("dot")}
	conn, err := client.Dial(d.dot)
	if err != nil {
		p.t.Fatal(err)
	}
	return conn
}

// opens waits until every door can be entered again.
func (p *process) opens(d encryptedDoors) {
	p.t.Helper()
	for network, addr := range map[string]string{"tcp": p.dns, "tcp-tls": d.dot} {
		client := dns.Client{Net: network, Timeout: oneReply, TLSConfig: d.greeting("dot")}
		p.until(network+" is answered again", func() bool {
			m, _, err := client.Exchange(question("lesson.example"), addr)
			return err == nil && len(m.Answer) > 0
		})
	}
	p.until("HTTPS is answered again", func() bool { return d.overHTTP(p.t, "lesson.example") })
	p.until("QUIC is answered again", func() bool { return d.overQUIC(p.t, "lesson.example") })
}

// mediansUntil is how long questions over UDP and over a connection take in the
// middle until ctx is done.
func (p *process) mediansUntil(ctx context.Context, regular *dns.Conn) (plain, kept time.Duration) {
	p.t.Helper()
	var overUDP, overTLS []time.Duration
	client := dns.Client{Timeout: oneReply}
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for ctx.Err() == nil {
		if _, rtt, err := client.Exchange(question("lesson.example"), p.dns); err != nil {
			p.t.Errorf("a plain question is lost: %v", err)
		} else {
			overUDP = append(overUDP, rtt)
		}
		if _, rtt, err := client.ExchangeWithConn(question("lesson.example"), regular); err != nil {
			p.t.Errorf("a question over a connection that was there before is lost: %v", err)
			break
		} else {
			overTLS = append(overTLS, rtt)
		}
		<-tick.C
	}
	return middle(overUDP), middle(overTLS)
}

// middle is the median; of nothing, as long as can be waited for.
func middle(took []time.Duration) time.Duration {
	if len(took) == 0 {
		return oneReply
	}
	slices.Sort(took)
	return took[len(took)/2]
}

// processes are the process ids of the server: of the one that answers, of the
// one that does all else and of their supervisor.
func (p *process) processes() []int {
	p.t.Helper()
	return []int{p.child("resolve"), p.child("manage"), p.cmd.Process.Pid}
}

// memory is the sum of a size of the processes' memory in bytes, as the kernel
// calls it.
func (p *process) memory(kind string, pids ...int) (bytes int) {
	p.t.Helper()
	for _, pid := range pids {
		each(p.t, fmt.Sprintf("/proc/%d/status", pid), func(_ int, line string) {
			if value, ok := strings.CutPrefix(line, kind+":"); ok {
				kib, _ := strconv.Atoi(strings.Fields(value)[0])
				bytes += kib << 10
			}
		})
	}
	return bytes
}

// forgetPeak has the kernel count the most memory (VmHWM) of processes from now
// on.
func (p *process) forgetPeak(pids ...int) {
	p.t.Helper()
	for _, pid := range pids {
		if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", pid), []byte("5"), 0); err != nil {
			p.t.Fatal(err)
		}
	}
}

// greeting is a client's side of the handshake.
func (d encryptedDoors) greeting(alpn string) *tls.Config {
	return &tls.Config{RootCAs: d.trust, ServerName: servedAs, NextProtos: []string{alpn}}
}
