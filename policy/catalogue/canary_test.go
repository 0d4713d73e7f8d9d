package catalogue_test

import (
	"testing"

	"lachan/policy/catalogue"
)

func TestCanariesAreAnswered(t *testing.T) {
	c := load(t).Canaries
	f := func(name string, want catalogue.CanaryAnswer) {
		t.Helper()
		k := c.Find(wire(t, name))
		if k == nil || k.Answer != want {
			t.Errorf("%s is %+v, want the answer %d", name, k, want)
		}
	}
	f("use-application-dns.net", catalogue.AnswerNXDOMAIN)
	f("mask.icloud.com", catalogue.AnswerNXDOMAIN)
	f("mask-h2.icloud.com", catalogue.AnswerNXDOMAIN)
	f("dns-tunnel-check.googlezip.net", catalogue.AnswerNXDOMAIN)
	f("_dns.resolver.arpa", catalogue.AnswerDDR)
	f("resolver.arpa", catalogue.AnswerDDR)

	g := func(name string) {
		t.Helper()
		if k := c.Find(wire(t, name)); k != nil {
			t.Errorf("%s is taken for %s", name, k.Name)
		}
	}
	g("icloud.com")
	g("www.use-application-dns.net") // canaries but DDR are exact
	g("arpa")
	g("notresolver.arpa")
}

func TestFindAllocatesNothing(t *testing.T) {
	c := load(t).Canaries
	hit, miss := wire(t, "mask.icloud.com"), wire(t, "lesson.school.example")
	if n := testing.AllocsPerRun(100, func() { c.Find(hit); c.Find(miss) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
