package test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"
	"github.com/rogpeppe/go-internal/testscript"
)

// newUsers are the tasks that people were given who had never seen the program, with
// nothing but its documents, by role: a school's IT teacher, an engineer of a network
// operator, an education officer; then also an authority and an inspector. A walk comes to
// all of them, in this order.
var newUsers = map[string][]string{
	"teacher": {
		"a first try", "three networks", "a game shut in lessons and open in the evening", "what is there to choose from",
		"a site wrongly blocked", "Zalo for teachers only", "Tết", "the week and the room of examinations", "the block page",
		"phones on private DNS", "what was blocked last week", "a parent asks why", "requests", "an update to a new version",
		"a move to a new machine", "lists fetched by root",
	},
	"engineer": {
		"300 schools from a sheet", "a response policy zone with TSIG", "keygen, check, publish", "an urgent order with proof",
		"Prometheus and alerts", "a node is cut off", "a school changes its address", "a bad version of a list",
		"PROXY, encrypted DNS, links", "capacity", "backups", "check by root",
	},
	"officer": {
		"the report before 30 November", "a comparison", "silent schools", "by commune and by level", "what the officer writes",
		"DOCX and PDF", "one order by its number", "an inspector asks whether it is complete",
	},
	// The second walk: what was chosen afresh, and what hurt in it.
	"engineer-again": {
		"two sheets with the same codes", "a sheet as a school hands it back", "a feed whose server shows a login page",
		"a school moves to another commune", "the morning of an examination in one room",
	},
	"officer-again": {"two terms compared", "one order with the words of the officer", "the list of silent schools as a sheet"},
	"authority":     {"an order is corrected", "an order is withdrawn", "a table with rows that are over"},
	"inspector":     {"a report that somebody has sent", "an order at all nodes"},
}

// TestEveryTaskOfANewUserIsDone walks through the tasks with the built program: its
// commands, servers that run beside them, and what people see in a browser.
func TestEveryTaskOfANewUserIsDone(t *testing.T) {
	t.Parallel()
	up := startStandIn(t)
	configs, err := filepath.Abs("../configs")
	if err != nil {
		t.Fatal(err)
	}
	primary := startSignedPrimary(t)
	began := walked{tasks: map[string][]string{}}
	t.Run("walk", func(t *testing.T) {
		testscript.Run(t, testscript.Params{
			Dir: "../testdata/walk",
			Setup: func(e *testscript.Env) error {
				e.Setenv("PATH", filepath.Dir(binary)+string(os.PathListSeparator)+e.Getenv("PATH"))
				e.Setenv("BINARY", binary)
				e.Setenv("UPSTREAM", up.addr)
				e.Setenv("CONFIGS", configs)
				e.Setenv("FREE", fmt.Sprintf("127.0.0.1:%d", freePort(t))) // commands ask servers at the address of their file
				e.Setenv("PRIMARY", primary)
				e.Setenv("PROMETHEUS", fmt.Sprintf("127.0.0.1:%d", freePort(t)))
				e.Setenv("DOT", fmt.Sprint(freePort(t)))
				e.Setenv("DOH", fmt.Sprint(freePort(t)))
				e.Values["servers"] = map[string]*live{}
				web := httptest.NewServer(http.FileServer(http.Dir(filepath.Join(e.WorkDir, "web"))))
				e.Defer(web.Close)
				e.Setenv("WEB", web.URL)
				e.Setenv("LC_ALL", "C.UTF-8")
				return errors.Join(os.Chmod(e.WorkDir, 0o755), os.Chmod(filepath.Dir(e.WorkDir), 0o755))
			},
			Cmds: map[string]func(*testscript.TestScript, bool, []string){
				"task":  began.task,
				"exits": exits, "counted": counted, "ordered": receivedOrders,
				"serving": serving, "signalled": signalled, "answers": answersTo, "shows": shows, "until": untilSaid,
			},
			Condition: func(name string) (bool, error) {
				if name != "root" {
					return false, fmt.Errorf("no condition %q", name)
				}
				return os.Geteuid() == 0, nil
			},
			RequireExplicitExec: true,
			UpdateScripts:       *update,
		})
	})
	if t.Failed() {
		return
	}
	for role, tasks := range began.tasks {
		if !slices.Equal(tasks, newUsers[role]) {
			t.Errorf("the walk of the %s came to %q, want %q", role, tasks, newUsers[role])
		}
		for _, task := range tasks {
			t.Logf("%s: %s: done", role, task)
		}
	}
}

// walked is what walks have come to.
type walked struct {
	mu    sync.Mutex
	tasks map[string][]string // mu; by role
}

