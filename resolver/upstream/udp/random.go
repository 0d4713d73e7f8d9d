package udp

import (
	"crypto/rand"
	"encoding/binary"
)

// randPool hands out numbers of the system's random source, of which it takes
// many at a time.
type randPool struct {
	bytes [512]byte
	left  int
}

func (p *randPool) next() uint32 {
	if p.left == 0 {
		_, _ = rand.Read(p.bytes[:]) // documented to fill the slice or end the program
		p.left = len(p.bytes)
	}
	p.left -= 4
	return binary.LittleEndian.Uint32(p.bytes[p.left:])
}
