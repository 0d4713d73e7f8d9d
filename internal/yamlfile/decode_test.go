package yamlfile_test

import (
	"errors"
	"net/netip"
	"reflect"
	"slices"
	"testing"
	"time"

	"lachan/internal/yamlfile"
)

// settings has a field of every sort that a file can fill.
type settings struct {
	At      yamlfile.Line
	Name    string                      `yaml:"name"`
	Listen  []string                    `yaml:"listen"`
	Timeout time.Duration               `yaml:"timeout"`
	Prefix  yamlfile.At[netip.Prefix]   `yaml:"prefix"`
	Nets    []yamlfile.At[netip.Prefix] `yaml:"nets"`
	Cache   cache                       `yaml:"cache"`
	Zones   map[string][]string         `yaml:"zones"`
	Feeds   []feed                      `yaml:"feeds"`
	Allow   []entry                     `yaml:"allow"`
	Default *entry                      `yaml:"default"`
	History yamlfile.Days               `yaml:"history"`
	Share   float64                     `yaml:"share"`
	Port    uint16                      `yaml:"port"`
	Colour  colour                      `yaml:"colour"`
}

type cache struct {
	Entries  int            `yaml:"entries"`
	Prefetch bool           `yaml:"prefetch"`
	Max      yamlfile.Bytes `yaml:"max"`
}

type feed struct {
	At     yamlfile.Line
	Name   string           `yaml:"name"`
	Shrink yamlfile.Percent `yaml:"shrink"`
	Size   yamlfile.Bytes   `yaml:"size"`
}

func (f *feed) SetDefaults() { f.Size = 64 }

// colour speaks both languages itself, as types of other packages do.
type colour string

func (c *colour) UnmarshalText([]byte) error {
	return errors.New("không có màu này | there is no such colour")
}

// entry may be written as its name alone.
type entry struct {
	At    yamlfile.Line
	Name  string        `yaml:"name"`
	Until yamlfile.Date `yaml:"until"`
}

func (e *entry) SetShort(s string) error { e.Name = s; return nil }

func TestDecode(t *testing.T) {
	f := func(text string, want settings) {
		t.Helper()
		var got settings
		if problems := yamlfile.Decode("x.yaml", []byte(text), &got); len(problems) > 0 {
			t.Errorf("%s\nproblems: %v", text, problems)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s\ngot  %+v\nwant %+v", text, got, want)
		}
	}
	prefix := netip.MustParsePrefix
	f("", settings{})
	f("# only a comment\n", settings{})
	f("\ufeffname: a\r\nport: 53\r\n", settings{At: 1, Name: "a", Port: 53})
	f("name: off", settings{At: 1, Name: "off"})               // a word stays a word
	f("name: 07:00", settings{At: 1, Name: "07:00"})           // and no number of base 60
	f("name: 2026-12-31", settings{At: 1, Name: "2026-12-31"}) // nor a moment
	f("name: Trường Tiểu học", settings{At: 1, Name: "Trường Tiểu học"})
	f(`listen: ["0.0.0.0:53", "[::]:53"]`, settings{At: 1, Listen: []string{"0.0.0.0:53", "[::]:53"}})
	f("listen:\n- a\n- b", settings{At: 1, Listen: []string{"a", "b"}})
	f("listen: []", settings{At: 1, Listen: []string{}})
	f("timeout: 1m30s", settings{At: 1, Timeout: 90 * time.Second})
	f("timeout: 7d", settings{At: 1, Timeout: 7 * 24 * time.Hour})
	f("timeout: 0", settings{At: 1})
	f("\nprefix: 10.0.0.0/8", settings{At: 2, Prefix: yamlfile.At[netip.Prefix]{V: prefix("10.0.0.0/8"), Line: 2}})
	f("nets:\n- 10.0.0.0/8\n- ::/0", settings{At: 1, Nets: []yamlfile.At[netip.Prefix]{{prefix("10.0.0.0/8"), 2}, {prefix("::/0"), 3}}})
	f("cache: {entries: 5, prefetch: off, max: 64MiB}", settings{At: 1, Cache: cache{5, false, 64 << 20}})
	f("cache:\n  prefetch: yes", settings{At: 1, Cache: cache{Prefetch: true}})
	f("cache:", settings{At: 1}) // a key without a value says nothing
	f(`zones: {"lan": ["10.0.0.1"]}`, settings{At: 1, Zones: map[string][]string{"lan": {"10.0.0.1"}}})
	f("feeds:\n\n- name: a\n  shrink: 30%\n- {name: b, size: 1kB}", settings{At: 1,
		Feeds: []feed{{At: 3, Name: "a", Shrink: .3, Size: 64}, {At: 5, Name: "b", Size: 1000}}})
	f("allow: [olm.vn, {name: b.example, until: 2026-12-31}]", settings{At: 1,
		Allow: []entry{{At: 1, Name: "olm.vn"}, {At: 1, Name: "b.example", Until: yamlfile.Date{Year: 2026, Month: 12, Day: 31}}}})
	for _, day := range []string{"31/12/2026", "31-12-2026", "31.12.2026", "ngày 31 tháng 12 năm 2026"} {
		f("allow: [{name: a, until: "+day+"}]", settings{At: 1,
			Allow: []entry{{At: 1, Name: "a", Until: yamlfile.Date{Year: 2026, Month: 12, Day: 31}}}})
	}
	f(`allow: [{name: a, until: ""}]`, settings{At: 1, Allow: []entry{{At: 1, Name: "a"}}})
	f(`prefix: ""`, settings{At: 1, Prefix: yamlfile.At[netip.Prefix]{Line: 1}})
	f("default: olm.vn", settings{At: 1, Default: &entry{At: 1, Name: "olm.vn"}})
	f("history: 400d\nshare: 0.5", settings{At: 1, History: yamlfile.Days(400 * 24 * time.Hour), Share: .5})
}

