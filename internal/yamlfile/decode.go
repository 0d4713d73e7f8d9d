package yamlfile

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"lachan/internal/wording"
)

// Decode reads one YAML document into the struct that dst points to. Keys are
// matched to `yaml:"key"` tags; fields without one are not touched, but for
// those of type Line and Lines.
//
// It reports everything at once, each with its line: text that is not YAML
// (that one ends the reading), keys it does not know, keys given twice, values
// of a wrong type and values that a type refuses. What is right is set even
// then; what is wrong, not mentioned, or given no value keeps what it had. A
// list keeps its right items, and what it had when there is none.
//
// Items of lists and maps that are Defaults begin with theirs. An empty text
// is no address (net/netip) and no Date.
//
// It understands every type with UnmarshalText, time.Duration ("5s", "7d"),
// booleans, integers, floats, strings, slices, maps with string keys, structs,
// At of any of these, and pointers to them. file is the name in the problems.
func Decode(file string, data []byte, dst any) Problems { return DecodePart(file, 1, data, dst) }

// DecodePart is Decode for a text that begins in that line of the file.
func DecodePart(file string, line int, data []byte, dst any) Problems {
	d := decoder{file: file, above: line - 1, shapes: map[reflect.Type]*shape{}}
	read := yaml.NewDecoder(bytes.NewReader(data))
	var document yaml.Node
	if err := read.Decode(&document); errors.Is(err, io.EOF) {
		return nil
	} else if err != nil {
		d.notYAML(data, err)
		return d.problems
	}
	d.lower(&document)
	root := reflect.ValueOf(dst).Elem()
	d.recordLines(root)
	d.value(document.Content[0], root)
	var second yaml.Node
	if err := read.Decode(&second); err == nil {
		d.report(d.above+second.Line, textSecondDocument)
	} else if !errors.Is(err, io.EOF) {
		d.notYAML(data, err)
	}
	return d.problems
}

// notYAML reports what the YAML reader says of the text.
func (d *decoder) notYAML(data []byte, err error) {
	p := syntaxProblem(d.file, data, err)
	p.Line += d.above
	d.problems = append(d.problems, p)
}

// lower gives nodes the lines that they have in the file.
func (d *decoder) lower(n *yaml.Node) {
	if d.above == 0 {
		return
	}
	n.Line += d.above
	for _, inner := range n.Content {
		d.lower(inner)
	}
}

// A decoder walks a tree of nodes and a Go value side by side.
type decoder struct {
	file     string
	above    int // lines of the file above the text
	problems Problems
	shapes   map[reflect.Type]*shape
	path     []step // where the walk is
	lines    Lines  // nil if dst has no field for them
}

// A step is a key, or the place of an item in a list when key is "".
type step struct {
	key  string
	item int
}

// value sets v from n and reports whether it holds something usable now.
func (d *decoder) value(n *yaml.Node, v reflect.Value) bool {
	if d.lines != nil {
		d.lines[d.pathText(true)] = n.Line
	}
	if n.Kind == yaml.AliasNode {
		d.report(n.Line, textAlias)
		return false
	}
	if a, ok := v.Addr().Interface().(located); ok {
		return d.value(n, reflect.ValueOf(a.locate(n.Line)).Elem())
	}
	word := n.Value == "null" && isText(pointedAt(v)) // such as `reply: null`, which means the address
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" && !word {
		return false
	}
	if isText(v) {
		return d.text(n, v)
	}
	switch v.Kind() {
	case reflect.Pointer:
		target := fresh(v.Type().Elem())
		ok := d.value(n, target.Elem())
		if ok {
			v.Set(target)
		}
		return ok
	case reflect.Struct:
		return d.structure(n, v)
	case reflect.Slice:
		return d.list(n, v)
	case reflect.Map:
		return d.mapping(n, v)
	}
	return d.text(n, v)
}

// pointedAt is a value of the type that a pointer leads to, and v if it is none.
func pointedAt(v reflect.Value) reflect.Value {
	if v.Kind() == reflect.Pointer {
		return reflect.New(v.Type().Elem()).Elem()
	}
	return v
}

