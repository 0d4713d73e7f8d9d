package test

import (
	"bufio"
	"bytes"
	"cmp"
	"io"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"
)

const (
	soon     = 20 * time.Second // by when a condition that a test waits for has to hold
	oneReply = 5 * time.Second  // by when a reply has to be there
	lookEach = 5 * time.Millisecond
)

// A process is the program, running as `lachan serve` in a directory of its own.
type process struct {
	t    *testing.T
	dir  string // has lachan.yaml, policy.yaml and state
	dns  string // address of DNS, UDP and TCP
	http string // http://address
	cmd  *exec.Cmd
	// program is the file that is run; "": binary.
	program string
	env     []string   // what it has beside what the tests have, as KEY=value
	faults  string     // the folder of the files that force its faults; "": it has none
	user    int        // that it is run as; 0: the one that runs the tests
	handed  []*os.File // that it has open from its start, from descriptor 3 on
	log     *lines
	end     chan struct{}
	exit    error // once end is closed
}

// newProcess prepares a directory with a configuration, which gets listeners
// and upstreams put before it, and a policy. It starts nothing.
func newProcess(t *testing.T, config, policy string, upstreams ...string) *process {
	t.Helper()
	p := &process{t: t, dir: t.TempDir()}
	p.writeConfig(config, upstreams...)
	p.write("policy.yaml", policy)
	return p
}

// serve is a process that has been started and listens.
func serveProcess(t *testing.T, config, policy string, upstreams ...string) *process {
	t.Helper()
	p := newProcess(t, config, policy, upstreams...)
	p.start()
	return p
}

func (p *process) writeConfig(config string, upstreams ...string) {
	p.t.Helper()
	p.write("lachan.yaml", `state_dir: state
server: {listen: ["127.0.0.1:0"]}
http: {listen: "127.0.0.1:0"}
upstream: {servers: [`+strings.Join(upstreams, ", ")+`], timeout: 1s}
`+config)
}

// write puts a file in place whole, as an editor that is careful does.
func (p *process) write(name, text string) {
	p.t.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		p.t.Fatal(err)
	}
}

// start runs the program and returns when it listens.
func (p *process) start() {
	p.t.Helper()
	p.launch()
	p.listens()
}

// listens returns when the program that was launched listens.
func (p *process) listens() {
	p.t.Helper()
	p.dns = p.logged(`msg=serving address=(\S+)`)
	p.http = "http://" + p.logged(`msg="serving http" address=(\S+)`)
}

// launch runs the program and does not wait for it.
func (p *process) launch() {
	p.t.Helper()
	p.cmd = exec.Command(cmp.Or(p.program, binary), "serve", "--config", filepath.Join(p.dir, "lachan.yaml"))
	p.cmd.Env = append(os.Environ(), p.env...)
	p.cmd.ExtraFiles = p.handed
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // it must not outlive the test
	if p.user != 0 {
		p.cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(p.user), Gid: uint32(p.user)}
	}
	p.log, p.end = newLines(), make(chan struct{})
	p.cmd.Stderr = p.log
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	cmd, end := p.cmd, p.end
	go func() {
		p.exit = cmd.Wait()
		close(end)
	}()
	p.t.Cleanup(func() {
		_ = cmd.Process.Kill() // an error means that it has ended
		<-end
		if p.t.Failed() {
			p.t.Logf("log of the program:\n%s", p.log)
		}
	})
}

// logged waits for a line of the log that matches and returns what the first
// group of the expression has found.
func (p *process) logged(expression string) string {
	p.t.Helper()
	found := ""
	re := regexp.MustCompile(expression)
	p.until("a line of the log like "+expression, func() bool {
		m := re.FindStringSubmatch(p.log.String())
		if m == nil {
			return false
		}
		found = m[len(m)-1]
		return true
	})
	return found
}

// until waits for a condition and fails the test when it does not come true, or
// when the program has ended without it.
func (p *process) until(what string, holds func() bool) {
	p.t.Helper()
	p.within(soon, what, holds)
}

