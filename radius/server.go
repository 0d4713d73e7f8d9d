// Package radius takes from access servers (NAS, BRAS) by RADIUS accounting (RFC 2866)
// which customer's session has which address, for as long as it lasts. It runs beside what
// answers queries, which is told nothing but addresses and units.
package radius

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/netip"
	"os"
	"slices"
	"sync"
	"time"

	"layeh.com/radius"

	"lachan/internal/fault"
	"lachan/metrics"
	"lachan/resolver/sessions"
)

// A Client is an access server, or several with one secret.
type Client struct {
	Network netip.Prefix
	Secret  []byte
}

// Settings say whom to believe, and what names a line.
type Settings struct {
	Clients   []Client
	Attribute string        // one of Attributes
	Interim   time.Duration // how often access servers speak of a session that goes on
	Most      int           // sessions
}

// Sinks are what a Server tells. None may be nil.
type Sinks struct {
	// Unit is the unit that a line is of; "" if it is no unit's.
	Unit func(line string) string
	// Send tells what answers queries of changes; used returns when it uses them, or cannot.
	Send func(changes []sessions.Change) (used func())
	// Replace has it use all and nothing else, also when it is started anew.
	Replace func(all []sessions.Change)
	// Failed tells of a fault of the program that met one request.
	Failed     func(err error)
	Conditions *metrics.Conditions
	Log        *slog.Logger
}

// A Server receives accounting. Its methods may be called by any number of goroutines;
// Serve by one at a time.
type Server struct {
	sinks   Sinks
	mu      sync.Mutex
	book    *book                    // mu
	journal journal                  // mu
	stale   bool                     // mu; something has changed since Replace was told
	reading metrics.RADIUSReading    // mu; without what the book counts
	wrong   map[netip.Addr]time.Time // mu; who signed with another secret of late
}

// New returns a Server that keeps its sessions in a file.
func New(path string, sinks Sinks) *Server {
	return &Server{sinks: sinks, book: newBook(), journal: journal{path: path}, wrong: map[netip.Addr]time.Time{}}
}

const (
	// mostWaiting bounds the requests that are read and not yet taken, at most 8 MiB.
	mostWaiting = 2048
	// mostTogether is how many are taken at once.
	mostTogether = 512
	// lookEvery is how often sessions that nothing is heard of are ended.
	lookEvery = 10 * time.Second
	// silence is after how many of Settings.Interim such a session is over.
	silence = 2.5
	// wrongFor is how long a wrong secret is told after it was seen last.
	wrongFor = 10 * time.Minute
	// mostWrong bounds who is told of.
	mostWrong = 100
	// receiveBuffer is what the kernel may hold while one turn is made, in bytes.
	receiveBuffer = 4 << 20
)

// Serve takes requests from sockets until ctx ends. Without clients there are no sessions.
func (s *Server) Serve(ctx context.Context, settings Settings, sockets []net.PacketConn) {
	s.begin(&settings, time.Now())
	if len(settings.Clients) == 0 {
		return
	}
	clients := byLength(settings.Clients)
	requests := make(chan request, mostWaiting)
	var readers sync.WaitGroup
	for _, socket := range sockets {
		_ = socket.SetReadDeadline(time.Time{}) // it was read before
		if c, ok := socket.(interface{ SetReadBuffer(bytes int) error }); ok {
			_ = c.SetReadBuffer(receiveBuffer) // as much as the system allows
		}
		readers.Go(func() { s.read(socket, clients, requests) })
	}
	defer readers.Wait()
	defer func() {
		for _, socket := range sockets {
			_ = socket.SetReadDeadline(time.Now()) // its reader ends
		}
	}()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case first := <-requests:
			s.takeAll(together(first, requests), settings.Attribute)
		case now := <-look.C:
			s.look(now)
		}
	}
}

// begin has the sessions of the file in force.
func (s *Server) begin(settings *Settings, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.journal.close()
	s.book = newBook()
	s.book.most, s.book.silent = settings.Most, time.Duration(silence*float64(settings.Interim))
	if len(settings.Clients) > 0 {
		damaged, err := s.journal.open(s.book, now)
		if damaged > 0 {
			s.sinks.Log.Error("sessions of access servers that cannot be read", "lines", damaged)
			s.sinks.Conditions.Set("radius-damaged", textDamaged.With(damaged).String())
		}
		s.keeps(err)
	}
	s.reading.Dropped = nil
	if len(settings.Clients) > 0 {
		s.reading.Dropped = map[string]uint64{"client": 0, "secret": 0, "invalid": 0, "busy": 0}
	}
	s.sinks.Replace(s.book.all())
}

// keeps tells whether the file can be written.
func (s *Server) keeps(err error) {
	if err == nil {
		s.sinks.Conditions.Clear("radius-file")
	} else if s.sinks.Conditions.Set("radius-file", textFile.With(err).String()) {
		s.sinks.Log.Error("keep the sessions of access servers", "error", err)
	}
}

// With calls do with the addresses of units, between two changes.
func (s *Server) With(do func(all []sessions.Change)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do(s.book.all())
}

// A request is one that was read, with where its answer goes.
type request struct {
	packet *radius.Packet
	of     netip.Prefix // the client's in lachan.yaml
	from   netip.AddrPort
	socket net.PacketConn
	at     time.Time
}

// byLength has the client with the longest prefix first, which counts.
func byLength(clients []Client) []Client {
	return slices.SortedStableFunc(slices.Values(clients), func(a, b Client) int {
		return cmp.Compare(b.Network.Bits(), a.Network.Bits())
	})
}

