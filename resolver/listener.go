package resolver

import (
	"errors"
	"net/netip"
	"sync"

	"lachan/resolver/clientconn"
	"lachan/resolver/listen"
	"lachan/resolver/stream"
)

// A listener serves one endpoint: the sockets of its address. What a protocol does
// not use is nil.
type listener struct {
	addr    netip.AddrPort
	udp     []*udpSocket
	tcp     *clientconn.Listener
	doh     *stream.DoH // beside tcp
	doq     *stream.DoQ
	handler *streamHandler // of doh and doq
	ended   sync.WaitGroup
}

// openUDP answers what comes to the sockets from now on, each on the loop of a
// core.
func (l *listener) openUDP(es *endpoints, sockets []listen.Socket) error {
	for i, socket := range sockets {
		s, err := newUDPSocket(socket, l.addr)
		if err != nil {
			return err
		}
		l.udp = append(l.udp, s)
		if err := s.start(newUDPWorker(es.route, es.log, s), es.loops, i); err != nil {
			return err
		}
	}
	return nil
}

// run starts the goroutines of an open listener. What comes over UDP is answered
// since it was opened.
func (l *listener) run() {
	if l.tcp != nil {
		l.ended.Go(l.tcp.Run)
	}
	if l.doh != nil {
		l.ended.Go(l.doh.Run)
	}
	if l.doq != nil {
		l.ended.Go(l.doq.Run)
	}
}

// stop reads no more and returns when all readers and connections have ended.
// The UDP sockets stay open for the answers to queries that wait for an
// upstream, until close.
func (l *listener) stop() error {
	var errs []error
	for _, s := range l.udp {
		errs = append(errs, s.stopReading())
	}
	if l.tcp != nil {
		errs = append(errs, l.tcp.Stop())
	}
	if l.doh != nil {
		l.doh.Stop()
	}
	if l.doq != nil {
		l.doq.Stop()
	}
	l.ended.Wait()
	if l.handler != nil {
		l.handler.shard.Close()
	}
	return errors.Join(append(errs, l.closeQUIC())...)
}

// closeQUIC stops reading from the sockets of QUIC. No client waits for an
// answer there any more, and another process may be waiting for what comes.
func (l *listener) closeQUIC() error {
	var errs []error
	if l.doh != nil {
		errs = append(errs, l.doh.Close())
	}
	if l.doq != nil {
		errs = append(errs, l.doq.Close())
	}
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

// abandon closes a listener that never ran.
func (l *listener) abandon() (err error) {
	if l.tcp != nil {
		err = l.tcp.Close()
	}
	return errors.Join(err, l.closeQUIC(), l.close())
}
