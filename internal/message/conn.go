// Package message carries messages between the processes of one server, over
// Unix socket pairs: whole or not at all, in order, with descriptors beside
// them. FORMAT.md describes each byte. What a message says is the business of
// its sender and its receiver.
package message

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// A Kind says what a message is about. Kinds are never used again for another
// purpose: two versions of the program may talk to each other during an upgrade.
type Kind uint16

const (
	version = 1

	// headerBytes is version, number of descriptors, kind and length of the body.
	headerBytes = 8

	// MaxBody bounds the body of one message.
	MaxBody = 64 << 20

	// MaxFiles bounds the descriptors beside one message; Linux takes 253.
	MaxFiles = 128

	// sendTimeout is how long a process waits for a peer that does not read.
	sendTimeout = 5 * time.Second
)

// ErrMalformed is wrapped by the errors of Receive that mean that the peer did
// not send what FORMAT.md describes.
var ErrMalformed = errors.New("malformed message")

// A Message is what one process tells another. The receiver of Files closes
// them.
type Message struct {
	Kind  Kind
	Body  []byte
	Files []*os.File
}

// A Conn is one end of a socket pair. Any number of goroutines may Send; one
// may Receive.
type Conn struct {
	socket *net.UnixConn

	mu     sync.Mutex // one message is sent at a time
	broken error      // mu; set by the first Send that failed half way
}

// Pair makes a socket pair. Both ends are closed on exec.
func Pair() (a, b *os.File, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		return nil, nil, os.NewSyscallError("socketpair", err)
	}
	for _, fd := range fds {
		unix.CloseOnExec(fd)
	}
	return os.NewFile(uintptr(fds[0]), "message"), os.NewFile(uintptr(fds[1]), "message"), nil
}

// New makes a Conn of one end of a Pair and takes the file over.
func New(f *os.File) (*Conn, error) {
	defer f.Close() // FileConn works on a duplicate
	c, err := net.FileConn(f)
	if err != nil {
		return nil, fmt.Errorf("open a connection between processes: %w", err)
	}
	socket, ok := c.(*net.UnixConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("open a connection between processes: it is a %T", c), c.Close())
	}
	return &Conn{socket: socket}, nil
}

// File returns a duplicate of the descriptor of the connection.
func (c *Conn) File() (*os.File, error) { return c.socket.File() }

// Close ends the connection for both processes.
func (c *Conn) Close() error { return c.socket.Close() }

// Send sends a message and waits until the kernel has it, at most sendTimeout.
// The caller keeps m.Files. After an error the connection is of no more use.
func (c *Conn) Send(m Message) error {
	if len(m.Body) > MaxBody || len(m.Files) > MaxFiles {
		return fmt.Errorf("send a message of %d bytes with %d files: at most %d and %d are allowed", len(m.Body), len(m.Files), MaxBody, MaxFiles)
	}
	var rights []byte
	if len(m.Files) > 0 {
		var err error
		if rights, err = rightsOf(m.Files); err != nil {
			return err
		}
	}
	header := binary.LittleEndian.AppendUint16([]byte{version, byte(len(m.Files))}, uint16(m.Kind))
	header = binary.LittleEndian.AppendUint32(header, uint32(len(m.Body)))
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.broken != nil {
		return c.broken
	}
	err := c.socket.SetWriteDeadline(time.Now().Add(sendTimeout))
	if err == nil {
		_, _, err = c.socket.WriteMsgUnix(header, rights, nil)
	}
	if err == nil {
		_, err = c.socket.Write(m.Body)
	}
	if err != nil {
		c.broken = fmt.Errorf("send message %d: %w", m.Kind, err)
	}
	return c.broken
}

// rightsOf is the control message that carries descriptors. It leaves them in
// the mode they are in, which File.Fd does not: the peer may wait on the same
// sockets already.
func rightsOf(files []*os.File) ([]byte, error) {
	fds := make([]int, len(files))
	for i, f := range files {
		raw, err := f.SyscallConn()
		if err == nil {
			err = raw.Control(func(fd uintptr) { fds[i] = int(fd) })
		}
		if err != nil {
			return nil, fmt.Errorf("send file %d of a message: %w", i, err)
		}
	}
	return unix.UnixRights(fds...), nil
}

// Receive waits for the next message; io.EOF when the peer has closed its end.
func (c *Conn) Receive() (m Message, err error) {
	var header [headerBytes]byte
	m.Files, err = c.receiveHeader(header[:])
	defer func() {
		if err != nil {
			closeFiles(m.Files)
			m = Message{}
		}
	}()
	if err != nil {
		return m, err
	}
	if header[0] != version || int(header[1]) != len(m.Files) {
		return m, fmt.Errorf("%w: version %d with %d of %d files", ErrMalformed, header[0], len(m.Files), header[1])
	}
	m.Kind = Kind(binary.LittleEndian.Uint16(header[2:]))
	length := binary.LittleEndian.Uint32(header[4:])
	if length > MaxBody {
		return m, fmt.Errorf("%w: a body of %d bytes", ErrMalformed, length)
	}
	m.Body, err = readBody(c.socket, int(length))
	return m, err
}

// bodyStep is how much memory a length alone is trusted with.
const bodyStep = 1 << 20

// readBody reads length bytes; memory grows with what has come.
func readBody(r io.Reader, length int) (body []byte, err error) {
	for len(body) < length && err == nil {
		have := len(body)
		body = append(body, make([]byte, min(length-have, bodyStep))...)
		_, err = io.ReadFull(r, body[have:])
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return body, err
}

// receiveHeader reads a header and the descriptors that came with it.
func (c *Conn) receiveHeader(header []byte) (files []*os.File, err error) {
	rights := make([]byte, unix.CmsgSpace(4*MaxFiles))
	for have := 0; have < len(header); {
		n, rightsLen, _, _, err := c.socket.ReadMsgUnix(header[have:], rights)
		files = append(files, filesOf(rights[:rightsLen])...)
		have += n
		switch {
		case n == 0 && (err == nil || errors.Is(err, io.EOF)) && have > 0:
			return files, io.ErrUnexpectedEOF
		case n == 0 && err == nil:
			return files, io.EOF
		case err != nil:
			return files, err
		}
	}
	return files, nil
}

// filesOf takes over the descriptors in control messages.
func filesOf(rights []byte) (files []*os.File) {
	messages, err := unix.ParseSocketControlMessage(rights)
	if err != nil {
		return nil
	}
	for i := range messages {
		fds, err := unix.ParseUnixRights(&messages[i])
		if err != nil {
			continue // another kind of control message
		}
		for _, fd := range fds {
			unix.CloseOnExec(fd)
			files = append(files, os.NewFile(uintptr(fd), "received"))
		}
	}
	return files
}

func closeFiles(files []*os.File) {
	for _, f := range files {
		_ = f.Close() // it is unused
	}
}
