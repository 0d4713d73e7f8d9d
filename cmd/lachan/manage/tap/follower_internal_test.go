package tap

import (
	"bytes"
	"io"
	"net"
	"testing"
	"time"

	framestream "github.com/farsightsec/golang-framestream"
)

// A saying is a collector that says what it says, whatever it is told.
type saying struct {
	net.Conn
	says io.Reader
	told bytes.Buffer
	read int
}

func (s *saying) Read(p []byte) (n int, err error) {
	n, err = s.says.Read(p)
	s.read += n
	return n, err
}

func (s *saying) Write(p []byte) (int, error)      { return s.told.Write(p) }
func (s *saying) SetReadDeadline(time.Time) error  { return nil }
func (s *saying) SetWriteDeadline(time.Time) error { return nil }

// control is a control frame as a collector sends it.
func control(kind uint32, types ...string) []byte {
	frame, text := framestream.ControlFrame{ControlType: kind}, bytes.Buffer{}
	for _, t := range types {
		frame.ContentTypes = append(frame.ContentTypes, []byte(t))
	}
	_ = frame.Encode(&text) // a buffer takes everything
	return text.Bytes()
}

// FuzzGreet: whatever a collector says, a greeting ends: well if it takes what is to come, and then
// it was told READY and START and nothing else. No more is read than a control frame may have, and
// what was read with it.
func FuzzGreet(f *testing.F) {
	f.Add(control(framestream.CONTROL_ACCEPT, contentType))
	f.Add(control(framestream.CONTROL_ACCEPT))
	f.Add(control(framestream.CONTROL_ACCEPT, "protobuf:other.Other"))
	f.Add(control(framestream.CONTROL_FINISH))
	f.Add([]byte{0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF})
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 12, 0, 0, 0, 1, 0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF})
	f.Add([]byte{0, 0, 0, 1, 0})
	f.Add([]byte{})
	ready := control(framestream.CONTROL_READY, contentType)
	f.Fuzz(func(t *testing.T, says []byte) {
		s := &saying{says: bytes.NewReader(says)}
		err := greet(s)
		told := s.told.Bytes()
		if !bytes.HasPrefix(told, ready) {
			t.Fatalf("it was told %x", told)
		}
		rest := told[len(ready):]
		began := bytes.Equal(rest, control(framestream.CONTROL_START, contentType)) ||
			bytes.Equal(rest, control(framestream.CONTROL_START))
		if began != (err == nil) || err != nil && len(rest) > 0 {
			t.Errorf("%v, and it was told %x", err, rest)
		}
		if err == nil && !bytes.HasPrefix(says, []byte{0, 0, 0, 0}) {
			t.Errorf("%x is a greeting", says)
		}
		if s.read > 8192 {
			t.Errorf("%d bytes were read", s.read)
		}
	})
}
