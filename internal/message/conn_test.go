package message

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

func pair(t testing.TB) (a, b *Conn) {
	t.Helper()
	x, y, err := Pair()
	if err != nil {
		t.Fatal(err)
	}
	if a, err = New(x); err != nil {
		t.Fatal(err)
	}
	if b, err = New(y); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = a.Close(), b.Close() })
	return a, b
}

func TestAMessageArrivesWholeWithItsFiles(t *testing.T) {
	a, b := pair(t)
	file := filepath.Join(t.TempDir(), "a")
	if err := os.WriteFile(file, []byte("what the file says"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	long := bytes.Repeat([]byte("0123456789abcdef"), 3<<20/16)
	sent := make(chan error, 1)
	go func() {
		err := errors.Join(a.Send(Message{Kind: 7, Body: long, Files: []*os.File{f, f}}), a.Send(Message{Kind: 8}))
		sent <- errors.Join(err, a.Close())
	}()
	m, err := b.Receive()
	if err != nil || m.Kind != 7 || !bytes.Equal(m.Body, long) || len(m.Files) != 2 {
		t.Fatalf("kind %d, %d bytes, %d files, %v", m.Kind, len(m.Body), len(m.Files), err)
	}
	for _, received := range m.Files {
		if text, err := io.ReadAll(io.NewSectionReader(received, 0, 100)); err != nil || string(text) != "what the file says" {
			t.Errorf("a file says %q, %v", text, err)
		}
		_ = received.Close()
	}
	if m, err = b.Receive(); err != nil || m.Kind != 8 || len(m.Body) != 0 || len(m.Files) != 0 {
		t.Errorf("%+v, %v", m, err)
	}
	if _, err = b.Receive(); !errors.Is(err, io.EOF) {
		t.Errorf("after the end: %v", err)
	}
	if err := <-sent; err != nil {
		t.Error(err)
	}
}

func TestAPeerThatEndsHalfWayIsAnError(t *testing.T) {
	f := func(name string, raw []byte, want error) {
		t.Helper()
		x, y, err := Pair()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := unix.Write(int(x.Fd()), raw); err != nil {
			t.Fatal(err)
		}
		_ = x.Close()
		c, err := New(y)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if m, err := c.Receive(); !errors.Is(err, want) {
			t.Errorf("%s: %+v, %v, want %v", name, m, err, want)
		}
	}
	f("half a header", []byte{1, 0, 7}, io.ErrUnexpectedEOF)
	f("half a body", []byte{1, 0, 7, 0, 4, 0, 0, 0, 'a'}, io.ErrUnexpectedEOF)
	f("another version", []byte{2, 0, 7, 0, 0, 0, 0, 0}, ErrMalformed)
	f("a file that is not there", []byte{1, 1, 7, 0, 0, 0, 0, 0}, ErrMalformed)
	f("a length beyond the bound", []byte{1, 0, 7, 0, 255, 255, 255, 255}, ErrMalformed)
	f("a length that is not kept", []byte{1, 0, 7, 0, 0, 0, 0, 4}, io.ErrUnexpectedEOF)
}

func TestTooMuchIsNotSent(t *testing.T) {
	a, _ := pair(t)
	if err := a.Send(Message{Body: make([]byte, MaxBody+1)}); err == nil {
		t.Error("a body beyond the bound was sent")
	}
}

// FuzzReceive: whatever a peer writes is a message or an error, never a panic.
func FuzzReceive(f *testing.F) {
	f.Add([]byte{1, 0, 7, 0, 1, 0, 0, 0, 'a'})
	f.Add([]byte{1, 3, 7, 0, 1, 0, 0, 0, 'a'})
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) > 1<<15 {
			return
		}
		x, y, err := Pair()
		if err != nil {
			t.Fatal(err)
		}
		_, _ = unix.Write(int(x.Fd()), raw)
		_ = x.Close()
		c, err := New(y)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		for {
			m, err := c.Receive()
			if err != nil {
				return
			}
			if len(m.Body) > len(raw) {
				t.Fatalf("%d bytes of %d", len(m.Body), len(raw))
			}
		}
	})
}
