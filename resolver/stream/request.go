package stream

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"

	"lachan/resolver/clientconn"
	"lachan/resolver/dnswire"
)

// typeMessage is the media type of messages in wire format (RFC 8484 section 6).
const typeMessage = "application/dns-message"

// maxMessage is the size of the longest message in bytes.
const maxMessage = 1<<16 - 1

// A refusal is a request that is answered by a status alone.
type refusal int

func (r refusal) Error() string { return http.StatusText(int(r)) }

// ServeHTTP answers the questions that come to the path of DNS, and links the
// addresses of routers; there is nothing else here.
func (d *DoH) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if req.ProtoMajor != 2 { // of which the server says so
		w.Header().Set("Alt-Svc", d.altSvc)
	}
	switch c := req.Context().Value(connKey{}).(type) {
	case *clientconn.Conn:
		if d.limiter.Overdue(c) {
			w.Header().Set("Connection", "close")
		}
	case *http3Conn:
		touch(c.Conn)
		defer c.idle.Reset(d.http3Patience())
		if d.quic.sentTooMuch(c.Conn) {
			c.dismiss()
		}
	}
	if err := d.serve(w, req); err != nil {
		status := http.StatusBadRequest
		var r refusal
		if errors.As(err, &r) {
			status = int(r)
		}
		http.Error(w, http.StatusText(status), status)
	}
}

func (d *DoH) serve(w http.ResponseWriter, req *http.Request) error {
	if strings.HasPrefix(req.URL.Path, linkPath) {
		return d.link(w, req)
	}
	id, ok := dohID(req.URL.Path, d.handler.Settings().DoHPath)
	switch {
	case !ok:
		return refusal(http.StatusNotFound)
	case req.Method == http.MethodPost:
		message, err := readBody(w, req)
		if err != nil {
			return err
		}
		return d.answer(w, req, id, message, asMessage)
	case req.Method != http.MethodGet && req.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD, POST")
		return refusal(http.StatusMethodNotAllowed)
	}
	given := req.URL.Query()
	if given.Has("dns") {
		message, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(given.Get("dns"), "="))
		if err != nil {
			return refusal(http.StatusBadRequest)
		}
		return d.answer(w, req, id, message, asMessage)
	}
	message, err := questionOf(given)
	if err != nil {
		return refusal(http.StatusBadRequest)
	}
	return d.answer(w, req, id, message, asJSON)
}

// dohID is what stands behind the path of DNS: what the client calls itself. It is
// one segment; a longer path leads nowhere. A slash alone is nothing: some clients
// put one behind every path.
func dohID(path, at string) (id string, ok bool) {
	rest, ok := strings.CutPrefix(path, strings.TrimSuffix(at, "/"))
	if !ok || rest == "" || rest == "/" {
		return "", ok
	}
	id, ok = strings.CutPrefix(rest, "/")
	return strings.ToLower(id), ok && id != "" && !strings.Contains(id, "/")
}

// readBody reads a message that was posted. It reads it before it looks at
// what it is said to be, so that a request whose body is not as long as it says
// ends as HTTP wants it (RFC 9113 section 8.1.1), not in one of our answers.
func readBody(w http.ResponseWriter, req *http.Request) ([]byte, error) {
	if req.ContentLength > maxMessage {
		return nil, refusal(http.StatusRequestEntityTooLarge)
	}
	if req.ProtoMajor == 3 { // the other versions have a bound of their own
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(dohReadTimeout)) // fails with the stream
	}
	body, err := io.ReadAll(io.LimitReader(req.Body, maxMessage+1))
	if err != nil {
		return nil, refusal(http.StatusBadRequest)
	}
	if len(body) > maxMessage {
		return nil, refusal(http.StatusRequestEntityTooLarge)
	}
	if kind, _, err := mime.ParseMediaType(req.Header.Get("Content-Type")); err != nil || kind != typeMessage {
		return nil, refusal(http.StatusUnsupportedMediaType)
	}
	return body, nil
}

// A render gives a reply the form that a request asks for.
type render func(reply []byte) (kind string, body []byte, err error)

// asMessage leaves a reply as it is.
func asMessage(reply []byte) (kind string, body []byte, err error) { return typeMessage, reply, nil }

