package source_test

import (
	"testing"

	"lachan/blocklist/feed"
	"lachan/blocklist/format"
	"lachan/cmd/lachan/source"
)

// Whatever changes what a copy comes to, changes the digest by which it is seen that
// lists have to be compiled anew.
func TestWhatIsCompiledAnew(t *testing.T) {
	as := source.File{Feed: "f", Digest: "d", Path: "p", Format: format.Hosts, Asked: format.Auto}
	if err := as.Timezone.UnmarshalText([]byte("Asia/Ho_Chi_Minh")); err != nil {
		t.Fatal(err)
	}
	before := as.Blocklist().Digest
	if before != "d hosts false false Asia/Ho_Chi_Minh" { // or else another build compiles every list anew
		t.Errorf("a plain list is %q", before)
	}
	seen := map[string]string{before: "the copy as it is"}
	f := func(what string, change func(*source.File)) {
		t.Helper()
		changed := as
		change(&changed)
		digest := changed.Blocklist().Digest
		if other, twice := seen[digest]; twice {
			t.Errorf("%s is not told from %s", what, other)
		}
		seen[digest] = what
	}
	f("another copy", func(f *source.File) { f.Digest = "e" })
	f("another format", func(f *source.File) { f.Format = format.Domains })
	f("with what is below names", func(f *source.File) { f.Subdomains = true })
	f("as a zone", func(f *source.File) { f.Zone = true })
	f("as what is allowed", func(f *source.File) { f.Allows = true })
	f("without a name in doubt", func(f *source.File) { f.Waiting = []string{"a.example"} })
	f("without another name in doubt", func(f *source.File) { f.Waiting = []string{"b.example"} })
	f("without two", func(f *source.File) { f.Waiting = []string{"a.example", "b.example"} })
	f("with categories of its own", func(f *source.File) { f.Categories = []string{"gambling"} })
	f("with no category of its own", func(f *source.File) { f.Categories = []string{} })
	f("with expressions first", func(f *source.File) { f.First = true })
	f("with suffixes", func(f *source.File) { f.May.Suffixes = true })
	f("with answers of its own", func(f *source.File) { f.May.Rewrites = true })
	f("as it was read before", func(f *source.File) { f.Readings = feed.Readings{"": {Format: format.Hosts, Below: true}} })
	f("as another was read before", func(f *source.File) { f.Readings = feed.Readings{"": {Format: format.Adblock}} })
	f("as a folder", func(f *source.File) { f.Format = format.Directory })
	f("as a folder of tables", func(f *source.File) { f.Format, f.Asked = format.Directory, format.CSV })
	f("with days of another zone", func(f *source.File) { _ = f.Timezone.UnmarshalText([]byte("UTC")) })
	f("as it is kept", func(f *source.File) { f.Kept = "kept" })
	moved := as
	moved.Path = "elsewhere"
	if moved.Blocklist().Digest != before {
		t.Error("a copy that lies elsewhere is compiled anew")
	}
}
