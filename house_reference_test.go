package lachan_test

import (
	"flag"
	"fmt"
	"go/ast"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"go.yaml.in/yaml/v3"
)

var update = flag.Bool("update", false, "write the pages of reference anew")

// references are the pages that have every key, each with its sections of a file.
var references = []reference{
	{
		page: "reference-server.md", title: "server, upstream, cache, feeds",
		about:   "Every key of these four sections of `lachan.yaml`. The other ones are in\n[reference-lachan.md](reference-lachan.md), what belongs together in\n[configuration.md](configuration.md) and [feeds.md](feeds.md).",
		titleVI: "server, upstream, cache, feeds",
		aboutVI: "Mọi mục của bốn phần này trong `lachan.yaml`. Các mục khác ở\n[reference-lachan.md](reference-lachan.md), mục nào đi với mục nào ở\n[configuration.md](configuration.md) và [feeds.md](feeds.md).",
		of:      "lachan.yaml", room: "cmd/lachan/config", root: "Config",
		only: []string{"server", "upstream", "cache", "feeds"},
	},
	{
		page: "reference-lachan.md", title: "the other keys of lachan.yaml",
		about:   "Every key of `lachan.yaml` but those of server, upstream, cache and feeds, which are in\n[reference-server.md](reference-server.md); what belongs together is in\n[configuration.md](configuration.md).",
		titleVI: "các mục còn lại của lachan.yaml",
		aboutVI: "Mọi mục của `lachan.yaml`, trừ server, upstream, cache và feeds ở\n[reference-server.md](reference-server.md); mục nào đi với mục nào ở\n[configuration.md](configuration.md).",
		of:      "lachan.yaml", room: "cmd/lachan/config", root: "Config",
		but: []string{"server", "upstream", "cache", "feeds"},
	},
	{
		page: "reference-policy.md", title: "policy.yaml",
		about:   "Every key of `policy.yaml`; what they are for is in [policy.md](policy.md), tables of units in\n[tables.md](tables.md).",
		titleVI: "policy.yaml",
		aboutVI: "Mọi mục của `policy.yaml`; dùng để làm gì thì xem [policy.md](policy.md), bảng các trường thì xem\n[tables.md](tables.md).",
		of:      "policy.yaml", room: "policy/source", root: "File",
	},
}

// A reference is a page of keys.
type reference struct {
	page, title, about string
	titleVI, aboutVI   string
	of                 string   // the file that has the keys
	room, root         string   // where the structs are, and the outermost
	but, only          []string // sections
}

// TestReferencesAreThoseOfTheCode: the pages say of each key what its field in the code says,
// with the default that configs/lachan.yaml has, which another test holds to the code; those
// in Vietnamese say it in the words of docs/vi/reference.yaml.
func TestReferencesAreThoseOfTheCode(t *testing.T) {
	files := sources(t)
	vi := readVietnamese(t)
	for _, ref := range references {
		r := &reader{t: t, types: map[string]declared{}, methods: map[string][]string{}, shown: map[string]string{}}
		for _, f := range files {
			if !f.isTest {
				r.declare(f)
			}
		}
		if ref.of == "lachan.yaml" {
			if err := yaml.Unmarshal([]byte(read(t, "configs/lachan.yaml")), &r.defaults); err != nil {
				t.Fatal(err)
			}
		}
		tables := r.tables(r.types[ref.room+"."+ref.root], func(section string) bool {
			return !slices.Contains(ref.but, section) && (ref.only == nil || slices.Contains(ref.only, section))
		})
		sameAsPage(t, "docs/"+ref.page, ref.english(tables))
		sameAsPage(t, "docs/vi/"+ref.page, vi.page(ref, tables))
	}
	for _, problem := range append(vi.problems, vi.gone()...) {
		t.Error(problem)
	}
}

