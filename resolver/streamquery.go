package resolver

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"lachan/metrics"
	"lachan/resolver/stream"
	"lachan/resolver/stream/http2"
)

// A streamQuery is one question that came in a stream of its own, over HTTPS or
// QUIC. The goroutine of the stream waits for its answer.
type streamQuery struct {
	reply []byte // empty if there is none
	done  chan struct{}
}

func newStreamQuery() *streamQuery {
	return &streamQuery{reply: make([]byte, 0, querySize), done: make(chan struct{}, 1)}
}

// write copies the reply.
func (s *streamQuery) write(q *Query) {
	s.reply = append(s.reply[:0], q.out...)
	q.shrink()
	s.done <- struct{}{}
}

func (s *streamQuery) drop(*Query) {
	s.reply = s.reply[:0]
	s.done <- struct{}{}
}

// flush has nothing to do: the goroutine of the stream has been told.
func (s *streamQuery) flush() {}

func (s *streamQuery) async() responseWriter { return s }

// A streamHandler answers the questions of one endpoint. It is a stream.Handler.
type streamHandler struct {
	*route
	log   *slog.Logger
	shard *metrics.Shard
	free  *sync.Pool // of *streamQuery
}

func (es *endpoints) newHandler() *streamHandler {
	return &streamHandler{route: es.route, log: es.log, shard: es.route.counters.Shard(), free: &es.free}
}

// Settings implements stream.Handler.
func (h *streamHandler) Settings() *stream.Settings { return &h.snapshot.Load().streams }

// Ask implements stream.Handler.
func (h *streamHandler) Ask(
	ctx context.Context, from stream.Origin, message []byte, use func(reply []byte),
) (answered bool) {
	s := h.free.Get().(*streamQuery)
	q := h.lease()
	q.copyMessage(message)
	q.origin = origin{transport: from.Transport, client: from.Client, id: from.ID}
	q.to, q.hot, q.starts, q.inspections = s, nil, nil, nil
	q.begin(h.snapshot.Load(), h.clock())
	if h.serve(q) {
		h.finish(q, h.clock(), h.shard)
		h.recycle(q)
	}
	select {
	case <-s.done:
		use(s.reply)
		if cap(s.reply) <= 2*querySize { // a larger one would be kept for small answers
			h.free.Put(s)
		}
		return true
	case <-ctx.Done(): // the answer goes nowhere
		return false
	}
}

// Begin implements stream.Handler.
func (h *streamHandler) Begin(s *http2.Stream, from stream.Origin, message []byte) {
	q := h.lease()
	q.copyMessage(message)
	q.origin = origin{transport: from.Transport, client: from.Client, id: from.ID}
	q.to, q.hot, q.starts, q.inspections = (*http2Query)(s), nil, nil, nil
	q.begin(h.snapshot.Load(), h.clock())
	if h.serve(q) {
		h.finish(q, h.clock(), h.shard)
		h.recycle(q)
	}
}

// An http2Query is a question that came in a stream of HTTP/2. Nobody waits for its
// answer: who reads the connection writes what has been answered, and what is answered
// later is flushed.
type http2Query http2.Stream

// write copies the reply.
func (s *http2Query) write(q *Query) {
	stream.Answer((*http2.Stream)(s), q.out)
	q.shrink()
}

func (s *http2Query) drop(*Query) { stream.Answer((*http2.Stream)(s), nil) }

func (s *http2Query) flush() { (*http2.Stream)(s).Flush() }

func (s *http2Query) async() responseWriter { return s }

// Link implements stream.Handler. An address in a network of a unit stays that
// unit's.
func (h *streamHandler) Link(token string, client netip.Addr) (status int) {
	w := h.snapshot.Load()
	group, known := w.rules.IdentifyToken(token)
	if !known || w.settings.Clients.Linked == nil || !client.IsValid() {
		return http.StatusNotFound
	}
	if claimed, ok := w.rules.Identify(client); ok {
		if claimed != group {
			return http.StatusConflict
		}
		return http.StatusNoContent
	}
	of := w.rules.Policy().Group(group)
	unit := of.UnitID()
	status, moved := w.settings.Clients.Linked.Link(client, unit, time.Now())
	if status == http.StatusNoContent && moved {
		h.log.Info("address linked", "unit", unit)
	}
	return status
}
