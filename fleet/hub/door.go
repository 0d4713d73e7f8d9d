package hub

import (
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"lachan/fleet"
)

// Bounds of the port for nodes.
const (
	handshakeTime = 10 * time.Second
	requestTime   = 10 * time.Second // of what is asked once, without its answer
	idleTime      = time.Minute
	pieceSize     = 4 << 10 // bytes that wait on their way in each direction of a connection
)

// Serve serves nodes on listeners until ctx is done: the records to those that speak NATS
// within TLS, pages to those that speak HTTP. It closes the listeners.
func (h *Hub) Serve(ctx context.Context, pages http.Handler, listeners ...net.Listener) error {
	config, err := fleet.ServerTLS(h.cfg.Name, h.cfg.Key)
	if err != nil {
		return err
	}
	d := &door{
		hub: h, config: config, asked: make(chan net.Conn), ended: make(chan struct{}), open: map[net.Conn]bool{},
	}
	server := &http.Server{
		Handler: pages, ReadHeaderTimeout: requestTime, ReadTimeout: requestTime, IdleTimeout: idleTime,
		MaxHeaderBytes: 16 << 10, ErrorLog: log.New(io.Discard, "", 0),
		ConnContext: func(ctx context.Context, conn net.Conn) context.Context {
			if asks, ok := conn.(*asking); ok {
				return context.WithValue(ctx, shownKey{}, asks.key)
			}
			return ctx
		},
	}
	var live sync.WaitGroup
	failed := make(chan error, len(listeners))
	for _, l := range listeners {
		live.Go(func() {
			if err := d.accept(l); !errors.Is(err, net.ErrClosed) {
				failed <- err
			}
		})
	}
	live.Go(func() { _ = server.Serve(d) }) // it ends as d does
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	for _, l := range listeners {
		err = errors.Join(err, l.Close())
	}
	d.close()
	_ = server.Close() // a node asks again
	live.Wait()
	d.live.Wait()
	return err
}

// A door has the connections of a port. Those that speak HTTP are a listener.
type door struct {
	hub    *Hub
	config *tls.Config
	asked  chan net.Conn // that speak HTTP
	ended  chan struct{}
	live   sync.WaitGroup

	mu     sync.Mutex
	open   map[net.Conn]bool // mu
	closed bool              // mu
}

// accept takes connections until the listener is closed.
func (d *door) accept(l net.Listener) error {
	for {
		conn, err := l.Accept()
		if err != nil {
			return err
		}
		if !d.has(conn) {
			continue
		}
		d.live.Go(func() {
			defer d.gone(conn)
			d.serve(tls.Server(conn, d.config))
		})
	}
}

// has notes that a connection is open, unless the door is closed.
func (d *door) has(conn net.Conn) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		_ = conn.Close() // nothing was said
		return false
	}
	d.open[conn] = true
	return true
}

func (d *door) gone(conn net.Conn) {
	_ = conn.Close() // it has ended
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.open, conn)
}

func (d *door) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.closed {
		d.closed = true
		close(d.ended)
	}
	for conn := range d.open {
		_ = conn.Close() // nodes connect again
	}
}

// serve serves a connection until its end.
func (d *door) serve(conn *tls.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), handshakeTime)
	err := conn.HandshakeContext(ctx)
	cancel()
	if err != nil {
		return // strangers knock at every port
	}
	switch state := conn.ConnectionState(); state.NegotiatedProtocol {
	case fleet.Records:
		d.hub.engine.serve(conn)
	case fleet.HTTP:
		asks := &asking{Conn: conn, key: fleet.PeerKey(state), done: make(chan struct{})}
		select {
		case d.asked <- asks:
			<-asks.done
		case <-d.ended:
		}
	}
}

// splice copies both ways until one side ends.
func splice(a, b net.Conn) {
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{a, b}, {b, a}} {
		both.Go(func() {
			_, _ = io.CopyBuffer(way[0], way[1], make([]byte, pieceSize)) // an end as any other
			_ = a.Close()
			_ = b.Close()
		})
	}
	both.Wait()
}

// shownKey is the key of a request's context that has the key of its connection.
type shownKey struct{}

// An asking connection speaks HTTP; it says when it was closed.
type asking struct {
	net.Conn
	key  ed25519.PublicKey // that it has proven to have; nil for none
	once sync.Once
	done chan struct{}
}

// Close is net.Conn.
func (a *asking) Close() error {
	err := a.Conn.Close()
	a.once.Do(func() { close(a.done) })
	return err
}

// Accept is net.Listener.
func (d *door) Accept() (net.Conn, error) {
	select {
	case conn := <-d.asked:
		return conn, nil
	case <-d.ended:
		return nil, net.ErrClosed
	}
}

// Close is net.Listener: what ends the door is Serve.
func (d *door) Close() error { return nil }

// Addr is net.Listener.
func (d *door) Addr() net.Addr { return &net.TCPAddr{} }
