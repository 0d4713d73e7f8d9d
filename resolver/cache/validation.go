package cache

import "lachan/resolver/dnswire"

// This file is what an answer tells of DNSSEC: the word of an upstream that validates.

// Authentic reports whether a validator that is trusted has confirmed the answer.
func (a *Answer) Authentic() bool { return a.data[3]&dnswire.FlagAD != 0 }

// FailedValidation is the extended error by which the upstream says that DNSSEC is why
// the answer is a failure: its own word, as only the validator knows. It is
// dnswire.EDENone if it does not say so.
func (a *Answer) FailedValidation() uint16 {
	if a.validation == 0 {
		return dnswire.EDENone
	}
	return uint16(a.validation)
}

// Unvalidated is the entry for a query whose answer no validator that is trusted has
// confirmed.
func Unvalidated(query []byte, now int64) *Entry {
	e := Failure(query, false, now)
	e.validation = dnswire.EDEIndeterminate
	return e
}
