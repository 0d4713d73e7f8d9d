package resolver

import (
	"errors"
	"fmt"
	"net/netip"
	"sync"
)

// A listener is one address served over UDP and TCP.
type listener struct {
	udp    []*udpSocket
	tcp    *tcpListener
	closed sync.WaitGroup
}

// Listen serves exactly these addresses from now on: those that are new are
// opened first, and only if all of them can be are those that are not named any
// more closed, when what was read from them is answered. With an error
// everything stays as it was. Port 0 is any free port; Addresses tells which.
func (r *Resolver) Listen(addrs []netip.AddrPort) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	opened := map[netip.AddrPort]*listener{}
	for _, addr := range addrs {
		if r.listening[addr] != nil || opened[addr] != nil {
			continue
		}
		l, err := r.open(addr)
		if err != nil {
			for _, l := range opened {
				err = errors.Join(err, l.tcp.Close(), l.close())
			}
			return err
		}
		opened[addr] = l
	}
	keep := map[netip.AddrPort]bool{}
	for _, addr := range addrs {
		keep[addr] = true
	}
	for addr, l := range opened {
		r.listening[addr] = l
		l.run(r)
	}
	var errs []error
	for addr, l := range r.listening {
		if !keep[addr] {
			errs = append(errs, l.stop(), l.retire())
			delete(r.listening, addr)
		}
	}
	return errors.Join(errs...)
}

// Addresses are the addresses that are served now.
func (r *Resolver) Addresses() (addrs []netip.AddrPort) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, l := range r.listening {
		addrs = append(addrs, l.tcp.addr)
	}
	return addrs
}

// portTries is how many free ports are tried when any will do: one that is free
// for TCP may be taken for UDP.
const portTries = 20

// open binds an address for UDP and TCP; the port of both is the same.
func (r *Resolver) open(addr netip.AddrPort) (l *listener, err error) {
	for range portTries {
		if l, err = r.openOnce(addr); err == nil || addr.Port() != 0 {
			break
		}
	}
	return l, err
}

func (r *Resolver) openOnce(addr netip.AddrPort) (*listener, error) {
	tcp, err := listenTCP(addr)
	if err != nil {
		return nil, fmt.Errorf("listen on %s over TCP: %w", addr, err)
	}
	l := &listener{tcp: tcp}
	for range udpSockets() {
		s, err := listenUDP(tcp.addr)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("listen on %s over UDP: %w", addr, err), tcp.Close(), l.close())
		}
		l.udp = append(l.udp, s)
	}
	return l, nil
}

// run starts the goroutines of an open listener.
func (l *listener) run(r *Resolver) {
	for _, s := range l.udp {
		l.closed.Go(func() { r.readUDP(s) })
	}
	l.closed.Go(func() { r.acceptTCP(l.tcp) })
}

// stop reads no more and returns when all readers and connections have ended.
// The UDP sockets stay open for the answers to queries that wait for an
// upstream, until close.
func (l *listener) stop() error {
	var errs []error
	for _, s := range l.udp {
		errs = append(errs, s.stopReading())
	}
	errs = append(errs, l.tcp.stop())
	l.closed.Wait()
	return errors.Join(errs...)
}

// retire closes, once all answers are written. Nothing is read any more, and
// packets to a socket that is still open would be lost.
func (l *listener) retire() error {
	for _, s := range l.udp {
		s.waiting.Wait()
	}
	return l.close()
}

func (l *listener) close() error {
	var errs []error
	for _, s := range l.udp {
		errs = append(errs, s.close())
	}
	return errors.Join(errs...)
}
