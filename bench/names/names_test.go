package main

import (
	"bufio"
	"bytes"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

func TestNamesAreDistinctAndInvented(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range []kind{listed, popular, missed} {
		for i := range 20_000 {
			n := name(k, i)
			if seen[n] || !strings.HasSuffix(n, ".example") && !strings.HasSuffix(n, ".test") {
				t.Fatalf("name %d of kind %d is %s", i, k, n)
			}
			seen[n] = true
		}
	}
}

func TestListsHoldEveryListedNameOnce(t *testing.T) {
	o, count := options{names: 1000}, map[string]int{}
	for c := range categories {
		var b bytes.Buffer
		w := bufio.NewWriter(&b)
		o.hosts(w, c)
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			count[strings.Fields(line)[1]]++
		}
	}
	for i := range o.names {
		if n := name(listed, i); count[n] != 1 {
			t.Errorf("%s is in the lists %d times", n, count[n])
		}
	}
}

func TestATenthOfTheWarmQuestionsIsListed(t *testing.T) {
	o := options{names: 1000, popular: 1000}
	blocked := map[string]bool{}
	for i := range o.names {
		blocked[name(listed, i)] = true
	}
	f, first, hits := o.warm(), 0, 0
	for _, i := range f.Order {
		var m dns.Msg
		if err := m.Unpack(f.Messages[i]); err != nil {
			t.Fatal(err)
		}
		n := strings.TrimSuffix(m.Question[0].Name, ".")
		if blocked[n] || blocked[strings.TrimPrefix(n, "www.")] {
			hits++
		}
		if i == 0 {
			first++
		}
	}
	f10 := func(what string, got, want int) {
		t.Helper()
		if got < want*9/10 || got > want*11/10 {
			t.Errorf("%s: %d of %d, want about %d", what, got, len(f.Order), want)
		}
	}
	f10("listed", hits, len(f.Order)/10)
	f10("the most popular", first, int(float64(len(f.Order))*0.9/7.38)) // the 900th harmonic number is 7.38
}