func sameAsPage(t *testing.T, page, text string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(page, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(page); err != nil || string(got) != text {
		t.Errorf("%s is not what the code makes of it (%v): go test . -run TestReferencesAre -update", page, err)
	}
}

// A table has the keys of a section; those that are none have one without a name.
type table struct {
	section string
	rows    []row
}

// A row is what a page says of a key.
type row struct {
	key       string
	value, as string // what stands there, and the key whose keys it has
	said      string // the default
	text      string
	at        string // the key in the code
}

func (w row) line() string {
	value := w.value
	if w.as != "" {
		value += ", as in `" + w.as + "`"
	}
	return fmt.Sprintf("| `%s` | %s | %s | %s |\n", w.key, value, w.said, strings.ReplaceAll(w.text, "|", "\\|"))
}

// english is the page in the words of the code.
func (ref reference) english(tables []table) string {
	text := &strings.Builder{}
	fmt.Fprintf(text, "# Reference: %s\n\n*Tiếng Việt: [vi/%[2]s](vi/%[2]s)*\n\n%s\n\nThis page is made of the code: `go test . -run TestReferencesAre -update`. In a list, `[]` is\neach of its items; in a map, `NAME` is each of its names.\n", ref.title, ref.page, ref.about)
	for _, t := range tables {
		if t.section != "" {
			fmt.Fprintf(text, "\n## %s\n", t.section)
		}
		text.WriteString("\n| key | value | default | |\n|---|---|---|---|\n")
		for _, w := range t.rows {
			text.WriteString(w.line())
		}
	}
	return text.String()
}

// A declared is a type as it is declared, with its comment.
type declared struct {
	pkg, name, comment string
	syntax             ast.Expr
	in                 source
}

// A reader knows the types and which words values of those have that are one of several.
type reader struct {
	t        *testing.T
	types    map[string]declared // by package and name
	methods  map[string][]string
	defaults map[string]any
	shown    map[string]string // where a type is for the first time
}

func (r *reader) declare(f source) {
	words := map[string]string{} // constants of the file
	for _, d := range f.syntax.Decls {
		group, ok := d.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, s := range group.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				comment := s.Doc
				if comment == nil {
					comment = group.Doc
				}
				r.types[f.pkg+"."+s.Name.Name] = declared{f.pkg, s.Name.Name, comment.Text(), s.Type, f}
			case *ast.ValueSpec:
				for i, v := range s.Values {
					if text, ok := constant(v); ok {
						words[s.Names[i].Name] = text
					}
				}
			}
		}
	}
	for _, d := range f.syntax.Decls {
		method, ok := d.(*ast.FuncDecl)
		if !ok || method.Recv == nil || method.Name.Name != "UnmarshalText" {
			continue
		}
		of := f.pkg + "." + strings.TrimPrefix(fmt.Sprint(typeName(method.Recv.List[0].Type)), "*")
		ast.Inspect(method, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if name, is := typeOf(call, ok).(*ast.Ident); !is || name.Name != "oneOf" {
				return true
			}
			for _, e := range call.Args[2:] {
				word, ok := constant(e)
				if name, is := e.(*ast.Ident); !ok && is {
					word = words[name.Name]
				}
				r.methods[of] = append(r.methods[of], "`"+word+"`")
			}
			return true
		})
	}
}

func typeOf(call *ast.CallExpr, ok bool) ast.Expr {
	if !ok {
		return nil
	}
	return call.Fun
}

// typeName is a type as it is written, without its package if it is of ours.
func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return typeName(e.X)
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.X.(*ast.Ident).Name + "." + e.Sel.Name
	case *ast.IndexExpr: // a value that knows its line
		return typeName(e.Index)
	}
	return ""
}

