//go:build linux

package main

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/miekg/dns"

	"lachan/bench/process"
)

// An upstreamBench measures misses by how the upstream is asked.
type upstreamBench struct{ *bench }

// An asking is a server that asks its upstream in one way.
type asking struct {
	*subject
	configure func() error // before each start: files are those of the way
}

// measure starts one server after the other, each for one run, and prints a table. An upstream in
// Go answers; over HTTPS it is what bounds the rate, and its time is not counted.
func (u *upstreamBench) measure(to io.Writer) error {
	if err := u.writeCertificate(); err != nil {
		return err
	}
	// lachan and CoreDNS take the authorities of the system.
	if err := os.Setenv("SSL_CERT_FILE", u.file("cert.pem")); err != nil {
		return err
	}
	dot, doh, err := u.secureUpstream()
	if err != nil {
		return err
	}
	all, err := u.askings(dot, doh)
	if err != nil {
		return err
	}
	listed, err := firstListed(u.dir)
	if err == nil {
		err = u.compile(u.lachan)
	}
	if err != nil {
		return err
	}
	for round := range u.rounds {
		say("round %d of %d", round+1, u.rounds)
		for i := range all {
			if err := u.one(&all[i], listed); err != nil {
				all[i].miss(missCPU, err)
			}
		}
	}
	for _, a := range all {
		u.subjects = append(u.subjects, a.subject)
	}
	fmt.Fprintf(to, "%d names, %d schools, %d rounds of %v, misses by how the upstream is asked. "+
		"Medians (lowest to highest).\n\n", u.names, u.schools, u.rounds, u.time)
	u.printTable(to, []column{missCPU, missRate})
	for _, s := range u.subjects {
		if why := s.whyNot[missCPU]; why != "" {
			fmt.Fprintf(to, "- not measured: %s: %s\n", s.name, why)
		}
	}
	return u.ctx.Err()
}

// one measures a server once.
func (u *upstreamBench) one(a *asking, listed string) error {
	if a.program == "" || u.ctx.Err() != nil {
		return u.ctx.Err()
	}
	if err := a.configure(); err != nil {
		return err
	}
	defer a.stop()
	if _, err := u.start(a.subject, listed); err != nil {
		return err
	}
	// A connection is made before time counts.
	answered := func(m *dns.Msg) bool { return len(m.Answer) > 0 }
	if err := waitFor(u.ctx, a.addr, "before.example", answersWithin, answered); err != nil {
		return err
	}
	u.take(a.subject, missCPU, missRate, "miss.queries", "-time", u.time.String(), "-each")
	return nil
}

// secureUpstream starts the upstream anew, with encrypted doors.
func (u *upstreamBench) secureUpstream() (dot, doh netip.AddrPort, err error) {
	for _, a := range []*netip.AddrPort{&dot, &doh} {
		if *a, err = freeAddr(); err != nil {
			return dot, doh, err
		}
	}
	u.stub.Stop()
	u.stub, err = process.Start(loadCore, u.bin("upstream"), u.upstream.String(),
		dot.String(), doh.String(), u.file("cert.pem"), u.file("key.pem"))
	if err == nil {
		err = waitFor(u.ctx, u.upstream, "first.example", 5*time.Second, func(*dns.Msg) bool { return true })
	}
	return dot, doh, err
}

// askings are the servers that are measured: those of which is known how they are told to ask so.
func (u *upstreamBench) askings(dot, doh netip.AddrPort) (all []asking, err error) {
	if err := u.gatherLachan(); err != nil {
		return nil, err
	}
	for _, at := range []struct{ name, server string }{
		{"lachan", u.upstream.String()},
		{"lachan, TLS", "tls://" + dot.String()},
		{"lachan, HTTPS", "https://" + doh.String() + "/dns-query"},
	} {
		s := &subject{name: at.name, addr: u.lachan.addr, program: u.lachan.program}
		s.args = append([]string{u.lachan.args[0], "--upstream.servers=" + at.server}, u.lachan.args[1:]...)
		all = append(all, asking{s, func() error { return nil }})
	}
	others := &rivals{u.lab}
	for _, at := range u.others(dot, doh) {
		configure := map[string]func(*subject) error{
			dnsdistFile: others.dnsdist, unboundFile: others.unbound, coreFile: others.corednsServer,
		}[at.file]
		s := &subject{}
		if s.addr, err = freeAddr(); err != nil {
			return nil, err
		}
		start := func() error {
			if err := configure(s); err != nil {
				return err
			}
			s.name = at.name
			return u.rewrite(at.file, at.plain, at.secure)
		}
		if err := start(); err != nil {
			return nil, err
		}
		all = append(all, asking{s, start})
	}
	return all, nil
}

// The files of others.
const (
	dnsdistFile = "dnsdist.conf"
	unboundFile = "unbound-main.conf"
	coreFile    = "Corefile"
)

// A way is how the file of another server has it ask so: what it has in place of what it says.
type way struct{ name, file, plain, secure string }

// others are the ways of other servers.
func (u *upstreamBench) others(dot, doh netip.AddrPort) []way {
	cert := u.file("cert.pem")
	server := func(at netip.AddrPort, more string) string {
		return fmt.Sprintf(`{address=%q, tls="openssl", subjectName="dns.example", caStore=%q%s}`, at, cert, more)
	}
	plain := fmt.Sprintf("{address=%q}", u.upstream)
	return []way{
		{"dnsdist", dnsdistFile, "", ""},
		{"dnsdist, TLS", dnsdistFile, plain, server(dot, "")},
		{"dnsdist, HTTPS", dnsdistFile, plain, server(doh, `, dohPath="/dns-query"`)},
		{"Unbound", unboundFile, "", ""},
		{
			"Unbound, TLS", unboundFile, fmt.Sprintf("forward-addr: %s@%d", u.upstream.Addr(), u.upstream.Port()),
			fmt.Sprintf("forward-tls-upstream: yes\n  forward-addr: %s@%d#dns.example\nserver:\n  tls-cert-bundle: %q",
				dot.Addr(), dot.Port(), cert),
		},
		{"CoreDNS", coreFile, "", ""},
		{
			"CoreDNS, TLS", coreFile, "forward . " + u.upstream.String(),
			"forward . tls://" + dot.String() + " {\n    tls_servername dns.example\n  }",
		},
	}
}

// rewrite puts one text of a file in place of another.
func (l *lab) rewrite(file, old, text string) error {
	is, err := os.ReadFile(l.file(file))
	if err != nil {
		return err
	}
	if !strings.Contains(string(is), old) {
		return errors.New(file + " does not say " + old)
	}
	return os.WriteFile(l.file(file), []byte(strings.Replace(string(is), old, text, 1)), 0o644)
}
