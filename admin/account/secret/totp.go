package secret

import (
	"crypto/subtle"
	"fmt"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
)

// Codes that an app makes (RFC 6238), as all apps make them: six digits of SHA-1, each
// for half a minute.
const (
	totpPeriod = 30 * time.Second
	totpSkew   = 1 // steps that a clock may be wrong by
)

// NewTOTP is a new secret for an app, and the address that it is handed over by
// (otpauth://, also as a QR code).
func NewTOTP(issuer, name string) (secret, url string, err error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: name, SecretSize: 20})
	if err != nil {
		return "", "", fmt.Errorf("make a secret for codes: %w", err)
	}
	return key.Secret(), key.URL(), nil
}

// TOTPStep is the step of time whose code was typed, at most one from now and later than
// the last one that was used; ok is false if it is of none.
func TOTPStep(secret, code string, last int64, now time.Time) (step int64, ok bool) {
	if len(code) != 6 {
		return 0, false
	}
	current := now.Unix() / int64(totpPeriod/time.Second)
	for candidate := current - totpSkew; candidate <= current+totpSkew; candidate++ {
		at := time.Unix(candidate*int64(totpPeriod/time.Second), 0)
		want, err := totp.GenerateCodeCustom(secret, at, totp.ValidateOpts{
			Period: uint(totpPeriod / time.Second), Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1,
		})
		if err != nil {
			return 0, false
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 && candidate > last {
			step, ok = candidate, true
		}
	}
	return step, ok
}