// plainTypes names the types of Go as the reader of a reference knows them.
var plainTypes = map[string]string{
	"string": "text", "bool": "true or false", "int": "whole number", "uint64": "whole number", "float64": "number",
	"time.Duration": "length of time", "yamlfile.Days": "length of time", "yamlfile.Bytes": "size", "Size": "size or auto",
	"yamlfile.Percent": "percent", "yamlfile.Date": "day", "Count": "whole number or auto", "Timezone": "time zone", "YearDay": "day of a year",
	"netip.AddrPort": "address:port", "netip.Prefix": "prefix", "netip.Addr": "address", "Upstream": "server", "Strategy": "fastest, ordered or parallel",
	"release.Keys": "public key, or two", "format.Format": "format", "Trusted": "servers, or true", "Role": "role",
	"Moment": "day or time", "Weekday": "day of the week", "Weekdays": "days of the week", "Clock": "time of day", "DayKinds": "kinds of days",
	"Kind": "kind of unit", "Reply": "reply", "Default": "allow or deny", "SearchStrictness": "off or strict", "YouTubeStrictness": "off, moderate or strict",
	"End": "days, or term", "Until": "days, or term",
}

// what is a type in words, and the struct that it leads to, if any.
func (r *reader) what(in source, e ast.Expr) (word, path string, of *declared) {
	switch e := e.(type) {
	case *ast.ArrayType:
		word, path, of = r.what(in, e.Elt)
		return "list: " + word, "[]" + path, of
	case *ast.MapType:
		word, path, of = r.what(in, e.Value)
		return "map: " + word, ".NAME" + path, of
	}
	name := typeName(e)
	if word, ok := plainTypes[name]; ok {
		return word, "", nil
	}
	full := in.pkg + "." + name
	if pkg, own, ok := strings.Cut(name, "."); ok {
		full = in.imported(pkg) + "." + own
	}
	d, ok := r.types[full]
	if words := r.methods[full]; len(words) > 0 {
		return strings.Join(words, ", "), "", nil
	}
	if _, is := d.syntax.(*ast.StructType); !ok || !is {
		r.t.Errorf("%s: plainTypes does not say what a %s is for whoever writes it", in.name, name)
	}
	return "keys", "", &d
}

// tables has one for each section, and first one for the keys that are none.
func (r *reader) tables(root declared, wanted func(string) bool) []table {
	var plain table
	var sections []table
	for _, field := range root.syntax.(*ast.StructType).Fields.List {
		if key := keyOf(field); key != "" && wanted(key) {
			rows := r.rows(&root, field, "")
			if len(rows) == 1 {
				plain.rows = append(plain.rows, rows...)
				continue
			}
			sections = append(sections, table{key, rows})
		}
	}
	if len(plain.rows) == 0 {
		return sections
	}
	return append([]table{plain}, sections...)
}

// rows are those of a key, and of the keys in it, where they are for the first time.
func (r *reader) rows(of *declared, field *ast.Field, above string) (rows []row) {
	path, at := strings.TrimPrefix(above+"."+keyOf(field), "."), of.in.at(field)
	word, suffix, inner := r.what(of.in, field.Type)
	if comment := field.Doc.Text() + field.Comment.Text(); comment != "" || inner == nil {
		if strings.TrimSpace(comment) == "" {
			r.t.Errorf("%s: the key %s has no comment", at, path)
		}
		rows = append(rows, r.row(of, at, path, word, comment))
	}
	if inner == nil {
		return rows
	}
	before := r.shown[inner.pkg+"."+inner.name]
	if len(rows) == 0 {
		comment := inner.comment
		if before != "" {
			comment = ""
		}
		rows = append(rows, r.row(inner, at, path, word, comment))
	}
	if before != "" {
		rows[0].as = before
		return rows
	}
	r.shown[inner.pkg+"."+inner.name] = path
	for _, f := range inner.syntax.(*ast.StructType).Fields.List {
		if keyOf(f) != "" {
			rows = append(rows, r.rows(inner, f, path+suffix)...)
		}
	}
	return rows
}

