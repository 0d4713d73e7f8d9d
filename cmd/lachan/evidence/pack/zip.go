package pack

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
)

// The zip is written here and not by a library: every byte of it has to follow from the
// members, in every version of this program, so that one that was changed is found. Members
// are stored as they are; all have the time at which those of zip begin.

const (
	localSize, centralSize, endSize = 30, 46, 22 // bytes, without names

	version   = 20 // of zip, that is needed to unpack
	firstDate = 33 // 1 January 1980
)

var (
	localMark   = []byte("PK\x03\x04")
	centralMark = []byte("PK\x01\x02")
	endMark     = []byte("PK\x05\x06")
)

// common is what a member's header and its entry in the directory have in common.
func common(b []byte, m *Member) []byte {
	size := uint32(len(m.Text)) // at most MostMember
	b = le16(b, version, 0, 0, 0, firstDate)
	b = le32(b, crc32.ChecksumIEEE(m.Text), size, size)
	return le16(b, uint16(len(m.Name)), 0)
}

// localHeader is what stands before a member.
func localHeader(m *Member) []byte {
	return append(common(bytes.Clone(localMark), m), m.Name...)
}

// entry is the member in the directory at the end.
func entry(m *Member, offset int) []byte {
	b := common(le16(bytes.Clone(centralMark), version), m)
	b = le32(le16(b, 0, 0, 0), 0, uint32(offset))
	return append(b, m.Name...)
}

// end is what a zip ends with.
func end(members, size, offset int) []byte {
	n := uint16(members) // at most MostMembers and two
	b := le16(bytes.Clone(endMark), 0, 0, n, n)
	return le16(le32(b, uint32(size), uint32(offset)), 0)
}

func le16(b []byte, values ...uint16) []byte {
	for _, v := range values {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	return b
}

func le32(b []byte, values ...uint32) []byte {
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return b
}

// writeZip writes members in their order.
func writeZip(to io.Writer, members []Member) error {
	var directory []byte
	offset := 0
	for i := range members {
		m := &members[i]
		directory = append(directory, entry(m, offset)...)
		header := localHeader(m)
		for _, part := range [][]byte{header, m.Text} {
			if _, err := to.Write(part); err != nil {
				return err
			}
		}
		offset += len(header) + len(m.Text)
	}
	_, err := to.Write(append(directory, end(len(members), len(directory), offset)...))
	return err
}
