package compiled

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
)

// The layout is documented byte by byte in FORMAT.md.
const (
	// version is raised when the layout changes, and when the compiler makes
	// something else of the same policy.yaml.
	version = 8

	sectionsAt   = 16 + sha256.Size
	sectionSize  = 24
	sectionAlign = 64 // a line of the CPU's cache, so that records lie in as few as they can
)

// A layout is a kind of file.
type layout struct {
	magic    string
	sections int
}

// baseLayout has Meta and the tables.
func baseLayout() layout { return layout{"LACHAN\x00P", 1 + tableCount} }

// overlayLayout has OverlayMeta and the tables of an overlay.
func overlayLayout() layout { return layout{"LACHAN\x00O", 1 + overlayTables} }

func (l layout) headerSize() int { return sectionsAt + l.sections*sectionSize + 8 }

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Errors of files that must not be used.
var (
	// ErrDamaged means that the bytes are not what was written.
	ErrDamaged = errors.New("compiled policy is damaged")
	// ErrVersion means that another version of the program wrote the file. It is
	// compiled again, never migrated.
	ErrVersion = errors.New("compiled policy is of another version")
)

// seal makes the header of sections. It returns the parts of the file in their order, of
// which the sections are those that it is given, and the digest of what follows the header.
func (l layout) seal(content [][]byte) (parts [][]byte, digest []byte) {
	header := make([]byte, l.headerSize())
	copy(header, l.magic)
	binary.LittleEndian.PutUint32(header[8:], version)
	binary.LittleEndian.PutUint32(header[12:], uint32(l.sections))
	parts = append(parts, header)
	sum, end := sha256.New(), len(header)
	for i, s := range content {
		before := make([]byte, align(end)-end)
		end = align(end)
		entry := header[sectionsAt+i*sectionSize:]
		binary.LittleEndian.PutUint64(entry, uint64(end))
		binary.LittleEndian.PutUint64(entry[8:], uint64(len(s)))
		binary.LittleEndian.PutUint32(entry[16:], checksum(s))
		for _, part := range [][]byte{before, s} {
			_, _ = sum.Write(part) // it never fails
			parts = append(parts, part)
		}
		end += len(s)
	}
	digest = sum.Sum(nil)
	copy(header[16:], digest)
	binary.LittleEndian.PutUint32(header[len(header)-4:], crc32.Checksum(header[:len(header)-4], castagnoli))
	return parts, digest
}

// unseal checks the header and the checksums of an image and returns its
// sections, which are parts of it.
func (l layout) unseal(image []byte) (content [][]byte, digest []byte, err error) {
	if len(image) < 16 || string(image[:8]) != l.magic {
		return nil, nil, fmt.Errorf("%w: no header", ErrDamaged)
	}
	if v := binary.LittleEndian.Uint32(image[8:]); v != version {
		return nil, nil, fmt.Errorf("%w: version %d, this program reads %d", ErrVersion, v, version)
	}
	headerSize := l.headerSize()
	if len(image) < headerSize || binary.LittleEndian.Uint32(image[12:]) != uint32(l.sections) ||
		crc32.Checksum(image[:headerSize-4], castagnoli) != binary.LittleEndian.Uint32(image[headerSize-4:]) {
		return nil, nil, fmt.Errorf("%w: the header", ErrDamaged)
	}
	end := headerSize
	for i := range l.sections {
		entry := image[sectionsAt+i*sectionSize:]
		offset, size := binary.LittleEndian.Uint64(entry), binary.LittleEndian.Uint64(entry[8:])
		if offset != uint64(align(end)) || offset > uint64(len(image)) || size > uint64(len(image))-offset {
			return nil, nil, fmt.Errorf("%w: section %d lies outside the file", ErrDamaged, i)
		}
		if slices.ContainsFunc(image[end:offset], func(b byte) bool { return b != 0 }) {
			return nil, nil, fmt.Errorf("%w: what lies before section %d", ErrDamaged, i)
		}
		end = int(offset + size)
		s := image[offset:end:end]
		if checksum(s) != binary.LittleEndian.Uint32(entry[16:]) {
			return nil, nil, fmt.Errorf("%w: checksum of section %d", ErrDamaged, i)
		}
		content = append(content, s)
	}
	if end != len(image) {
		return nil, nil, fmt.Errorf("%w: %d bytes too many", ErrDamaged, len(image)-end)
	}
	return content, bytes.Clone(image[16:sectionsAt]), nil
}

// checksum works in pieces, since the garbage collector cannot stop a goroutine
// within one and would keep all others waiting.
func checksum(data []byte) (crc uint32) {
	for piece := range slices.Chunk(data, 1<<18) {
		crc = crc32.Update(crc, castagnoli, piece)
	}
	return crc
}

func align(n int) int { return (n + sectionAlign - 1) &^ (sectionAlign - 1) }