func keyOf(f *ast.Field) string {
	if f.Tag == nil {
		return ""
	}
	tag, _ := strconv.Unquote(f.Tag.Value)
	return strings.TrimSuffix(reflect.StructTag(tag).Get("yaml"), "-")
}

var defaultSaid = regexp.MustCompile(`(?:^|[\s;,(])[Dd]efault:? ([^;]*?)(?:; ([^.]*))?\.?(?:\s*$|\. )`)

// leading is what a comment calls its field or type by; moreSaid begins what a default comes to.
var (
	leading  = regexp.MustCompile(`^(?:An? )?[A-Z][A-Za-z0-9]* (?:(?:is|are|has|have) )?`)
	moreSaid = regexp.MustCompile(`[,:] `)
)

// row is what is said of a key: what is said of its default stands in a column of its own.
func (r *reader) row(of *declared, at, path, word, comment string) row {
	comment = leading.ReplaceAllString(strings.Join(strings.Fields(comment), " "), "")
	said := "–"
	if m := defaultSaid.FindStringSubmatchIndex(comment); m != nil {
		said = comment[m[2]:m[3]]
		rest := ""
		if m[4] >= 0 {
			if rest = comment[m[4]:m[5]]; strings.Contains(rest, " to ") && unicode.IsDigit(rune(rest[0])) {
				rest = "From " + rest
			}
			rest = " " + strings.ToUpper(rest[:1]) + rest[1:] + "."
		}
		comment = strings.TrimRight(comment[:m[0]], " ;,(") + rest + " " + comment[m[1]:]
	}
	if value, ok := r.value(path); ok && said != "none" {
		more := ""
		if at := moreSaid.FindStringIndex(said); at != nil {
			more = said[at[0]:]
		}
		said = strings.TrimSuffix(value+more, ", none")
	}
	if comment = strings.TrimSpace(comment); comment != "" {
		comment = strings.TrimSuffix(comment, ".") + "."
	}
	return row{key: path, value: word, said: r.keys(of, said), text: r.keys(of, comment), at: at}
}

// value is the default of a key as configs/lachan.yaml has it.
func (r *reader) value(path string) (text string, ok bool) {
	at := any(r.defaults)
	for _, key := range strings.Split(path, ".") {
		in, is := at.(map[string]any)
		if !is {
			return "", false
		}
		if at, is = in[key]; !is {
			return "", false
		}
	}
	if _, is := at.(map[string]any); is {
		return "", false
	}
	var list []string
	items, is := at.([]any)
	for _, item := range items {
		list = append(list, fmt.Sprint(item))
	}
	switch {
	case is && len(list) == 0 || at == "":
		return "none", true
	case is:
		return "`" + strings.Join(list, "`, `") + "`", true
	}
	return fmt.Sprintf("`%v`", at), true
}

// keys names what a comment calls by fields of the code as the file does.
func (r *reader) keys(of *declared, text string) string {
	names := map[string]string{}
	for _, d := range r.types {
		body, is := d.syntax.(*ast.StructType)
		if !is || d.pkg != of.pkg {
			continue
		}
		for _, f := range body.Fields.List {
			for _, n := range f.Names {
				if n.Name == strings.ToUpper(n.Name) {
					continue // an acronym is a word as well
				}
				if long := strings.IndexFunc(n.Name[1:], unicode.IsUpper) >= 0; keyOf(f) != "" && (long || d.name == of.name || d.name == "Config") {
					names[n.Name] = keyOf(f)
				}
			}
		}
	}
	delete(names, "Default")
	return regexp.MustCompile(`[A-Z][A-Za-z0-9]*(?:\.[A-Z][A-Za-z0-9]*)*`).ReplaceAllStringFunc(text, func(word string) string {
		var path []string
		for _, name := range strings.Split(word, ".") {
			if names[name] == "" {
				return word
			}
			path = append(path, names[name])
		}
		return "`" + strings.Join(path, ".") + "`"
	})
}
