package dnswire

import (
	"encoding/binary"

	"lachan/blocklist/domain"
)

// EDE info codes (RFC 8914 section 5.2).
const (
	EDENone          = 0xFFFF // no option is written
	EDEOther         = 0
	EDEStale         = 3
	EDEIndeterminate = 5
	EDECachedError   = 13
	EDENotReady      = 14
	EDEBlocked       = domain.EDEBlocked
	EDECensored      = domain.EDECensored
	EDEFiltered      = domain.EDEFiltered
	EDEProhibited    = 18
	EDEStaleNX       = 19
	EDENotSupported  = 21
	EDENoAuthority   = 22
	EDENetwork       = 23
)

// EDESent are the codes of this program, with those of validation that are an
// upstream's to say (see EDEOfValidation), as RFC 9606 section 5 lists them.
const EDESent = "0-3,5-19,21-23"

// EDEOfValidation reports whether a code is the reason why DNSSEC could not
// confirm an answer.
func EDEOfValidation(code uint16) bool {
	return 1 <= code && code <= 12 && code != EDEStale && code != 4
}

// EDEOfFilter reports whether a code says that an answer is as it is because somebody
// filters.
func EDEOfFilter(code uint16) bool { return EDEBlocked <= code && code <= EDEProhibited }

// FilterError is the first extended error in a message that EDEOfFilter, with its text;
// EDENone if there is none.
func FilterError(msg []byte) (code uint16, text []byte) {
	var w Walker
	var r Record
	for ok := w.Start(msg) == nil; ok && w.Next(&r); {
		if r.Type != TypeOPT || !wellFormed(msg[r.Data:r.End]) {
			continue
		}
		for rest := msg[r.Data:r.End]; len(rest) >= OptionHead; {
			size := OptionHead + int(binary.BigEndian.Uint16(rest[2:]))
			data := rest[OptionHead:size]
			if binary.BigEndian.Uint16(rest) == OptionEDE && len(data) >= 2 {
				if code := binary.BigEndian.Uint16(data); EDEOfFilter(code) {
					return code, data[2:]
				}
			}
			rest = rest[size:]
		}
	}
	return EDENone, nil
}

// ExtendedError is the info code of the first extended error in a message;
// EDENone when there is none.
func ExtendedError(msg []byte) uint16 {
	var w Walker
	var r Record
	for ok := w.Start(msg) == nil; ok && w.Next(&r); {
		if r.Type != TypeOPT || !wellFormed(msg[r.Data:r.End]) {
			continue
		}
		if data, ok := option(msg[r.Data:r.End], OptionEDE); ok && len(data) >= 2 {
			return binary.BigEndian.Uint16(data)
		}
	}
	return EDENone
}
