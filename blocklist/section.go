package blocklist

import (
	"bufio"
	"hash"
	"hash/crc32"
	"io"
	"os"
)

// A sectionWriter writes sections after the header, with a checksum of each.
type sectionWriter struct {
	file   *os.File
	out    *bufio.Writer
	crc    hash.Hash32
	offset uint64
	err    error

	scratch [8]byte
}

func newSectionWriter(file *os.File) *sectionWriter {
	w := &sectionWriter{file: file, out: bufio.NewWriterSize(file, 1<<18), crc: crc32.New(castagnoli)}
	w.write(make([]byte, headerSize))
	return w
}

// write appends to the section; an error is kept for finish.
func (w *sectionWriter) write(b []byte) {
	if w.err == nil {
		_, w.err = w.out.Write(b)
		w.crc.Write(b)
		w.offset += uint64(len(b))
	}
}

// section writes one section by calling fill.
func (w *sectionWriter) section(fill func()) section {
	w.crc.Reset()
	s := section{offset: w.offset}
	fill()
	s.size, s.crc = w.offset-s.offset, w.crc.Sum32()
	return s
}

// finish writes the header over the room left for it.
func (w *sectionWriter) finish(h *header) error {
	if w.err != nil {
		return w.err
	}
	if err := w.out.Flush(); err != nil {
		return err
	}
	if _, err := w.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err := w.file.Write(h.encode())
	return err
}
