// Package queryfile holds the queries of a measurement: messages ready to be
// sent and the order in which to send them, so that the program that measures
// neither builds a message nor draws a random number.
//
// The file, in big-endian order:
//
//	octets  what
//	4       "LQF1"
//	4       number of messages
//	4       length of the order
//	-       the messages, each behind its length in 2 octets, as over TCP
//	4 each  the order: indexes of messages
package queryfile

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

const magic = "LQF1"

// ErrFormat tells that a file is not a query file or ends early.
var ErrFormat = errors.New("not a whole query file")

// A File is a query file in memory.
type File struct {
	Messages [][]byte // with id 0
	Order    []uint32 // indexes of Messages
}

// Write writes f.
func (f *File) Write(to io.Writer) error {
	w := bufio.NewWriter(to)
	head := []byte(magic)
	head = binary.BigEndian.AppendUint32(head, uint32(len(f.Messages)))
	head = binary.BigEndian.AppendUint32(head, uint32(len(f.Order)))
	if _, err := w.Write(head); err != nil {
		return err
	}
	for _, m := range f.Messages {
		if err := errors.Join(binary.Write(w, binary.BigEndian, uint16(len(m))), write(w, m)); err != nil {
			return err
		}
	}
	var four [4]byte
	for _, i := range f.Order {
		binary.BigEndian.PutUint32(four[:], i)
		if _, err := w.Write(four[:]); err != nil {
			return err
		}
	}
	return w.Flush()
}

func write(w io.Writer, octets []byte) error {
	_, err := w.Write(octets)
	return err
}

// Parse reads what Write wrote. The messages are parts of octets.
func Parse(octets []byte) (*File, error) {
	if len(octets) < 12 || string(octets[:4]) != magic {
		return nil, ErrFormat
	}
	messages := uint64(binary.BigEndian.Uint32(octets[4:]))
	order := uint64(binary.BigEndian.Uint32(octets[8:]))
	rest := octets[12:]
	if messages*2+order*4 > uint64(len(rest)) {
		return nil, ErrFormat
	}
	f := &File{Messages: make([][]byte, messages), Order: make([]uint32, order)}
	for i := range f.Messages {
		if len(rest) < 2 {
			return nil, ErrFormat
		}
		end := 2 + int(binary.BigEndian.Uint16(rest))
		if end > len(rest) {
			return nil, ErrFormat
		}
		f.Messages[i], rest = rest[2:end:end], rest[end:]
	}
	if uint64(len(rest)) != 4*order {
		return nil, ErrFormat
	}
	for i := range f.Order {
		f.Order[i] = binary.BigEndian.Uint32(rest[4*i:])
		if uint64(f.Order[i]) >= messages {
			return nil, ErrFormat
		}
	}
	return f, nil
}

// Open reads the query file called name.
func Open(name string) (*File, error) {
	octets, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	f, err := Parse(octets)
	if err != nil {
		return nil, fmt.Errorf("read queries from %s: %w", name, err)
	}
	return f, nil
}