// answer answers a message in the form that a request asks for.
func (d *DoH) answer(
	w http.ResponseWriter, req *http.Request, id string, message []byte, as render,
) (err error) {
	if !isQuery(message) {
		return refusal(http.StatusBadRequest)
	}
	answered := d.handler.Ask(req.Context(), d.originOf(req, id), message, func(reply []byte) {
		if len(reply) == 0 {
			panic(http.ErrAbortHandler) // policy drops the question: the stream ends without a word
		}
		var kind string
		var body []byte
		if kind, body, err = as(reply); err != nil {
			return
		}
		h := w.Header()
		h.Set("Content-Type", kind)
		h.Set("Content-Length", strconv.Itoa(len(body)))
		h.Set("Cache-Control", "private, max-age="+strconv.Itoa(int(freshness(reply)))) // another client may get another answer
		d.hand(w, req, body)
	})
	if !answered {
		panic(http.ErrAbortHandler) // the client is gone
	}
	return err
}

// hand gives a reply to the client, if there is room for it until the client has taken
// it. A client that takes nothing of it for too long is let go.
func (d *DoH) hand(w http.ResponseWriter, req *http.Request, body []byte) {
	room := streamRoom + len(body)
	if !d.limiter.Hold(room, len(body)) {
		panic(http.ErrAbortHandler)
	}
	defer d.limiter.Release(room)
	began := time.Now()
	if req.ProtoMajor == 3 || len(body) > dohSmall { // for what is small the server's own of the other versions does
		_ = http.NewResponseController(w).SetWriteDeadline(began.Add(dohWriteTimeout)) // fails with the stream
	}
	if _, err := w.Write(body); err == nil {
		return
	}
	if time.Since(began) >= dohWriteTimeout {
		letGo(req)
	}
	panic(http.ErrAbortHandler) // the client is gone
}

// letGo ends the connection of a request.
func letGo(req *http.Request) {
	switch c := req.Context().Value(connKey{}).(type) {
	case *clientconn.Conn:
		_ = c.Close() // whatever comes of it, the client is gone
	case *http3Conn:
		_ = c.CloseWithError(quic.ApplicationErrorCode(http3.ErrCodeExcessiveLoad), "") // the same
	}
}

// freshness is how many seconds an answer may be kept: the least TTL in its
// answer section, of a negative one that of its SOA record, and of an error none
// (RFC 8484 section 5.1).
func freshness(reply []byte) (seconds uint32) {
	var w dnswire.Walker
	var r dnswire.Record
	if w.Start(reply) != nil || !isAnswer(reply) || binary.BigEndian.Uint16(reply[2:])&dnswire.FlagTC != 0 {
		return 0
	}
	for found := false; w.Next(&r); {
		counts := r.Section == dnswire.SectionAnswer ||
			r.Section == dnswire.SectionAuthority && r.Type == dnswire.TypeSOA
		if counts && (!found || r.TTL < seconds) {
			found, seconds = true, r.TTL
		}
	}
	return seconds
}

// isAnswer reports whether a reply answers the question and is no error.
func isAnswer(reply []byte) bool {
	rcode := dnswire.Rcode(reply)
	return rcode == dnswire.RcodeSuccess || rcode == dnswire.RcodeNXDomain
}

// isQuery reports whether a message is one that can have an answer.
func isQuery(message []byte) bool {
	return len(message) >= dnswire.HeaderSize && message[2]&(dnswire.FlagQR>>8) == 0
}

// linkPath is where the router of a unit posts to, followed by a link token.
const linkPath = "/link/"

// link takes a POST to the link path.
func (d *DoH) link(w http.ResponseWriter, req *http.Request) error {
	if req.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return refusal(http.StatusMethodNotAllowed)
	}
	if http.NewCrossOriginProtection().Check(req) != nil { // a page has a browser post
		return refusal(http.StatusForbidden)
	}
	status := d.handler.Link(strings.TrimPrefix(req.URL.Path, linkPath), d.originOf(req, "").Client)
	if status != http.StatusNoContent {
		return refusal(status)
	}
	w.WriteHeader(status)
	return nil
}
