package clientconn

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"lachan/resolver/listen"
)

// A Listener accepts connections and knows those that are read from.
type Listener struct {
	*net.TCPListener
	addr    netip.AddrPort
	door    listen.Protocol
	limiter *Limiter
	log     *slog.Logger
	serve   func(*Conn)

	accepting sync.WaitGroup // the goroutine that accepts

	mu      sync.Mutex
	reading map[*Conn]bool // mu
}

// Listen makes a Listener of a copy of a socket, which is bound to addr. serve
// reads from a connection until its end and closes it, or hands it over for that.
// Nothing is accepted before Run.
func Listen(
	from listen.Socket, addr netip.AddrPort, limiter *Limiter, log *slog.Logger, serve func(*Conn),
) (*Listener, error) {
	accepted, err := net.FileListener(from.File)
	if err != nil {
		return nil, err
	}
	tcp, ok := accepted.(*net.TCPListener)
	if !ok {
		return nil, errors.Join(fmt.Errorf("a listener of kind %T", accepted), accepted.Close())
	}
	l := &Listener{
		TCPListener: tcp, addr: addr, door: from.Protocol, limiter: limiter, log: log, serve: serve,
		reading: map[*Conn]bool{},
	}
	l.accepting.Add(1)
	return l, nil
}

// Run serves connections until Stop, and returns when all that are read from have
// ended. It is called once.
func (l *Listener) Run() {
	var live sync.WaitGroup
	defer live.Wait()
	defer l.accepting.Done()
	for {
		socket, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // out of descriptors, most likely: let some end
			l.log.Warn("accept connection", "address", l.addr, "error", err)
			time.Sleep(acceptPause)
			continue
		}
		s := l.limiter.limits()
		c := &Conn{
			Conn: socket, socket: socket, limiter: l.limiter, client: AddrOf(socket.RemoteAddr()),
			opened: time.Now(), maxBytes: s.MaxBytes,
		}
		balancer := Contains(s.ProxyProtocol, c.client)
		if !balancer && !l.admit(c) {
			socket.Close()
			continue
		}
		l.add(c)
		live.Go(func() { l.receive(c, balancer) })
	}
}

// receive learns which client a connection is of and serves it.
func (l *Listener) receive(c *Conn, balancer bool) {
	defer l.remove(c)
	if balancer && !(l.readClient(c) && l.admit(c)) {
		c.Close()
		return
	}
	l.serve(c)
}

// readClient reads which client a balancer speaks for. Only some connections may be
// without their client at a time: they have no place yet.
func (l *Listener) readClient(c *Conn) bool {
	defer l.limiter.unread.Add(-1)
	return int(l.limiter.unread.Add(1)) <= l.limiter.limits().few() && c.readProxyHeader()
}

// admit gives a connection a place. One over plain TCP of a client that is not served
// has none: its questions would be refused one by one.
func (l *Listener) admit(c *Conn) bool {
	standing := l.limiter.standing(c.client)
	if standing == Refused && l.door == listen.Plain {
		return false
	}
	place, ok := l.limiter.take(c.client, l.door, standing, c.giveWay)
	if ok {
		c.place.Store(place)
	}
	return ok
}

const acceptPause = 10 * time.Millisecond

func (l *Listener) add(c *Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reading[c] = true
}

func (l *Listener) remove(c *Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.reading, c)
}

// Stop accepts no more, and then reads no more: no connection that was accepted is
// overlooked, and the others wait for another holder of the socket. Connections
// end when what was read from them is answered.
func (l *Listener) Stop() error {
	err := l.Close()
	l.accepting.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.reading {
		if stopped := c.stop(); !errors.Is(stopped, net.ErrClosed) { // one that has just ended
			err = errors.Join(err, stopped)
		}
	}
	return err
}

// AddrOf is the address of a peer over TCP or UDP. The zone of a link-local address is
// left out, as it is of a packet: prefixes hold no address that has one, so that a
// client would be another by each transport.
func AddrOf(a net.Addr) netip.Addr {
	switch a := a.(type) {
	case *net.TCPAddr:
		return a.AddrPort().Addr().Unmap().WithZone("")
	case *net.UDPAddr:
		return a.AddrPort().Addr().Unmap().WithZone("")
	}
	return netip.Addr{}
}
