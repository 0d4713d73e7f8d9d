package hub

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/nats-io/nkeys"
)

// Keys are those by which the servers of others know the hubs of a fleet, all of which have
// the same.
type Keys struct {
	user   nkeys.KeyPair // hubs connect by it
	issuer nkeys.KeyPair // it says there who nodes are
	probe  nkeys.KeyPair // made of it: a node that may do nothing
}

// ErrKeys is the error of a text that has no Keys.
var ErrKeys = errors.New("it has to have two lines: the seed of a user (SU...) and that of an account (SA...)")

// mostKeys bounds the text of keys, in bytes.
const mostKeys = 4 << 10

// NewKeys makes keys, as the text that ParseKeys reads.
func NewKeys() (text []byte, err error) {
	for _, prefix := range []nkeys.PrefixByte{nkeys.PrefixByteUser, nkeys.PrefixByteAccount} {
		pair, err := nkeys.CreatePair(prefix)
		if err != nil {
			return nil, fmt.Errorf("make keys for a cluster: %w", err)
		}
		seed, err := pair.Seed()
		if err != nil {
			return nil, fmt.Errorf("make keys for a cluster: %w", err)
		}
		text = append(append(text, seed...), '\n')
	}
	return text, nil
}

// ParseKeys reads the seeds of keys, each a line. Lines that begin with "#" say nothing.
func ParseKeys(text []byte) (k Keys, err error) {
	if len(text) > mostKeys {
		return k, ErrKeys
	}
	for in := bufio.NewScanner(bytes.NewReader(text)); in.Scan(); {
		line := bytes.TrimSpace(in.Bytes())
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		prefix, raw, err := nkeys.DecodeSeed(line)
		if err != nil {
			return Keys{}, ErrKeys
		}
		pair, err := nkeys.FromSeed(line)
		if err != nil {
			return Keys{}, ErrKeys
		}
		switch {
		case prefix == nkeys.PrefixByteUser && k.user == nil:
			k.user = pair
		case prefix == nkeys.PrefixByteAccount && k.issuer == nil:
			k.issuer = pair
			sum := sha256.Sum256(append([]byte("lachan probe\n"), raw...))
			if k.probe, err = nkeys.FromRawSeed(nkeys.PrefixByteUser, sum[:]); err != nil {
				return Keys{}, ErrKeys
			}
		default:
			return Keys{}, ErrKeys
		}
	}
	if k.user == nil || k.issuer == nil {
		return Keys{}, ErrKeys
	}
	return k, nil
}

// public is the public half of a key.
func public(pair nkeys.KeyPair) string {
	text, _ := pair.PublicKey() // it has one
	return text
}
