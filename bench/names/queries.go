package main

import (
	"math"
	"math/rand/v2"
	"sort"

	"github.com/miekg/dns"

	"lachan/bench/queryfile"
)

// This file draws the questions of a measurement.

const (
	orderLength = 1_000_000
	listedPart  = 10 // one in so many questions is for a listed name
)

// warm draws popular names by Zipf's law with exponent 1, and in one of ten
// cases, by the same law, a listed name or one below it.
func (o options) warm() *queryfile.File {
	blocked := min(o.popular/listedPart, o.names)
	f := &queryfile.File{}
	for i := range o.popular - blocked {
		f.Messages = append(f.Messages, message("www."+name(popular, i), i))
	}
	for i := range blocked {
		n := name(listed, i*(o.names/blocked))
		if i%2 == 1 {
			n = "www." + n
		}
		f.Messages = append(f.Messages, message(n, i))
	}
	random := rand.New(rand.NewPCG(1, 2))
	plain, block := newZipf(o.popular-blocked), newZipf(blocked)
	for range orderLength {
		if random.IntN(listedPart) == 0 {
			f.Order = append(f.Order, uint32(o.popular-blocked+block.draw(random)))
		} else {
			f.Order = append(f.Order, uint32(plain.draw(random)))
		}
	}
	return f
}

// miss asks for each name once.
func (o options) miss() *queryfile.File {
	f := &queryfile.File{}
	for i := range o.misses {
		f.Messages = append(f.Messages, message("www."+name(missed, i), i))
		f.Order = append(f.Order, uint32(i))
	}
	return f
}

// message is question number i: of ten, six are for A, three for AAAA and one
// for HTTPS; four come without EDNS, as from a small device, five with it and
// one with a cookie (RFC 7873) too.
func message(name string, i int) []byte {
	types := [10]uint16{
		dns.TypeA, dns.TypeA, dns.TypeAAAA, dns.TypeA, dns.TypeA, dns.TypeAAAA, dns.TypeA, dns.TypeAAAA, dns.TypeA,
		dns.TypeHTTPS,
	}
	bits := scramble(uint64(i) + 1<<40)
	var m dns.Msg
	m.SetQuestion(name+".", types[bits%10])
	m.Id = 0
	if edns := bits >> 32 % 10; edns >= 4 {
		m.SetEdns0(1232, false)
		if edns == 9 {
			m.IsEdns0().Option = append(m.IsEdns0().Option, &dns.EDNS0_COOKIE{Code: dns.EDNS0COOKIE, Cookie: "0123456789abcdef"})
		}
	}
	wire, err := m.Pack()
	if err != nil {
		panic(err) // the names are ours
	}
	return wire
}

// A zipf draws ranks from 0 up, rank r in proportion to 1/(r+1).
type zipf struct{ sums []float64 }

func newZipf(n int) zipf {
	z := zipf{make([]float64, n)}
	sum := 0.0
	for i := range z.sums {
		sum += 1 / float64(i+1)
		z.sums[i] = sum
	}
	return z
}

func (z zipf) draw(random *rand.Rand) int {
	x := random.Float64() * z.sums[len(z.sums)-1]
	return min(sort.SearchFloat64s(z.sums, math.Nextafter(x, math.Inf(1))), len(z.sums)-1)
}
