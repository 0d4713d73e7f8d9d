package test

import (
	"fmt"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"
)

func TestAReloadUnderLoadLosesNoAnswerAndIsInForceAfter(t *testing.T) {
	up := startStandIn(t)
	p := serveProcess(t, "", "", up.addr)
	const pace, length = 5000, 5 * time.Second
	names := func(i int) string { return fmt.Sprintf("%d.school.example", i%500) }
	l := startLoad(t, "127.0.0.1", p.dns, names)
	ran := make(chan error, 1)
	go func() { ran <- l.run(pace, length) }()

	p.until("questions are answered", func() bool { return l.answers() > pace/2 })
	blocking := "units: [{id: a, networks: [127.0.0.0/8], block: [7.school.example]}]\n"
	for i := range 3 { // the third is what stays
		p.write("policy.yaml", blocking+fmt.Sprintf("# edition %d\n", i))
		p.signal(syscall.SIGHUP)
		p.logged(`msg=reloaded serial=` + strconv.Itoa(i+2))
		if m := p.ask("7.school.example"); !blocked(m) {
			t.Errorf("reload %d: the new rule is not in force: %s", i, m)
		}
	}
	after := l.answers()
	if err := <-ran; err != nil {
		t.Fatal(err)
	}
	if after > l.sent*9/10 {
		t.Errorf("reloaded when %d of %d questions were answered: not under load", after, l.sent)
	}
	p.until("every question is answered", func() bool { return l.answers() == l.sent })
	t.Logf("%d questions at %d/s, 3 reloads, %d answers", l.sent, pace, l.answers())
	for i := range l.sent {
		m := l.reply(i)
		if blocked(m) && !strings.HasPrefix(names(i), "7.") || !blocked(m) && m.Rcode != dns.RcodeSuccess {
			t.Fatalf("question %d for %s: %s", i, names(i), m)
		}
	}
}

func TestABrokenConfigurationKeepsWhatWasInForceUntilItIsMended(t *testing.T) {
	up := startStandIn(t)
	const policy = "units: [{id: a, networks: [127.0.0.0/8], block: [game.example]}]\n"
	p := serveProcess(t, "", policy, up.addr)
	f := func(config, policy, mistake string) {
		t.Helper()
		p.writeConfig(config, up.addr)
		p.write("policy.yaml", policy)
		p.signal(syscall.SIGHUP)
		p.logged(`level=ERROR msg="reload refused, what was in force stays" mistake=".*` + mistake)
		p.metric(`lachan_condition{name="reload"}`, "1")
		if !blocked(p.ask("game.example")) || blocked(p.ask("lesson.example")) {
			t.Errorf("after the mistake %q: what was in force is not", mistake)
		}
	}
	f("cach: {entries: 5}\n", policy, `lachan.yaml:5: .*did you mean .*cache`)
	f("", "units: [{id: a, networks: [127.0.0.0/33]}]\n", `policy.yaml:1: `)
	f("", "units: [{id: a, parent: b}, {id: b, parent: a}]\n", `policy.yaml:1: `)
	f("server:\n\tlisten: []\n", policy, `tab`)

	p.writeConfig("", up.addr)
	p.write("policy.yaml", strings.Replace(policy, "game", "other", 1))
	p.signal(syscall.SIGHUP)
	p.until("the mended policy is in force", func() bool { return !blocked(p.ask("game.example")) && blocked(p.ask("other.example")) })
	p.until("the condition ends with the mistake", func() bool {
		_, body := p.get("/metrics")
		return !strings.Contains(body, `lachan_condition{name="reload"} 1`)
	})
}

func TestSIGTERMAnswersWhatWasReadAndEndsWithStatus0(t *testing.T) {
	up := startStandIn(t)
	p := serveProcess(t, "", "", up.addr)
	up.holdBack()
	const questions = 200
	l := startLoad(t, "127.0.0.1", p.dns, func(i int) string { return fmt.Sprintf("%d.example", i) })
	for i := range questions {
		if err := l.send(i); err != nil {
			t.Fatal(err)
		}
	}
	conn, err := (&dns.Client{Net: "tcp"}).Dial(p.dns)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.WriteMsg(question("tcp.example")); err != nil {
		t.Fatal(err)
	}
	p.until("all questions are read and wait for the upstream", func() bool { return up.asked.Load() == questions+1 })
	if l.answers() > 0 {
		t.Fatalf("%d answers before the upstream's", l.answers())
	}
	p.signal(syscall.SIGTERM)
	p.until("it reads no more", func() bool {
		probe, err := (&dns.Client{Net: "tcp", Timeout: lookEach}).Dial(p.dns)
		if err == nil {
			probe.Close()
			_, _, err = (&dns.Client{Timeout: 10 * lookEach}).Exchange(question("1.0.0.127.in-addr.arpa"), p.dns)
		}
		return err != nil
	})
	up.release()
	if status := p.wait(); status != 0 {
		t.Errorf("exit status %d", status)
	}
	p.until("what was read is answered", func() bool { return l.answers() == questions })
	if m, err := conn.ReadMsg(); err != nil || len(m.Answer) != 1 {
		t.Errorf("the question over TCP: %v, %v", m, err)
	}
	if !strings.Contains(p.log.String(), "msg=stopped") {
		t.Error("the log does not say that it stopped")
	}
}

func TestSIGTERMUnderLoadLosesNothingThatWasRead(t *testing.T) {
	up := startStandIn(t)
	p := serveProcess(t, "", "", up.addr)
	l := startLoad(t, "127.0.0.1", p.dns, func(i int) string { return fmt.Sprintf("%d.example", i%100) })
	ran := make(chan error, 1)
	go func() { ran <- l.run(2000, time.Minute) }() // until the server is gone
	p.until("questions are answered", func() bool { return l.answers() > 1000 })
	p.signal(syscall.SIGTERM)
	if status := p.wait(); status != 0 {
		t.Errorf("exit status %d", status)
	}
	<-ran // the system tells the sender that nobody listens any more
	// All came to one socket, which is read in order: everything before the last
	// one answered was read.
	last := 0
	for i := range l.sent {
		if l.reply(i) != nil {
			last = i
		}
	}
	missing := 0
	for i := range last {
		if l.reply(i) == nil {
			missing++
		}
	}
	if missing > 0 {
		t.Errorf("%d of %d questions before the last one answered have no answer", missing, last)
	}
}
