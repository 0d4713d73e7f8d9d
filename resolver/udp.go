package resolver

import (
	"lachan/metrics"
	"lachan/resolver/cache"
	"lachan/resolver/clientconn"
	"lachan/resolver/upstream"
)

// batchSize is how many packets a socket is asked for at a time.
const batchSize = 32

// A reader answers what comes to one socket. It belongs to one goroutine.
type reader struct {
	*Resolver
	socket *udpSocket
	lane   *metrics.Shard
	hot    *cache.Hot
	batch  []*Query
	served [batchSize]bool
	starts []*upstream.Call // exchanges that the batch begins
	seen   uint64           // by foresee; means nothing
}

func (r *Resolver) newReader(s *udpSocket) *reader {
	d := &reader{
		Resolver: r, socket: s, lane: r.counters.Shard(), hot: r.cache.NewHot(), batch: make([]*Query, batchSize),
	}
	for i := range d.batch {
		d.batch[i] = r.lease()
	}
	return d
}

// answer takes packets in a batch, loads the world and reads the clock once for
// it, answers all that needs memory only, and begins the exchanges for the rest.
func (d *reader) answer() error {
	n, err := d.socket.receive(d.batch)
	if n == 0 {
		return err
	}
	w, now := d.world.Load(), d.clock()
	if len(w.settings.ProxyProtocol) > 0 {
		readProxyHeaders(d.batch[:n], w.settings)
	}
	for i, q := range d.batch[:n] {
		q.transport, q.to, q.hot, q.starts = metrics.TransportUDP, d.socket, d.hot, &d.starts
		q.begin(w, now)
		d.served[i] = d.parse(q)
	}
	d.foresee(d.batch[:n])
	for i, q := range d.batch[:n] {
		if d.served[i] = d.served[i] || d.serveParsed(q); !d.served[i] {
			d.batch[i] = d.lease()
		}
	}
	now = d.clock()
	for i, q := range d.batch[:n] {
		if d.served[i] {
			d.finish(q, now, d.lane)
		}
	}
	d.socket.flush()
	upstream.Start(d.starts...)
	d.starts = d.starts[:0]
	return nil
}

// foresee brings into the core's cache what the queries of a batch are about to
// read: the core waits for memory once for all of them, where each would have
// made it wait.
func (d *reader) foresee(batch []*Query) {
	var answers [batchSize]*cache.Answer
	for i, q := range batch {
		if !d.served[i] {
			question := q.question()
			answers[i] = d.hot.Peek(d.cache.Hash(&question))
			d.seen += q.world.rules.Foresee(&q.Name)
		}
	}
	var data [batchSize][]byte
	for i := range batch {
		if a := answers[i]; a != nil {
			data[i] = a.Wire()
		}
	}
	for i := range batch {
		if len(data[i]) > 0 {
			d.seen += uint64(data[i][0])
		}
	}
}

// close gives back what the reader had.
func (d *reader) close() {
	for _, q := range d.batch {
		d.queries.Put(q)
	}
	d.lane.Close()
}

// lease gives the caller a query of its own.
func (r *Resolver) lease() *Query { return r.queries.Get().(*Query) }

// readProxyHeaders reads the PROXY headers of the packets in a batch that balancers
// sent. A packet that should have one and does not is no message.
func readProxyHeaders(batch []*Query, s *Settings) {
	for _, q := range batch {
		if !clientconn.Contains(s.ProxyProtocol, q.client) {
			continue
		}
		client, rest, ok := clientconn.CutProxyHeader(q.message)
		q.message = rest
		if ok && client.IsValid() {
			q.client = client
		}
	}
}
