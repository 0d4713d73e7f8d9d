package resolver

import (
	"log/slog"

	"lachan/metrics"
	"lachan/resolver/cache"
	"lachan/resolver/clientconn"
	"lachan/resolver/upstream"
)

// batchSize is how many packets a socket is asked for at a time.
const batchSize = 32

// A udpWorker answers what comes to one socket. It belongs to one goroutine.
type udpWorker struct {
	*route
	log    *slog.Logger
	socket *udpSocket
	lane   *metrics.Shard
	hot    *cache.Hot
	batch  []*Query
	served [batchSize]bool
	starts []*upstream.Call // exchanges that the batch begins
	judged *inspections
	seen   uint64 // by prefetchLines; means nothing
}

func newUDPWorker(r *route, log *slog.Logger, s *udpSocket) *udpWorker {
	w := &udpWorker{
		route: r, log: log, socket: s,
		lane: r.counters.Shard(), hot: r.cache.NewHot(), batch: make([]*Query, batchSize),
		judged: newInspections(workerInspections),
	}
	for i := range w.batch {
		w.batch[i] = r.lease()
	}
	return w
}

// answer takes packets in a batch, loads the snapshot and reads the clock once for
// it, answers all that needs memory only, and begins the exchanges for the rest.
func (w *udpWorker) answer() error {
	n, err := w.socket.receive(w.batch)
	if n == 0 {
		return err
	}
	snapshot, now := w.snapshot.Load(), w.clock()
	if len(snapshot.settings.Connections.ProxyProtocol) > 0 {
		readProxyHeaders(w.batch[:n], snapshot.settings)
	}
	for i, q := range w.batch[:n] {
		q.transport, q.to, q.hot, q.starts = metrics.TransportUDP, w.socket, w.hot, &w.starts
		q.inspections = w.judged
		q.begin(snapshot, now)
		w.served[i] = w.parse(q)
	}
	w.prefetchLines(w.batch[:n])
	for i, q := range w.batch[:n] {
		if w.served[i] = w.served[i] || w.serveParsed(q); !w.served[i] {
			w.batch[i] = w.lease()
		}
	}
	now = w.clock()
	for i, q := range w.batch[:n] {
		if w.served[i] {
			w.finish(q, now, w.lane)
		}
	}
	w.socket.flush()
	upstream.Start(w.starts...)
	w.starts = w.starts[:0]
	return nil
}

// prefetchLines brings into the core's cache what the queries of a batch are about to
// read: the core waits for memory once for all of them, where each would have
// made it wait.
func (w *udpWorker) prefetchLines(batch []*Query) {
	var answers [batchSize]*cache.Answer
	for i, q := range batch {
		if !w.served[i] {
			question := q.question()
			answers[i] = w.hot.Peek(w.cache.Hash(&question))
			w.seen += q.snapshot.rules.Foresee(&q.Name)
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
			w.seen += uint64(data[i][0])
		}
	}
}

// close gives back what the worker had.
func (w *udpWorker) close() {
	for _, q := range w.batch {
		w.queries.Put(q)
	}
	w.cache.Release(w.hot)
	w.lane.Close()
}

// readProxyHeaders reads the PROXY headers of the packets in a batch that balancers
// sent. A packet that should have one and does not is no message.
func readProxyHeaders(batch []*Query, s *Settings) {
	for _, q := range batch {
		if !clientconn.Contains(s.Connections.ProxyProtocol, q.client) {
			continue
		}
		client, rest, ok := clientconn.CutProxyHeader(q.message)
		q.message = rest
		if ok && client.IsValid() {
			q.client = client
		}
	}
}