// within is until with another deadline.
func (p *process) within(limit time.Duration, what string, holds func() bool) {
	p.t.Helper()
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	look := time.NewTicker(lookEach)
	defer look.Stop()
	end := p.end
	for !holds() {
		select {
		case <-look.C:
		case <-end:
			if holds() {
				return
			}
			p.t.Fatalf("the program ended (%v) before %s", p.exit, what)
		case <-deadline.C:
			p.t.Fatalf("not within %s: %s", limit, what)
		}
	}
}

func (p *process) signal(s os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// wait returns the exit status of a program that is about to end.
func (p *process) wait() int {
	p.t.Helper()
	select {
	case <-p.end:
	case <-time.After(soon):
		p.t.Fatalf("the program has not ended within %s", soon)
	}
	return p.cmd.ProcessState.ExitCode()
}

// kill ends the program as a power cut does.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // an error means that it has ended
	<-p.end
}

// ask sends one question of type A over UDP.
func (p *process) ask(name string) *dns.Msg {
	p.t.Helper()
	return p.exchange("udp", question(name))
}

func question(name string) *dns.Msg {
	m := new(dns.Msg).SetQuestion(dns.Fqdn(name), dns.TypeA)
	m.SetEdns0(1232, false)
	return m
}

func (p *process) exchange(network string, m *dns.Msg) *dns.Msg {
	p.t.Helper()
	client := dns.Client{Net: network, Timeout: oneReply}
	reply, _, err := client.Exchange(m, p.dns)
	if err != nil {
		p.t.Fatalf("ask for %s over %s: %v", m.Question[0].Name, network, err)
	}
	return reply
}

// from asks as a client with another address of loopback.
func (p *process) from(client, name string) *dns.Msg {
	p.t.Helper()
	conn, err := dialFrom(client, p.dns)
	if err != nil {
		p.t.Fatal(err)
	}
	defer conn.Close()
	reply, _, err := (&dns.Client{Timeout: oneReply}).ExchangeWithConn(question(name), conn)
	if err != nil {
		p.t.Fatalf("ask for %s as %s: %v", name, client, err)
	}
	return reply
}

func dialFrom(client, server string) (*dns.Conn, error) {
	d := dns.Client{Dialer: newDialer(netip.MustParseAddr(client))}
	return d.Dial(server)
}

// get is the status and the body of a page.
func (p *process) get(path string) (status int, body string) {
	p.t.Helper()
	client := http.Client{Timeout: oneReply}
	reply, err := client.Get(p.http + path)
	if err != nil {
		p.t.Fatal(err)
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return reply.StatusCode, string(text)
}

// metric waits until a series has the value.
func (p *process) metric(series, value string) {
	p.t.Helper()
	p.until("metric "+series+" "+value, func() bool {
		_, body := p.get("/metrics")
		return strings.Contains("\n"+body, "\n"+series+" "+value+"\n")
	})
}

// number is the value of a series in a page of metrics; -1 when it is not there.
func number(page, series string) float64 {
	for line := range strings.Lines(page) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), series+" "); ok {
			if n, err := strconv.ParseFloat(value, 64); err == nil {
				return n
			}
		}
	}
	return -1
}

// blocked says whether a reply is that of a name that is blocked.
func blocked(m *dns.Msg) bool {
	opt := m.IsEdns0()
	if m.Rcode != dns.RcodeNameError || opt == nil {
		return false
	}
	for _, o := range opt.Option {
		if ede, ok := o.(*dns.EDNS0_EDE); ok && ede.InfoCode >= dns.ExtendedErrorCodeBlocked && ede.InfoCode <= dns.ExtendedErrorCodeFiltered {
			return true
		}
	}
	return false
}

// lines is the log of a program while it is written.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer // mu
}

func newLines() *lines { return &lines{} }

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// each calls f for each line of a file.
func each(t *testing.T, path string, f func(number int, line string)) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	in := bufio.NewScanner(file)
	for n := 1; in.Scan(); n++ {
		f(n, in.Text())
	}
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
}
