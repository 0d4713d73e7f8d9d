package catalogue_test

import (
	"slices"
	"strings"
	"testing"

	"lachan/blocklist/domain"
	"lachan/policy/catalogue"
)

func TestCoreHoldsWhatLessonsDependOn(t *testing.T) {
	c := load(t)
	covers := func(name string) bool {
		return slices.ContainsFunc(c.Core, func(e catalogue.CoreEntry) bool {
			return name == e.Name || !e.Exact && strings.HasSuffix(name, "."+e.Name)
		})
	}
	f := func(name string, want bool) {
		t.Helper()
		if got := covers(name); got != want {
			t.Errorf("core covers %s: %v, want %v", name, got, want)
		}
	}
	f("moet.gov.vn", true)
	f("csdl.moet.gov.vn", true)
	f("temis.csdl.edu.vn", true)
	f("thpt-x.laocai.edu.vn", true)
	f("smas.edu.vn", true)
	f("lms.vnedu.vn", true)
	f("olm.vn", true)
	f("www.msftconnecttest.com", true)
	f("captive.apple.com", true)
	f("connectivitycheck.gstatic.com", true)
	f("clients3.google.com", true)
	f("vn.pool.ntp.org", true)
	f("time.windows.com", true)
	f("ocsp.digicert.com", true)
	f("r10.o.lencr.org", true)
	f("o.pki.goog", true)
	f("forcesafesearch.google.com", true)

	f("www.google.com", false)
	f("x.forcesafesearch.google.com", false) // exact
	f("msftncsi.com.example", false)
	f("xedu.vn", false)
}

func TestCoreNamesAreCanonicalAndSaidOnce(t *testing.T) {
	var trees []string
	seen := make(map[string]bool)
	for _, e := range load(t).Core {
		if got, err := domain.Canonical(e.Name); err != nil || got != e.Name {
			t.Errorf("%q is not canonical: %q, %v", e.Name, got, err)
		}
		if seen[e.Name] {
			t.Errorf("%s stands twice", e.Name)
		}
		seen[e.Name] = true
		if !e.Exact {
			trees = append(trees, e.Name)
		}
	}
	checkNoneWithinAnother(t, "core", trees)
}

func TestOnlyTheStateAndSchoolsAreWholeSuffixesOfCore(t *testing.T) {
	var suffixes []string
	for _, e := range load(t).Core {
		if domain.IsPublicSuffix(e.Name) {
			suffixes = append(suffixes, e.Name)
		}
	}
	if want := []string{"gov.vn", "edu.vn"}; !slices.Equal(suffixes, want) {
		t.Errorf("public suffixes in core: %q, want %q", suffixes, want)
	}
}
