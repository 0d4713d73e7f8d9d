package tunnel

import (
	"lachan/blocklist/domain"
	"lachan/resolver/dnswire"
)

// An Answer is what the answer section of a message says.
type Answer struct {
	Hash  uint64 // whatever the order of its records, their TTLs and the name that was asked for
	Size  int    // bytes; 0 if it has no record
	Names int    // bytes that the names carry that it leads to
}

// Read reads a message that was checked.
func Read(message []byte) (a Answer) {
	var walker dnswire.Walker
	var record dnswire.Record
	var name domain.Name
	for ok := walker.Start(message) == nil; ok && walker.Next(&record) && record.Section == dnswire.SectionAnswer; {
		switch {
		case record.Target(message, &name):
			a.Names += carried(&name, min(2, name.Labels()), domain.TypeA)
		case !readName(message, &record, &name):
			a.Hash += domain.HashBytes(message[record.Data:record.End])
			a.Size += record.End - record.Data
			continue
		}
		a.Hash += name.Hash(name.Labels())
		a.Size += len(name.Wire())
	}
	return a
}

// readName reads the name of a record of which it is the end: compressed, it is other bytes below
// each name that is asked for.
func readName(message []byte, record *dnswire.Record, name *domain.Name) bool {
	at := record.Data
	switch record.Type {
	case typeNS, typePTR:
	case typeMX:
		at += 2
	case typeSRV:
		at += 6
	default:
		return false
	}
	if at >= record.End {
		return false
	}
	_, err := name.SetCompressed(message, at)
	return err == nil
}

// takesData reports whether answers of a type can carry what somebody likes. Those of the others
// are addresses, or asked of whoever runs the zone.
func takesData(qtype uint16) bool {
	switch qtype {
	case domain.TypeA, domain.TypeAAAA, domain.TypeHTTPS, domain.TypeSVCB, typeNS, typeSOA, typePTR, typeDS, typeDNSKEY:
		return false
	}
	return true
}

const (
	typeNS     = 2
	typeSOA    = 6
	typePTR    = 12
	typeMX     = 15
	typeSRV    = 33
	typeDS     = 43
	typeDNSKEY = 48
)