// task WORDS... begins a task. It is done if the walk comes to its end.
func (w *walked) task(ts *testscript.TestScript, _ bool, args []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tasks[ts.Name()] = append(w.tasks[ts.Name()], strings.Join(args, " "))
}

// A live is a server that a script has started, in a directory of its own or not.
type live struct {
	cmd *exec.Cmd
	end chan struct{}
	log *lines
}

func liveOf(ts *testscript.TestScript, name string) *live {
	s := ts.Value("servers").(map[string]*live)[name]
	if s == nil {
		ts.Fatalf("no server %q", name)
	}
	return s
}

// serving: serving NAME CONFIG DOOR... runs a server until the script ends. Of each of its doors
// (dns, http, page, dot, doh) $NAME_DOOR is the address then.
func serving(ts *testscript.TestScript, not bool, args []string) {
	if not || len(args) < 3 {
		ts.Fatalf("usage: serving NAME CONFIG DOOR...")
	}
	s := &live{cmd: exec.Command(cmp.Or(ts.Getenv("PROGRAM"), binary), "serve", "--config", ts.MkAbs(args[1])), end: make(chan struct{}), log: newLines()}
	s.cmd.Dir, s.cmd.Stderr = filepath.Dir(ts.MkAbs(args[1])), s.log
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // it must not outlive the test
	ts.Check(s.cmd.Start())
	go func() {
		_ = s.cmd.Wait() // the log says why
		close(s.end)
	}()
	ts.Defer(func() {
		_ = s.cmd.Process.Kill() // an error means that it has ended
		<-s.end
	})
	ts.Value("servers").(map[string]*live)[args[0]] = s
	lines := map[string]string{
		"dns": `msg=serving address=(\S+)`, "http": `msg="serving http" address=(\S+)`, "page": `msg="serving the block page" address=(\S+)`,
		"dot": `msg="serving encrypted" protocol=dot address=(\S+)`, "doh": `msg="serving encrypted" protocol=doh address=(\S+)`,
	}
	for _, door := range args[2:] {
		re := regexp.MustCompile(lines[door])
		holds(ts, s, "the door "+door, func() bool {
			m := re.FindStringSubmatch(s.log.String())
			if m != nil {
				ts.Setenv(args[0]+"_"+door, m[1])
			}
			return m != nil
		})
	}
}

// holds waits until something holds, and fails when it does not or its server has ended.
func holds(ts *testscript.TestScript, s *live, what string, is func() bool) {
	deadline := time.NewTimer(soon)
	defer deadline.Stop()
	look := time.NewTicker(lookEach * 10)
	defer look.Stop()
	for !is() {
		select {
		case <-look.C:
		case <-s.end:
			ts.Fatalf("the server ended before %s:\n%s", what, s.log)
		case <-deadline.C:
			ts.Fatalf("not within %s: %s\n%s", soon, what, s.log)
		}
	}
}

// signalled: signalled NAME hup|usr2|term REGEXP sends a signal, and waits for the line of the
// log that tells that it was done, or for the end.
func signalled(ts *testscript.TestScript, not bool, args []string) {
	signals := map[string]syscall.Signal{"hup": syscall.SIGHUP, "usr2": syscall.SIGUSR2, "term": syscall.SIGTERM}
	if not || len(args) < 2 || len(args) > 3 || signals[args[1]] == 0 {
		ts.Fatalf("usage: signalled NAME hup|usr2|term [LOG]")
	}
	s := liveOf(ts, args[0])
	before := len(s.log.String())
	ts.Check(s.cmd.Process.Signal(signals[args[1]]))
	if args[1] == "term" {
		select {
		case <-s.end:
		case <-time.After(soon):
			ts.Fatalf("it does not end:\n%s", s.log)
		}
		return
	}
	re := regexp.MustCompile(args[2])
	holds(ts, s, "log like "+args[2], func() bool { return re.MatchString(s.log.String()[before:]) })
}

