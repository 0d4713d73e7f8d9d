package resolve

import (
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"lachan/cmd/lachan/inforce"
	"lachan/internal/message"
	"lachan/metrics"
	"lachan/metrics/history"
	"lachan/resolver"
	"lachan/resolver/links"
	"lachan/resolver/listen"
	"lachan/resolver/sessions"
)

// A manager is a connection to manage, and what was told over it.
type manager struct {
	conn *message.Conn
	sent metrics.Sent
}

// meet takes a connection to a new manage, and tells it everything.
func (p *process) meet(m *message.Message) {
	if len(m.Files) != 1 {
		p.log.Error("connect to manage", "files", len(m.Files))
		return
	}
	conn, err := message.New(m.Files[0])
	if err != nil {
		p.log.Error("connect to manage", "error", err)
		return
	}
	if p.manage != nil {
		_ = p.manage.conn.Close() // the one before is gone
	}
	p.manage = &manager{conn: conn}
	go p.receive(conn)
	p.tell(message.Hello, inforce.Hello{Epoch: p.counters.Epoch().String(), Version: p.version, Process: os.Getpid()})
	p.links.forward(conn)
	p.tick(time.Now())
}

// lose forgets a connection that has ended.
func (p *process) lose(conn *message.Conn) {
	_ = conn.Close() // it has ended
	if p.manage != nil && p.manage.conn == conn {
		p.manage = nil
		p.links.forward(nil)
		_ = p.control.Send(message.Message{Kind: message.Peer}) // the supervisor's end is seen by its reader
	}
}

// tell sends manage a message, if it is there.
func (p *process) tell(kind message.Kind, v any) {
	m, err := message.JSON(kind, v)
	if err != nil {
		p.log.Error("tell manage", "error", err)
		return
	}
	p.send(m)
}

// send sends manage a message, if it is there. A connection that takes none is
// closed: the supervisor will bring another.
func (p *process) send(m message.Message) {
	if p.manage == nil {
		return
	}
	if err := p.manage.conn.Send(m); err != nil {
		p.log.Info("the connection to manage has ended", "error", err)
		p.lose(p.manage.conn)
	}
}

// tick tells manage what was counted since the last tick.
func (p *process) tick(now time.Time) {
	if p.resolver == nil {
		return
	}
	p.counters.Protect(now.Sub(p.protected))
	p.protected = now
	if p.manage == nil {
		return
	}
	p.send(message.Message{Kind: message.Tick, Body: p.counters.Tick(nil, &p.manage.sent, p.readings())})
	p.send(message.Message{Kind: message.Samples, Body: p.counters.AppendSamples(nil)})
}

// tellLast tells manage all that was counted, and leaves it on the disk as well:
// manage may end before it has kept what it was told.
func (p *process) tellLast() {
	p.counters.Protect(time.Since(p.protected))
	p.protected = time.Now()
	last := p.counters.Tick(nil, &metrics.Sent{}, p.readings())
	if err := history.WriteFinal(p.state.cfg.HistoryDir(), p.counters.Epoch(), last); err != nil {
		p.log.Error("leave what was counted for manage", "error", err)
	}
	p.tick(time.Now())
	p.seen.tell(p, time.Now(), true)
	p.send(message.Message{Kind: message.Final})
}

// takeSockets takes the sockets that the supervisor wants served.
func (p *process) takeSockets(m *message.Message) {
	var list []message.Socket
	err := m.Decode(&list)
	if err == nil && len(list) != len(m.Files) {
		err = fmt.Errorf("%d sockets with %d files", len(list), len(m.Files))
	}
	if err != nil {
		p.log.Error("take sockets", "error", err)
		return
	}
	_ = listen.Close(p.sockets) // they are not served yet
	p.sockets = nil
	for i, s := range list {
		at := listen.Endpoint{Protocol: protocols[s.Role], Addr: s.Address}
		p.sockets = append(p.sockets, listen.Socket{Endpoint: at, Network: s.Network, File: m.Files[i]})
	}
	if p.state.list != nil {
		p.listen()
	}
}

// protocols are those of the roles that answer.
var protocols = map[message.Role]listen.Protocol{
	message.RolePlain: listen.Plain, message.RoleDoT: listen.DoT,
	message.RoleDoH: listen.DoH, message.RoleDoQ: listen.DoQ,
}

// listen serves the sockets; the resolver has them from then on.
func (p *process) listen() {
	sockets := p.sockets
	p.sockets = nil
	if err := p.resolver.Listen(sockets); err != nil {
		p.log.Error("serve sockets", "error", err)
	}
}

// watch begins or ends a watch, and is what was asked so far. Nothing is on before there
// is a resolver, nor for a message that cannot be read.
func watch(r *resolver.Resolver, m *message.Message) inforce.Watched {
	var w inforce.Watch
	if m.Decode(&w) != nil || r == nil {
		return inforce.Watched{}
	}
	watches, told := r.Watches(), inforce.Watched{ID: w.ID}
	switch {
	case w.End:
		watches.End(w.ID)
	case w.For > 0:
		_ = watches.Begin(w.ID, w.Address, w.For) // told that it is not on
	}
	told.Seen, told.On = watches.Seen(w.ID)
	return told
}

// A linkForwarder tells manage which addresses routers have linked. The endpoints
// call save, any number at a time.
type linkForwarder struct {
	mu   sync.Mutex
	conn *message.Conn // mu; nil while manage is away
	all  []links.Link  // mu; since the first change here; nil: none
}

// save is the save of links.New. What manage is not there to hear it
// hears when it comes.
func (l *linkForwarder) save(all []links.Link) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = slices.Clone(all)
	return l.tell()
}

func (l *linkForwarder) forward(conn *message.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conn = conn
	_ = l.tell() // the connection tells of its end
}

func (l *linkForwarder) tell() error {
	if l.conn == nil || l.all == nil {
		return nil
	}
	m, err := message.JSON(message.Link, l.all)
	if err != nil {
		return err
	}
	return l.conn.Send(m)
}

// takeAddresses takes the addresses that were linked before this process began.
// What routers have said since is newer.
func (p *process) takeAddresses(m *message.Message) {
	if p.linked != nil {
		return
	}
	var addresses inforce.Addresses
	if err := m.Decode(&addresses); err != nil {
		p.log.Error("take linked addresses", "error", err)
	}
	p.linked = links.New(addresses, p.links.save)
	p.putInForce()
}

// follow makes the table of sessions what manage says, and is what to say to that: nil
// where nobody waits.
func follow(table *sessions.Table, m *message.Message) (said *inforce.Session, err error) {
	if m.Kind == message.Sessions {
		var units inforce.Sessions
		if err = m.Decode(&units); err != nil {
			return nil, err
		}
		var all []sessions.Change
		for unit, prefixes := range units {
			for _, p := range prefixes {
				all = append(all, sessions.Change{Prefix: p, Unit: unit})
			}
		}
		table.Replace(all)
		return nil, nil
	}
	var s inforce.Session
	if err = m.Decode(&s); err != nil {
		return nil, err
	}
	table.Apply(s.Changes)
	return &inforce.Session{ID: s.ID}, nil
}