func TestDecodeKeepsWhatTheFileDoesNotMention(t *testing.T) {
	got := settings{Name: "before", Listen: []string{"before"}, Cache: cache{Entries: 7, Prefetch: true}}
	problems := yamlfile.Decode("x.yaml", []byte("name:\ncache: {prefetch: false}\nport: 53"), &got)
	want := settings{At: 1, Name: "before", Listen: []string{"before"}, Cache: cache{Entries: 7}, Port: 53}
	if len(problems) > 0 || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v; problems %v", got, want, problems)
	}
}

func TestDecodeSetsWhatIsRightBesideWhatIsWrong(t *testing.T) {
	got := settings{Timeout: 5, History: 7, Zones: map[string][]string{"kept": nil}, Nets: []yamlfile.At[netip.Prefix]{{Line: 9}}}
	wrong := got
	wrong.At = 1
	if problems := yamlfile.Decode("x.yaml", []byte("timeout: x\nhistory: x\nzones: x\nnets: [x, y]"), &got); len(problems) != 5 || !reflect.DeepEqual(got, wrong) {
		t.Errorf("what is wrong was set: %+v; %v", got, problems)
	}

	got = settings{}
	problems := yamlfile.Decode("x.yaml", []byte("nmae: a\nlisten: [a, {b: c}, d]\nport: 70000\ncache: {entries: 5, max: lots}"), &got)
	want := settings{At: 1, Listen: []string{"a", "d"}, Cache: cache{Entries: 5}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	var lines []int
	for _, p := range problems {
		lines = append(lines, p.Line)
	}
	if !slices.Equal(lines, []int{1, 2, 3, 4}) {
		t.Errorf("want a problem on each line: %v", problems)
	}
}

func TestLinesRecordsEveryValue(t *testing.T) {
	var got struct {
		Lines  yamlfile.Lines
		Server struct {
			Listen []string `yaml:"listen"`
		} `yaml:"server"`
		Feeds []feed `yaml:"feeds"`
	}
	text := "server:\n  listen:\n  - a\n  - b\nfeeds:\n- name: x\n  size:\n    5MiB\n"
	if problems := yamlfile.Decode("x.yaml", []byte(text), &got); len(problems) > 0 {
		t.Fatal(problems)
	}
	f := func(path string, want int) {
		t.Helper()
		if line := got.Lines[path]; line != want {
			t.Errorf("%s: line %d, want %d", path, line, want)
		}
	}
	f("server", 2)
	f("server.listen", 3)
	f("server.listen[0]", 3)
	f("server.listen[1]", 4)
	f("feeds[0].name", 6)
	f("feeds[0].size", 8)
	f("feeds[1]", 0)
}

func TestSet(t *testing.T) {
	f := func(dst any, text string, want any) {
		t.Helper()
		if problems := yamlfile.Set(dst, text); len(problems) > 0 {
			t.Errorf("%q: %v", text, problems)
		}
		if got := reflect.ValueOf(dst).Elem().Interface(); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
	f(new([]string), "a, b", []string{"a", "b"})
	f(new([]string), "[a, 'b,c']", []string{"a", "b,c"})
	f(new([]string), "", []string{})
	f(new(string), "a: b, [c", "a: b, [c")
	f(new(int), "5", 5)
	f(new(time.Duration), "5s", 5*time.Second)
	f(new(map[string][]string), "{lan: [10.0.0.1]}", map[string][]string{"lan": {"10.0.0.1"}})
	f(new([]entry), "olm.vn", []entry{{Name: "olm.vn"}})

	problems := yamlfile.Set(new([]int), "1,x")
	if len(problems) != 1 || problems[0].Line != 0 || problems[0].File != "" {
		t.Errorf("a problem of a value alone has neither file nor line: %v", problems)
	}
	if len(yamlfile.Set(new([]int), "[1")) != 1 {
		t.Error("a list that is not closed is a problem")
	}
}

func TestKeys(t *testing.T) {
	var s settings
	var paths []string
	for _, k := range yamlfile.Keys(&s) {
		path := ""
		for _, key := range k.Path {
			path += "/" + key
		}
		paths = append(paths, path)
	}
	want := []string{"/name", "/listen", "/timeout", "/prefix", "/nets", "/cache/entries", "/cache/prefetch",
		"/cache/max", "/zones", "/feeds", "/allow", "/default", "/history", "/share", "/port", "/colour"}
	if !slices.Equal(paths, want) {
		t.Errorf("got %v\nwant %v", paths, want)
	}
	*yamlfile.Keys(&s)[0].Value.(*string) = "set through its key"
	if s.Name != "set through its key" {
		t.Error("the value of a key is not the field itself")
	}
}
