//go:build linux

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"slices"
	"strconv"

	"lachan/bench/process"
	"lachan/internal/testserver"
)

// The columns of the encrypted doors: kept connections, warm questions.
const (
	dotCPU  column = "CPU-s/M DoT"
	dotRate column = "q/s DoT"
	dohCPU  column = "CPU-s/M DoH"
	dohRate column = "q/s DoH"
)

// doors measures the encrypted doors of lachan beside those of dnsdist and
// CoreDNS, where these are installed.
func (b *bench) doors(to io.Writer) error {
	if err := b.writeCertificate(); err != nil {
		return err
	}
	if err := b.gatherDoors(); err != nil {
		return err
	}
	b.startAll()
	for round := range b.rounds {
		say("round %d of %d", round+1, b.rounds)
		for _, s := range b.running(false) {
			b.takeDoor(s, s.dot, "dot", dotCPU, dotRate)
			b.takeDoor(s, s.doh, "doh", dohCPU, dohRate)
		}
	}
	fmt.Fprintf(to, "%d names, %d schools, %d rounds of %v; 20 connections, 20 questions each without an answer. Medians (lowest to highest).\n\n",
		b.names, b.schools, b.rounds, b.time)
	b.printTable(to, []column{dotCPU, dotRate, dohCPU, dohRate})
	for _, s := range b.subjects {
		for _, c := range []column{startTime, dotCPU, dohCPU} {
			if why := s.whyNot[c]; why != "" {
				fmt.Fprintf(to, "- not measured: %s, %s: %s\n", s.name, c, why)
			}
		}
	}
	return b.ctx.Err()
}

// gatherDoors makes the list of who is measured, with doors.
func (b *bench) gatherDoors() error {
	if err := b.gatherLachan(); err != nil {
		return err
	}
	dnsdist, coredns := &subject{}, &subject{}
	b.subjects = []*subject{b.lachan, dnsdist, coredns}
	for _, s := range b.subjects {
		for _, a := range []*netip.AddrPort{&s.addr, &s.dot, &s.doh} {
			if s == b.lachan && a == &s.addr {
				continue
			}
			var err error
			if *a, err = freeAddr(); err != nil {
				return err
			}
		}
	}
	if err := errors.Join(b.dnsdist(dnsdist), b.corednsServer(coredns)); err != nil {
		return err
	}
	cert, key := b.file("cert.pem"), b.file("key.pem")
	b.lachan.args = slices.Insert(b.lachan.args, 1, "--server.dot="+b.lachan.dot.String(), "--server.doh="+b.lachan.doh.String(),
		"--server.tls.cert="+cert, "--server.tls.key="+key)
	return errors.Join(
		appendTo(b.file("dnsdist.conf"), fmt.Sprintf("addTLSLocal(%q, %q, %q)\naddDOHLocal(%q, %q, %q, \"/dns-query\")\n",
			dnsdist.dot, cert, key, dnsdist.doh, cert, key)),
		b.corednsDoors(coredns, cert, key),
	)
}

// corednsDoors has the plain server's rules serve over TLS and HTTPS too.
func (b *bench) corednsDoors(s *subject, cert, key string) error {
	plain, err := os.ReadFile(b.file("Corefile"))
	if err != nil {
		return err
	}
	rules := string(plain[1:]) // behind the zone
	text := string(plain)
	for _, at := range []string{"tls://.:" + portOf(s.dot), "https://.:" + portOf(s.doh)} {
		text += at + rules[:len(rules)-2] + "  tls " + cert + " " + key + "\n}\n"
	}
	return os.WriteFile(b.file("Corefile"), []byte(text), 0o644)
}

// takeDoor asks at a door and notes two columns.
func (b *bench) takeDoor(s *subject, at netip.AddrPort, protocol string, cpu, rate column) {
	r, err := askDoor(b, s, at, protocol)
	if err != nil {
		s.miss(cpu, err)
		return
	}
	s.note(cpu, r.CPUPerM)
	s.note(rate, r.Rate)
}

// askDoor asks warm questions at a door.
func askDoor(b *bench, s *subject, at netip.AddrPort, protocol string) (r result, err error) {
	out := b.file("secure.json")
	c, err := process.Start(loadCore, "sh", "-c", `out=$1; shift; exec "$@" >"$out"`, "sh", out, b.bin("secure"),
		"-server", at.String(), "-protocol", protocol, "-pid", strconv.Itoa(s.child.PID()),
		"-queries", b.file("warm.queries"), "-spread", strconv.Itoa(b.schools), "-time", b.time.String())
	if err == nil {
		err = c.Wait(b.ctx)
	}
	if err != nil {
		return r, err
	}
	text, err := os.ReadFile(out)
	if err != nil {
		return r, err
	}
	if json.Unmarshal(text, &r) != nil {
		return r, errors.New(c.Output())
	}
	return r, nil
}

// writeCertificate makes one for this measurement.
func (b *bench) writeCertificate() error {
	cert, key, err := testserver.PEM("dns.example", "127.0.0.1")
	if err != nil {
		return err
	}
	return errors.Join(os.WriteFile(b.file("cert.pem"), cert, 0o600), os.WriteFile(b.file("key.pem"), key, 0o600))
}
