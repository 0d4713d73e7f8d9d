//go:build linux

package main

import (
	"cmp"
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
	oneCPU  column = "CPU-s/M DoH, 100 x 1"
	h3CPU   column = "CPU-s/M DoH, HTTP/3"
	doqCPU  column = "CPU-s/M DoQ"
)

// A doorBench measures the encrypted doors of lachan beside those of others.
type doorBench struct{ *bench }

// doors measures the encrypted doors of lachan beside those of dnsdist and
// CoreDNS, where these are installed.
func (d *doorBench) doors(to io.Writer) error {
	if err := d.writeCertificate(); err != nil {
		return err
	}
	if err := d.gatherDoors(); err != nil {
		return err
	}
	d.startAll()
	for round := range d.rounds {
		say("round %d of %d", round+1, d.rounds)
		for _, s := range d.running(false) {
			d.takeDoor(s, s.dot, "dot", dotCPU, dotRate)
			d.takeDoor(s, s.doh, "doh", dohCPU, dohRate)
			d.takeDoor(s, s.doh, "doh", oneCPU, "", "-clients", "100", "-window", "1")
			if s == d.lachan {
				d.takeDoor(s, s.doh, "doh3", h3CPU, "")
				d.takeDoor(s, s.doq, "doq", doqCPU, "")
			}
		}
	}
	fmt.Fprintf(to, "%d names, %d schools, %d rounds of %v; 20 connections, 20 questions each without an answer. Medians (lowest to highest).\n\n",
		d.names, d.schools, d.rounds, d.time)
	d.printTable(to, []column{dotCPU, dotRate, dohCPU, dohRate, oneCPU, h3CPU, doqCPU})
	for _, s := range d.subjects {
		for _, c := range []column{startTime, dotCPU, dohCPU, oneCPU, h3CPU, doqCPU} {
			if why := s.whyNot[c]; why != "" {
				fmt.Fprintf(to, "- not measured: %s, %s: %s\n", s.name, c, why)
			}
		}
	}
	return d.ctx.Err()
}

// gatherDoors makes the list of who is measured, with doors.
func (d *doorBench) gatherDoors() error {
	if err := d.gatherLachan(); err != nil {
		return err
	}
	dnsdist, coredns := &subject{}, &subject{}
	d.subjects = []*subject{d.lachan, dnsdist, coredns}
	for _, s := range d.subjects[1:] {
		var err error
		if s.addr, err = freeAddr(); err != nil {
			return err
		}
	}
	others := &rivals{d.lab}
	if err := errors.Join(others.dnsdist(dnsdist), others.corednsServer(coredns)); err != nil {
		return err
	}
	return d.addDoors(dnsdist, coredns)
}

// addDoors has lachan and others, which have their plain configuration, serve over TLS and
// HTTPS too.
func (d *doorBench) addDoors(dnsdist, coredns *subject) error {
	for _, s := range []*subject{d.lachan, dnsdist, coredns} {
		for _, a := range []*netip.AddrPort{&s.dot, &s.doh, &s.doq} {
			var err error
			if *a, err = freeAddr(); err != nil {
				return err
			}
		}
	}
	others := &rivals{d.lab}
	cert, key := d.file("cert.pem"), d.file("key.pem")
	d.lachan.args = slices.Insert(d.lachan.args, 1, "--server.dot="+d.lachan.dot.String(), "--server.doh="+d.lachan.doh.String(),
		"--server.doq="+d.lachan.doq.String(),
		"--server.tls.cert="+cert, "--server.tls.key="+key)
	return errors.Join(
		appendTo(d.file("dnsdist.conf"), fmt.Sprintf("addTLSLocal(%q, %q, %q)\naddDOHLocal(%q, %q, %q, \"/dns-query\")\n",
			dnsdist.dot, cert, key, dnsdist.doh, cert, key)),
		others.corednsDoors(coredns, cert, key),
	)
}

// corednsDoors has the plain server's rules serve over TLS and HTTPS too.
func (r *rivals) corednsDoors(s *subject, cert, key string) error {
	plain, err := os.ReadFile(r.file("Corefile"))
	if err != nil {
		return err
	}
	rules := string(plain[1:]) // behind the zone
	text := string(plain)
	for _, at := range []string{"tls://.:" + portOf(s.dot), "https://.:" + portOf(s.doh)} {
		text += at + rules[:len(rules)-2] + "  tls " + cert + " " + key + "\n}\n"
	}
	return os.WriteFile(r.file("Corefile"), []byte(text), 0o644)
}

// takeDoor asks at a door, with more flags of bench/secure, and notes one or two columns.
func (d *doorBench) takeDoor(s *subject, at netip.AddrPort, protocol string, cpu, rate column, more ...string) {
	r, err := askDoor(d.lab, s, at, protocol, more...)
	if err != nil {
		s.miss(cpu, err)
		return
	}
	s.note(cpu, r.CPUPerM)
	if rate != "" {
		s.note(rate, r.Rate)
	}
}

// askDoor asks warm questions at a door.
func askDoor(l *lab, s *subject, at netip.AddrPort, protocol string, more ...string) (r result, err error) {
	out := l.file("secure.json")
	args := slices.Concat([]string{
		"-c", `out=$1; shift; exec "$@" >"$out"`, "sh", out, l.bin("secure"),
		"-server", at.String(), "-protocol", protocol, "-pid", strconv.Itoa(cmp.Or(s.counts, s.child.PID())),
		"-queries", l.file("warm.queries"), "-spread", strconv.Itoa(l.schools), "-time", l.time.String(),
	}, more)
	c, err := process.Start(loadCore, "sh", args...)
	if err == nil {
		err = c.Wait(l.ctx)
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
func (l *lab) writeCertificate() error {
	cert, key, err := testserver.PEM("dns.example", "127.0.0.1")
	if err != nil {
		return err
	}
	return errors.Join(os.WriteFile(l.file("cert.pem"), cert, 0o600), os.WriteFile(l.file("key.pem"), key, 0o600))
}
