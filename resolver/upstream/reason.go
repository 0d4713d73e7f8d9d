package upstream

import (
	"crypto/x509"
	"errors"
	"syscall"

	"lachan/internal/wording"
	"lachan/resolver/upstream/stream"
)

// A Reason is why a member is down, as far as people can do something about it.
type Reason uint8

// The reasons.
const (
	NoReason       Reason = iota // it is not down
	ReasonTimeout                // nothing came in time
	ReasonRefused                // nothing listens there
	ReasonNoRoute                // the network does not lead there
	ReasonClock                  // its certificate is over, or not valid yet: perhaps the clock here is wrong
	ReasonIdentity               // its certificate or key is not to be trusted
	ReasonNoName                 // its address was not found
	ReasonOther
)

// String is what logs say.
func (r Reason) String() string {
	if r == NoReason {
		return ""
	}
	return reasonTexts[r].EN
}

// ReasonText is what a reason that logs call said says in both languages.
func ReasonText(said string) wording.Text {
	for _, text := range reasonTexts {
		if text.EN == said {
			return text
		}
	}
	return wording.Text{VI: said, EN: said}
}

// reasonOf tells errors of exchanges apart.
func reasonOf(err error) Reason {
	var invalid x509.CertificateInvalidError
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return ReasonClock
	case errors.As(err, &invalid), errors.As(err, &unknown), errors.As(err, &host), errors.Is(err, stream.ErrPin):
		return ReasonIdentity
	case errors.Is(err, stream.ErrNoAddress):
		return ReasonNoName
	case errors.Is(err, syscall.ECONNREFUSED):
		return ReasonRefused
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return ReasonNoRoute
	case errors.Is(err, ErrTimeout):
		return ReasonTimeout
	}
	return ReasonOther
}
