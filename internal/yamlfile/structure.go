package yamlfile

import (
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"

	"lachan/internal/wording"
)

// A shape is what the tags of a struct type say.
type shape struct {
	keys   []string       // in the order of the fields
	field  map[string]int // of each key
	line   int            // field of type Line, -1 when there is none
	fields int
}

var (
	lineType  = reflect.TypeFor[Line]()
	linesType = reflect.TypeFor[Lines]()
)

func (d *decoder) shape(t reflect.Type) *shape {
	if s := d.shapes[t]; s != nil {
		return s
	}
	s := newShape(t)
	d.shapes[t] = s
	return s
}

func newShape(t reflect.Type) *shape {
	s := &shape{field: map[string]int{}, line: -1, fields: t.NumField()}
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Type == lineType {
			s.line = i
		} else if key := f.Tag.Get("yaml"); key != "" && key != "-" {
			s.keys = append(s.keys, key)
			s.field[key] = i
		}
	}
	return s
}

// recordLines makes the Lines field of the outermost struct, if it has one,
// the record of the walk.
func (d *decoder) recordLines(root reflect.Value) {
	if root.Kind() != reflect.Struct {
		return
	}
	for i := range root.NumField() {
		if root.Field(i).Type() == linesType {
			d.lines = Lines{}
			root.Field(i).Set(reflect.ValueOf(d.lines))
		}
	}
}

func (d *decoder) structure(n *yaml.Node, v reflect.Value) bool {
	if short, ok := v.Addr().Interface().(ShortForm); ok && n.Kind == yaml.ScalarNode {
		d.shape(v.Type()).setLine(v, n.Line)
		return d.short(n, short)
	}
	s := d.shape(v.Type())
	if form, ok := v.Addr().Interface().(ListForm); ok && n.Kind == yaml.SequenceNode {
		s.setLine(v, n.Line)
		d.path = append(d.path, step{key: form.ListKey()})
		ok = d.value(n, v.Field(s.field[form.ListKey()]))
		d.path = d.path[:len(d.path)-1]
		return ok
	}
	if n.Kind != yaml.MappingNode {
		d.report(n.Line, wantKeys(n))
		return false
	}
	s.setLine(v, n.Line)
	seen := make([]int, s.fields)
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i]
		if !d.key(key) {
			continue
		}
		field, known := s.field[key.Value]
		switch {
		case !known:
			d.report(key.Line, unknownKey(key.Value, s.keys))
		case seen[field] > 0:
			d.report(key.Line, textKeyTwice.With(key.Value, seen[field]))
		default:
			seen[field] = key.Line
			d.path = append(d.path, step{key: key.Value})
			d.value(n.Content[i+1], v.Field(field))
			d.path = d.path[:len(d.path)-1]
		}
	}
	return true
}

func (d *decoder) short(n *yaml.Node, form ShortForm) bool {
	if err := form.SetShort(n.Value); err != nil {
		d.refuse(n, err)
		return false
	}
	return true
}

func (s *shape) setLine(v reflect.Value, line int) {
	if s.line >= 0 {
		v.Field(s.line).SetInt(int64(line))
	}
}

// unknownKey names the nearest key, or all of them when none is near.
func unknownKey(key string, known []string) wording.Text {
	if strings.Contains(key, ":") {
		return textNoSpace.With(key) // {key:value}
	}
	if near, ok := Nearest(key, known); ok {
		return textUnknownKeyNear.With(key, near)
	}
	return textUnknownKey.With(key, strings.Join(known, ", "))
}

// wantKeys says that n should have been a mapping.
func wantKeys(n *yaml.Node) wording.Text {
	if key, value, ok := strings.Cut(n.Value, ":"); ok && key != "" && value != "" {
		return textWantKeysSpace.With(n.Value)
	}
	return within(textWantKeys, describe(n))
}

// wantList says that n should have been a list, and shows it as one.
func wantList(n *yaml.Node) wording.Text {
	example := "a, b"
	if n.Kind == yaml.ScalarNode {
		var items []string
		for item := range strings.SplitSeq(n.Value, ",") {
			items = append(items, `"`+strings.TrimSpace(item)+`"`)
		}
		example = strings.Join(items, ", ")
	}
	what := describe(n)
	return wording.Text{
		VI: textWantList.With(example, what.VI).VI,
		EN: textWantList.With(example, what.EN).EN,
	}
}

// within fills one sentence into another, each language into its own.
func within(outer, inner wording.Text) wording.Text {
	return wording.Text{VI: outer.With(inner.VI).VI, EN: outer.With(inner.EN).EN}
}

func describe(n *yaml.Node) wording.Text {
	switch n.Kind {
	case yaml.SequenceNode:
		return textAList
	case yaml.MappingNode:
		return textAGroup
	}
	return textValue.With(n.Value)
}