// answersTo: answers NAME CLIENT HOST blocked|open|refused|page waits until the answer to a
// client of that address is so. With ! it must not be so now.
func answersTo(ts *testscript.TestScript, not bool, args []string) {
	if len(args) != 4 {
		ts.Fatalf("usage: answers NAME CLIENT HOST blocked|open|refused|page")
	}
	s, server := liveOf(ts, args[0]), ts.Getenv(args[0]+"_dns")
	var last *dns.Msg
	is := func() bool {
		conn, err := dialFrom(args[1], server)
		ts.Check(err)
		defer conn.Close()
		reply, _, err := (&dns.Client{Timeout: oneReply}).ExchangeWithConn(question(args[2]), conn)
		ts.Check(err)
		last = reply
		switch args[3] {
		case "blocked":
			return blocked(reply)
		case "refused":
			return reply.Rcode == dns.RcodeRefused
		case "page":
			return len(reply.Answer) == 1 && strings.HasSuffix(reply.Answer[0].String(), "\t127.0.0.1")
		}
		return reply.Rcode == dns.RcodeSuccess && len(reply.Answer) > 0 && !strings.HasSuffix(reply.Answer[0].String(), "\t127.0.0.1")
	}
	if not {
		if is() {
			ts.Fatalf("%s", last)
		}
		return
	}
	holds(ts, s, strings.Join(args, " "), is)
}

// shows: shows ADDRESS URL [KEY=VALUE]... prints the page that a browser gets there, or the one after a
// form is sent. The name of the URL leads to the address, whatever it is.
func shows(ts *testscript.TestScript, not bool, args []string) {
	if not || len(args) < 2 {
		ts.Fatalf("usage: shows ADDRESS URL [KEY=VALUE]...")
	}
	client := &http.Client{Timeout: oneReply, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, args[0])
		},
	}}
	form := url.Values{}
	for _, field := range args[2:] {
		key, value, _ := strings.Cut(field, "=")
		form.Set(key, value)
	}
	request, err := http.NewRequest(http.MethodGet, args[1], nil)
	if len(form) > 0 {
		request, err = http.NewRequest(http.MethodPost, args[1], strings.NewReader(form.Encode()))
	}
	ts.Check(err)
	if len(form) > 0 {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("Origin", "http://"+request.URL.Host)
	}
	reply, err := client.Do(request)
	ts.Check(err)
	defer reply.Body.Close()
	_, err = io.Copy(ts.Stdout(), reply.Body)
	ts.Check(err)
}

// untilSaid: until REGEXP COMMAND... runs a command again and again until it says so.
func untilSaid(ts *testscript.TestScript, not bool, args []string) {
	if not || len(args) < 2 {
		ts.Fatalf("usage: until REGEXP COMMAND...")
	}
	re, deadline := regexp.MustCompile(args[0]), time.Now().Add(soon)
	if args[1] == "lachan" {
		args[1] = binary
	}
	for {
		var said bytes.Buffer
		c := exec.Command(args[1], args[2:]...)
		c.Dir, c.Stdout, c.Stderr = ts.MkAbs("."), &said, &said
		c.Env = append(os.Environ(), "LC_ALL="+ts.Getenv("LC_ALL"), "LANG="+ts.Getenv("LANG"), "PATH="+ts.Getenv("PATH"))
		err := c.Run()
		if re.Match(said.Bytes()) {
			_, err := said.WriteTo(ts.Stdout())
			ts.Check(err)
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%q is not said within %s: %v\n%s", args[0], soon, err, &said)
		}
	}
}

// startSignedPrimary serves the zone rpz.example, in which bet.example is blocked, to whoever signs
// with the key "key." and the secret of zoneSecret.
func startSignedPrimary(t *testing.T) (addr string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	header := func(name string, kind uint16) dns.RR_Header {
		return dns.RR_Header{Name: name, Rrtype: kind, Class: dns.ClassINET, Ttl: 60}
	}
	soa := &dns.SOA{
		Hdr: header("rpz.example.", dns.TypeSOA), Ns: "ns.example.", Mbox: "a.example.",
		Serial: 1, Refresh: 86400, Retry: 3600, Expire: 604800,
	}
	server := &dns.Server{Listener: listener, TsigSecret: map[string]string{"key.": zoneSecret}, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		signed := q.IsTsig()
		if signed == nil || w.TsigStatus() != nil {
			m.Rcode = dns.RcodeRefused
			_ = w.WriteMsg(m) // the client tells if it has not come
			return
		}
		m.Answer = []dns.RR{soa}
		if q.Question[0].Qtype != dns.TypeSOA {
			m.Answer = append(m.Answer, &dns.CNAME{Hdr: header("bet.example.rpz.example.", dns.TypeCNAME), Target: "."}, soa)
		}
		m.SetTsig(signed.Hdr.Name, signed.Algorithm, 300, time.Now().Unix())
		_ = w.WriteMsg(m) // likewise
	})}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.ActivateAndServe() // it ends when the listener is closed
	}()
	t.Cleanup(func() {
		_ = listener.Close()
		<-done
	})
	return listener.Addr().String()
}

const zoneSecret = "c2VjcmV0IG9mIHRoZSB6b25lIG9mIHRoZSB0ZXN0cw=="
