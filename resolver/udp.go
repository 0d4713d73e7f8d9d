package resolver

import (
	"lachan/metrics"
)

// batchSize is how many packets a socket is asked for at a time.
const batchSize = 32

// readUDP serves one socket until it is stopped. It takes packets in batches,
// loads the world and reads the clock once for each, and answers all that
// needs memory only before it waits again.
func (r *Resolver) readUDP(s *udpSocket) {
	lane := r.counters.Lane()
	defer lane.Close()
	lately := r.cache.newRecent()
	batch := make([]*Query, batchSize)
	for i := range batch {
		batch[i] = r.lease()
	}
	served := make([]bool, batchSize)
	for {
		n, err := s.receive(batch)
		if err != nil {
			if !s.stopped.Load() {
				r.log.Error("read from socket", "address", s.addr, "error", err)
			}
			break
		}
		w, now := r.world.Load(), r.clock()
		if len(w.settings.ProxyProtocol) > 0 {
			introduce(batch[:n], w.settings)
		}
		for i, q := range batch[:n] {
			q.transport, q.conn, q.recent = metrics.TransportUDP, s.batch(), lately
			q.begin(w, now)
			if served[i] = r.serve(q); !served[i] {
				batch[i] = r.lease()
			}
		}
		now = r.clock()
		for i, q := range batch[:n] {
			if served[i] {
				q.now = now
				r.finish(q, lane)
			}
		}
		s.flush()
	}
	for _, q := range batch {
		r.queries.Put(q)
	}
}

// lease gives the caller a query of its own.
func (r *Resolver) lease() *Query { return r.queries.Get().(*Query) }
