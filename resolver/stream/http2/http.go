package http2

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/http2/hpack"
)

// A response is one that is always the same.
type response struct{ fields, body []byte }

func newResponse(status int) response {
	return response{
		Fields(
			hpack.HeaderField{Name: ":status", Value: strconv.Itoa(status)},
			hpack.HeaderField{Name: "content-type", Value: "text/plain; charset=utf-8"},
		),
		[]byte(http.StatusText(status) + "\n"),
	}
}

var (
	badRequest  = newResponse(http.StatusBadRequest)
	tooLong     = newResponse(http.StatusRequestEntityTooLarge)
	largeHeader = newResponse(http.StatusRequestHeaderFieldsTooLarge)
)

// Serve has a handler of net/http answer the request, which may take its time: it is
// for what comes seldom. One that panics has aborted the stream.
func (s *Stream) Serve(handler http.Handler) {
	req, err := s.request()
	if err != nil {
		s.Respond(badRequest.fields, badRequest.body)
		s.Flush()
		return
	}
	w := recorder{header: http.Header{}}
	defer func() {
		if recover() != nil {
			s.Abort()
		} else {
			s.record(&w)
		}
		s.Flush()
	}()
	handler.ServeHTTP(&w, req)
}

// request is the request as net/http has it.
func (s *Stream) request() (*http.Request, error) {
	u := &url.URL{}
	if s.Method != http.MethodConnect {
		var err error
		if u, err = url.ParseRequestURI(s.Path); err != nil {
			return nil, err
		}
	}
	state := s.conn.over.ConnectionState()
	req := &http.Request{
		Method: s.Method, URL: u, Proto: "HTTP/2.0", ProtoMajor: 2, Header: http.Header{},
		Body: io.NopCloser(bytes.NewReader(s.Body)), ContentLength: int64(len(s.Body)),
		Host: s.authority, RequestURI: s.Path, RemoteAddr: s.conn.over.RemoteAddr().String(), TLS: &state,
	}
	for _, f := range s.fields {
		req.Header.Add(f.Name, f.Value)
	}
	if req.Host == "" {
		req.Host = req.Header.Get("Host")
	}
	return req.WithContext(s.conn.ctx), nil
}

// A recorder keeps what a handler answers.
type recorder struct {
	header http.Header
	status int // 0 until it is written
	body   bytes.Buffer
}

func (w *recorder) Header() http.Header { return w.header }

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

func (w *recorder) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(p)
}

// record ends the stream with what a handler has answered.
func (s *Stream) record(w *recorder) {
	w.WriteHeader(http.StatusOK)
	fields := []hpack.HeaderField{{Name: ":status", Value: strconv.Itoa(w.status)}}
	for name, values := range w.header {
		name = strings.ToLower(name)
		if name == "content-length" || forbidden(hpack.HeaderField{Name: name}) {
			continue
		}
		for _, v := range values {
			fields = append(fields, hpack.HeaderField{Name: name, Value: v})
		}
	}
	body, length := w.body.Bytes(), w.body.Len()
	switch {
	case w.status == http.StatusNoContent:
		body, length = nil, -1
	case s.Method == http.MethodHead:
		body = nil
	}
	s.respond(Fields(fields...), body, length)
}
