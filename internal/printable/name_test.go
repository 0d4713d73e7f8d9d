package printable_test

import (
	"strings"
	"testing"

	"lachan/internal/printable"
)

func TestAnInternationalNameIsShownInBothForms(t *testing.T) {
	f := func(name, want string) {
		t.Helper()
		if got := printable.Name(name); got != want {
			t.Errorf("%s is shown as %q, want %q", name, got, want)
		}
	}
	f("xn--la-o-2ua4356bkoa.example", "xn--la-o-2ua4356bkoa.example (lừa-đảo.example)")
	f("www.xn--la-o-2ua4356bkoa.example", "www.xn--la-o-2ua4356bkoa.example (www.lừa-đảo.example)")
	f("a.example", "a.example")
	f("xn--", "xn--")
	f("xn--zzzzzzzzz--.example", "xn--zzzzzzzzz--.example")           // no encoding of anything
	f("xn--a.example", "xn--a.example")                               // likewise
	f("lừa-đảo.example", "lừa-đảo.example")                           // shown already
	f("xn--pple-43d.example", "xn--pple-43d.example (аpple.example)") // a Cyrillic а: the other form tells
	f(strings.Repeat("xn--la-o-2ua4356bkoa.", 20)+"example", strings.Repeat("xn--la-o-2ua4356bkoa.", 20)+"example")
}

func TestNamesInATextAreShownInBothForms(t *testing.T) {
	const name, both = "xn--la-o-2ua4356bkoa.example", "xn--la-o-2ua4356bkoa.example (lừa-đảo.example)"
	f := func(text, want string) {
		t.Helper()
		got := printable.Names(text)
		if got != want {
			t.Errorf("%q\nis shown as %q\nwant        %q", text, got, want)
		}
		if again := printable.Names(got); again != got {
			t.Errorf("%q is shown as %q the second time", got, again)
		}
	}
	f("+"+name, "+"+both)
	f("+"+name+"\n-b.example\n", "+"+both+"\n-b.example\n")
	f("list x, entry "+name+": gambling", "list x, entry "+both+": gambling")
	f("||"+name+"^", "||"+name+"^ (lừa-đảo.example)")
	f("https://"+name+"/a?b=1 x", "https://"+name+"/a?b=1 (lừa-đảo.example) x")
	f(`"`+name+`", then`, `"`+name+` (lừa-đảo.example)", then`)
	f("  no   such\tname  ", "  no   such\tname  ")
	f(name+","+name, name+","+name+" (lừa-đảo.example, lừa-đảo.example)")
	f(both, both)
}

func FuzzNames(f *testing.F) {
	f.Add("+xn--la-o-2ua4356bkoa.example (lừa-đảo.example)\n")
	f.Add("xn--.xn--a xn--\x80 \xff")
	f.Fuzz(func(t *testing.T, text string) {
		got := printable.Names(text)
		if len(got) < len(text) {
			t.Fatalf("%q became %q", text, got)
		}
		if !strings.Contains(text, "xn--") && got != text {
			t.Fatalf("%q became %q", text, got)
		}
	})
}
