package stream

import (
	"context"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"

	"lachan/metrics"
	"lachan/resolver/stream/http2"
)

// Begin implements http2.Handler. A message in wire format is asked at once; what is
// anything else is answered as over the other versions of HTTP.
func (d *DoH) Begin(s *http2.Stream) {
	if message, id, ok := d.message(s); ok {
		d.handler.Begin(s, d.origin(s, id), message)
		return
	}
	go s.Serve(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		d.ServeHTTP(w, req.WithContext(context.WithValue(req.Context(), connKey{}, s.Client())))
	}))
}

// message is the DNS message of a request that is as RFC 8484 has it, and nothing
// besides, with what its client calls itself. A request whose path or parameter is
// encoded any further is not ok.
func (d *DoH) message(s *http2.Stream) (message []byte, id string, ok bool) {
	path, query, _ := strings.Cut(s.Path, "?")
	if strings.Contains(path, "%") {
		return nil, "", false
	}
	if id, ok = dohID(path, d.handler.Settings().DoHPath); !ok {
		return nil, "", false
	}
	switch s.Method {
	case http.MethodPost:
		return s.Body, id, s.ContentType == typeMessage && isQuery(s.Body)
	case http.MethodGet:
		text, only := strings.CutPrefix(query, "dns=")
		var err error
		s.Body, err = base64.RawURLEncoding.AppendDecode(s.Body[:0], []byte(text))
		return s.Body, id, only && err == nil && len(s.Body) <= maxMessage && isQuery(s.Body)
	}
	return nil, "", false
}

// origin is what is known of the client of a request.
func (d *DoH) origin(s *http2.Stream, id string) Origin {
	from := Origin{Transport: metrics.TransportDoH, Client: s.Client().Client(), ID: id}
	settings := d.handler.Settings()
	if settings.trusts(from.Client) {
		from.Client = settings.clientOf(s.Values("x-forwarded-for"), from.Client)
	}
	if id == "" {
		from.ID = settings.IDOf(s.ServerName())
	}
	return from
}

// messageFields begin the response to a message.
var messageFields = append([]byte(http2.StatusOK), http2.Append(nil, http2.ContentType, typeMessage)...)

// Answer answers the message of a stream with a reply; one of no bytes ends the stream
// without a word. It copies the reply.
func Answer(s *http2.Stream, reply []byte) {
	if len(reply) == 0 {
		s.Abort()
		return
	}
	var fields, age [96]byte
	block := append(fields[:0], messageFields...)
	value := strconv.AppendUint(append(age[:0], "private, max-age="...), uint64(freshness(reply)), 10)
	s.Respond(http2.Append(block, http2.CacheControl, string(value)), reply)
}
