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

	accepting sync.WaitGroup // the goroutine that accepts

	mu      sync.Mutex
	reading map[*guest]bool // mu
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

// run serves connections until the listener is stopped, and returns when all
// that it reads from have ended.
func (l *tcpListener) run(r *Resolver) {
	var live sync.WaitGroup
	defer live.Wait()
	defer l.accepting.Done()
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
		l.add(g)
		live.Go(func() { r.receive(l, g) })
	}
}

// receive learns who a guest is and serves it.
func (r *Resolver) receive(l *tcpListener, g *guest) {
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

func (l *tcpListener) add(g *guest) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reading[g] = true
}

func (l *tcpListener) remove(g *guest) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.reading, g)
}

// stop accepts no more, and then reads no more: no connection that was accepted is
// overlooked, and the others wait for whoever else holds the socket. Connections
// end when what was read from them is answered.
func (l *tcpListener) stop() error {
	err := l.Close()
	l.accepting.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	for g := range l.reading {
		if stopped := g.stop(); !errors.Is(stopped, net.ErrClosed) { // one that has just ended
			err = errors.Join(err, stopped)
		}
	}
	return err
}
