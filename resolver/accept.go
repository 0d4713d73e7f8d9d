package resolver

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"lachan/resolver/listen"
)

// A tcpListener accepts connections and knows those that it reads from.
type tcpListener struct {
	addr netip.AddrPort
	*net.TCPListener

	// serve reads from a guest until its end, and closes it, or hands it to
	// somebody who does.
	serve func(*tcpListener, *guest)
	tls   *tls.Config // nil where TLS is not spoken

	mu      sync.Mutex
	reading map[*guest]bool // mu; nil once stopped
}

// acceptFrom makes a listener of a copy of the socket.
func acceptFrom(socket listen.Socket, addr netip.AddrPort) (*tcpListener, error) {
	l, err := net.FileListener(socket.File)
	if err != nil {
		return nil, err
	}
	tcp, ok := l.(*net.TCPListener)
	if !ok {
		return nil, errors.Join(fmt.Errorf("a listener of kind %T", l), l.Close())
	}
	return &tcpListener{addr: addr, TCPListener: tcp, reading: map[*guest]bool{}}, nil
}

// accept serves connections until the listener is stopped, and returns when
// all that it reads from have ended.
func (r *Resolver) accept(l *tcpListener) {
	var live sync.WaitGroup
	defer live.Wait()
	for {
		c, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // out of descriptors, most likely: let some end
			r.log.Warn("accept connection", "address", l.addr, "error", err)
			time.Sleep(acceptPause)
			continue
		}
		s := r.world.Load().settings
		leave, ok := r.guests.enter(s)
		if !ok {
			c.Close()
			continue
		}
		g := &guest{Conn: c, socket: c, client: addrOf(c.RemoteAddr()), arrived: time.Now(), leave: leave, maxBytes: s.TCPMaxBytes}
		live.Go(func() { r.receive(l, g) })
	}
}

// receive learns who a guest is and serves it.
func (r *Resolver) receive(l *tcpListener, g *guest) {
	if !l.add(g) {
		g.Close()
		return
	}
	defer l.remove(g)
	s := r.world.Load().settings
	if contains(s.ProxyProtocol, g.client) && !g.introduce() {
		g.Close()
		return
	}
	leave, ok := r.guests.introduced(g.client, s)
	if !ok {
		g.Close()
		return
	}
	out := g.leave
	g.leave = func() { leave(); out() }
	l.serve(l, g)
}

const acceptPause = 10 * time.Millisecond

// addrOf is the address of a peer over TCP or UDP.
func addrOf(a net.Addr) netip.Addr {
	switch a := a.(type) {
	case *net.TCPAddr:
		return a.AddrPort().Addr().Unmap()
	case *net.UDPAddr:
		return a.AddrPort().Addr().Unmap()
	}
	return netip.Addr{}
}

func (l *tcpListener) add(g *guest) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.reading == nil {
		return false
	}
	l.reading[g] = true
	return true
}

func (l *tcpListener) remove(g *guest) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.reading, g)
}

// stop accepts and reads no more. Connections end when what was read from them
// is answered.
func (l *tcpListener) stop() error {
	err := l.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	for g := range l.reading {
		if stopped := g.stop(); !errors.Is(stopped, net.ErrClosed) { // one that has just ended
			err = errors.Join(err, stopped)
		}
	}
	l.reading = nil
	return err
}
