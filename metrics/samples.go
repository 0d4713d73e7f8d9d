package metrics

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"
	"sync"
)

// Samples go to another process as bytes, on a socket and never to a disk:
// client addresses and names are in them. FORMAT.md draws them.

const (
	samplesMagic   = "LSM"
	samplesVersion = 1

	// MaxSamplesBytes bounds what AppendSamples appends; samples beyond it are lost,
	// and counted.
	MaxSamplesBytes = 4 << 20

	sampleMost = 32 + 2*(maxText+4) + 256 // bytes of one, at most
	inboxMost  = 1 << 16                  // samples that wait to be drained; more are lost, and counted
)

// The records of samples.
const (
	sampleSchool   = iota + 1 // id: the next number of a school
	sampleCategory            // code: the next number of a category
	sampleClient              // numbers of school and category, address, name
	sampleLost                // how many there was no room for
)

// AppendSamples appends the samples since the last call, for another process. It
// takes the place of Drain.
func (c *Counters) AppendSamples(dst []byte) []byte {
	start := len(dst)
	dst = append(append(dst, samplesMagic...), samplesVersion)
	schools, categories := map[string]uint64{}, map[Category]uint64{}
	full := uint64(0)
	lost := c.Drain(func(s *Sample) {
		if len(dst)-start > MaxSamplesBytes-sampleMost {
			full++
			return
		}
		if _, known := schools[s.School]; !known {
			schools[s.School] = uint64(len(schools))
			dst = appendText(append(dst, sampleSchool), s.School)
		}
		if _, known := categories[s.Category]; !known {
			categories[s.Category] = uint64(len(categories))
			dst = appendText(append(dst, sampleCategory), c.Code(s.Category))
		}
		dst = binary.AppendUvarint(append(dst, sampleClient), schools[s.School])
		dst = binary.AppendUvarint(dst, categories[s.Category])
		dst = appendText(dst, string(s.Client.AsSlice()))
		dst = appendText(dst, string(s.Name))
	})
	if lost += full; lost > 0 {
		dst = binary.AppendUvarint(append(dst, sampleLost), lost)
	}
	return dst
}

// A sampleInbox holds the samples of other processes until they are drained.
type sampleInbox struct {
	mu      sync.Mutex // guards all below
	samples []Sample
	lost    uint64
}

// AbsorbSamples takes the samples that AppendSamples has encoded in another process.
// After an error no sample has been taken.
func (a *Aggregator) AbsorbSamples(b []byte) error {
	if len(b) > MaxSamplesBytes {
		return fmt.Errorf("samples of %d bytes: %w", len(b), ErrFormat)
	}
	r := wireReader{b: b}
	header := r.take(uint64(len(samplesMagic) + 1))
	if r.bad || string(header) != samplesMagic+string(rune(samplesVersion)) {
		return fmt.Errorf("samples: %w", ErrFormat)
	}
	var schools []string
	var categories []Category
	var samples []Sample
	lost := uint64(0)
	for len(r.b) > 0 && !r.bad {
		switch r.byte() {
		case sampleSchool:
			schools = append(schools, string(r.text()))
		case sampleCategory:
			categories = append(categories, a.counters.Category(string(r.text())))
		case sampleLost:
			lost += r.value()
		case sampleClient:
			school, category := r.value(), r.value()
			client, ok := netip.AddrFromSlice(r.text())
			name := r.text()
			if !ok || school >= uint64(len(schools)) || category >= uint64(len(categories)) {
				r.bad = true
				continue
			}
			samples = append(samples, Sample{
				School: schools[school], Client: client, Category: categories[category], Name: bytes.Clone(name),
			})
		default:
			r.bad = true
		}
	}
	if r.bad {
		return r.err("samples")
	}
	a.inbox.put(samples, lost)
	return nil
}

func (i *sampleInbox) put(samples []Sample, lost uint64) {
	i.mu.Lock()
	defer i.mu.Unlock()
	room := min(len(samples), inboxMost-len(i.samples))
	i.samples = append(i.samples, samples[:room]...)
	i.lost += lost + uint64(len(samples)-room)
}

// Drain yields the samples that have come since the last call, and returns how many
// were lost for want of room, here or in another process. It is called by one
// goroutine.
func (a *Aggregator) Drain(yield func(*Sample)) (lost uint64) {
	a.inbox.mu.Lock()
	samples, lost := a.inbox.samples, a.inbox.lost
	a.inbox.samples, a.inbox.lost = nil, 0
	a.inbox.mu.Unlock()
	for i := range samples {
		yield(&samples[i])
	}
	return lost
}