// read reads a socket until it is past its deadline.
func (s *Server) read(socket net.PacketConn, clients []Client, requests chan<- request) {
	buffer := make([]byte, radius.MaxPacketLength+1)
	for {
		n, from, err := socket.ReadFrom(buffer)
		switch {
		case errors.Is(err, net.ErrClosed) || errors.Is(err, os.ErrDeadlineExceeded):
			return
		case err != nil:
			continue
		}
		if met := fault.Catch(func() { s.receive(buffer[:n], from, socket, clients, requests) }); met != nil {
			s.sinks.Failed(met)
		}
	}
}

// receive passes a request on. Who is no client and who signs with another secret gets no
// answer.
func (s *Server) receive(raw []byte, addr net.Addr, socket net.PacketConn, clients []Client, requests chan<- request) {
	from := addr.(*net.UDPAddr).AddrPort()
	from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
	i := slices.IndexFunc(clients, func(c Client) bool { return c.Network.Contains(from.Addr().WithZone("")) })
	if i < 0 {
		s.drop("client")
		return
	}
	packet, err := radius.Parse(raw, clients[i].Secret)
	if err != nil {
		s.drop("invalid")
		return
	}
	length := int(raw[2])<<8 | int(raw[3]) // what comes behind it is padding (RFC 2865, 3)
	if !isAuthentic(packet, raw[:length]) {
		s.disagree(from.Addr(), time.Now())
		return
	}
	select {
	case requests <- request{packet, clients[i].Network, from, socket, time.Now()}:
	default:
		s.drop("busy") // it is sent again
	}
}

// together are the requests that wait, first before them.
func together(first request, requests <-chan request) (list []request) {
	for list = append(list, first); len(list) < mostTogether; {
		select {
		case r := <-requests:
			list = append(list, r)
		default:
			return list
		}
	}
	return list
}

// takeAll puts in force what requests say, and then answers them: who has the answer may
// ask by the address.
func (s *Server) takeAll(list []request, attribute string) {
	s.mu.Lock()
	var all turn
	for i := range list {
		all.add(s.take(&list[i], attribute))
	}
	s.stale = s.stale || len(all.changes) > 0
	s.keeps(s.journal.append(s.book, all.touched, time.Now()))
	used := func() {}
	if len(all.changes) > 0 {
		used = s.sinks.Send(all.changes)
	}
	s.mu.Unlock()
	used()
	for i := range list {
		s.answer(&list[i])
	}
}

func (t *turn) add(other turn) {
	t.changes = append(t.changes, other.changes...)
	for s := range other.touched {
		t.touch(s)
	}
}

func (s *Server) take(r *request, attribute string) turn {
	s.reading.Requests++
	if r.packet.Code == radius.CodeStatusServer {
		return turn{}
	}
	report, err := read(r.packet, r.of, r.from.Addr(), attribute, r.at)
	if err != nil {
		s.reading.Dropped["invalid"]++
		return turn{} // it is answered: to send it again would not help
	}
	unit := ""
	if report.what == goesOn && report.line != "" {
		unit = s.sinks.Unit(report.line)
	}
	if report.what == goesOn && unit == "" {
		s.reading.Nameless++
	}
	return s.book.take(&report, unit, r.at)
}

func (s *Server) answer(r *request) {
	text, err := r.packet.Response(radius.CodeAccountingResponse).Encode()
	if err == nil {
		_, err = r.socket.WriteTo(text, net.UDPAddrFromAddrPort(r.from))
	}
	if err != nil && !errors.Is(err, net.ErrClosed) {
		s.sinks.Log.Debug("answer an access server", "error", err) // it asks again
	}
}

func (s *Server) drop(why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reading.Dropped[why]++
}

// disagree notes that somebody at a client's address has another secret.
func (s *Server) disagree(a netip.Addr, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reading.Dropped["secret"]++
	if _, known := s.wrong[a]; known || len(s.wrong) < mostWrong {
		s.wrong[a] = now
	}
	s.tellWrong(now)
}

func (s *Server) tellWrong(now time.Time) {
	var names []string
	for a, at := range s.wrong {
		if now.Sub(at) > wrongFor {
			delete(s.wrong, a)
			continue
		}
		names = append(names, a.String())
	}
	if slices.Sort(names); len(names) == 0 {
		s.sinks.Conditions.Clear("radius-secret")
		return
	}
	s.sinks.Conditions.Set("radius-secret", textWrong.With(fmt.Sprint(names)).String())
}

// look ends what nothing is heard of, and leaves all with what starts others.
func (s *Server) look(now time.Time) {
	s.mu.Lock()
	t := s.book.expire(now)
	s.stale = s.stale || len(t.changes) > 0
	s.keeps(s.journal.append(s.book, t.touched, now))
	s.tellWrong(now)
	if s.book.count >= s.book.most {
		s.sinks.Conditions.Set("radius-full", textFull.With(s.book.most).String())
	} else {
		s.sinks.Conditions.Clear("radius-full")
	}
	if s.stale {
		s.sinks.Replace(s.book.all())
	}
	s.stale = false
	s.mu.Unlock()
}

// Reading is what the server has counted.
func (s *Server) Reading() metrics.RADIUSReading {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.reading
	r.Dropped = maps.Clone(r.Dropped)
	r.Sessions, r.Late, r.Full = s.book.going(), s.book.late, s.book.full
	return r
}