// text sets v from a node that must be a single value.
func (d *decoder) text(n *yaml.Node, v reflect.Value) bool {
	if n.Kind != yaml.ScalarNode {
		d.report(n.Line, within(textWantOne, describe(n)))
		return false
	}
	if err := setText(v, n.Value); err != nil {
		d.refuse(n, err)
		return false
	}
	return true
}

func (d *decoder) list(n *yaml.Node, v reflect.Value) bool {
	if short, ok := v.Addr().Interface().(ShortForm); ok && n.Kind == yaml.ScalarNode {
		return d.short(n, short)
	}
	if n.Kind != yaml.SequenceNode {
		d.report(n.Line, wantList(n))
		return false
	}
	list := reflect.MakeSlice(v.Type(), 0, len(n.Content))
	for i, item := range n.Content {
		d.path = append(d.path, step{item: i})
		if item.Kind == yaml.ScalarNode && item.Value == "" {
			d.report(item.Line, textEmptyItem)
		} else if element := fresh(v.Type().Elem()); d.value(item, element.Elem()) {
			list = reflect.Append(list, element.Elem())
		}
		d.path = d.path[:len(d.path)-1]
	}
	if list.Len() == 0 && len(n.Content) > 0 {
		return false
	}
	v.Set(list)
	return true
}

// fresh is a pointer to a new value of type t, with its defaults.
func fresh(t reflect.Type) reflect.Value {
	p := reflect.New(t)
	if d, ok := p.Interface().(Defaults); ok {
		d.SetDefaults()
	}
	return p
}

func (d *decoder) mapping(n *yaml.Node, v reflect.Value) bool {
	if n.Kind != yaml.MappingNode {
		d.report(n.Line, wantKeys(n))
		return false
	}
	v.Set(reflect.MakeMapWithSize(v.Type(), len(n.Content)/2))
	seen := make(map[string]int, len(n.Content)/2)
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i]
		if !d.key(key) {
			continue
		}
		if first := seen[key.Value]; first > 0 {
			d.report(key.Line, textKeyTwice.With(key.Value, first))
			continue
		}
		seen[key.Value] = key.Line
		item := fresh(v.Type().Elem()).Elem()
		d.path = append(d.path, step{key: key.Value})
		if d.value(n.Content[i+1], item) || n.Content[i+1].Tag == "!!null" {
			v.SetMapIndex(reflect.ValueOf(key.Value).Convert(v.Type().Key()), item)
		}
		d.path = d.path[:len(d.path)-1]
	}
	return true
}

// key reports whether a node can be a key at all; if not, it is a problem.
func (d *decoder) key(key *yaml.Node) bool {
	switch {
	case key.Kind == yaml.AliasNode || key.Tag == "!!merge":
		d.report(key.Line, textAlias)
	case key.Kind != yaml.ScalarNode:
		d.report(key.Line, textKeyNotText)
	default:
		return true
	}
	return false
}

// refuse reports a value that its type does not take. An error that is a
// Problem, or that reads "VI | EN" as a wording.Text does, is the sentence.
func (d *decoder) refuse(n *yaml.Node, err error) {
	var own Problem
	if errors.As(err, &own) {
		d.report(n.Line, own.Text)
	} else if vi, en, both := strings.Cut(err.Error(), " | "); both {
		d.report(n.Line, wording.Text{VI: vi, EN: en})
	} else {
		d.report(n.Line, textRefused.With(n.Value, err))
	}
}

// report adds a problem that names the key it is about.
func (d *decoder) report(line int, text wording.Text) {
	if path := d.pathText(false); path != "" {
		text = wording.Text{VI: path + ": " + text.VI, EN: path + ": " + text.EN}
	}
	d.problems.Add(d.file, line, text)
}

// pathText is the path as the keys write it, with the places in lists when
// items is set.
func (d *decoder) pathText(items bool) string {
	var b strings.Builder
	for _, s := range d.path {
		if s.key == "" && items {
			b.WriteString("[" + strconv.Itoa(s.item) + "]")
		}
		if s.key != "" && b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(s.key)
	}
	return b.String()
}
