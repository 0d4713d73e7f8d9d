package yamlfile

import (
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Set reads one value that stands outside a file, in an environment variable or
// a flag, into what dst points to. A list is written with commas (a,b) or as in
// YAML ([a, b]), a mapping and a struct as in YAML ({a: 1}), and all else as it
// is. The problems have neither file nor line.
func Set(dst any, text string) Problems {
	v := reflect.ValueOf(dst).Elem()
	d := decoder{shapes: map[reflect.Type]*shape{}}
	switch {
	case isText(v):
	case v.Kind() == reflect.Slice && !strings.HasPrefix(text, "["):
		d.value(commaList(text), v)
		return d.withoutLines()
	case v.Kind() == reflect.Slice, v.Kind() == reflect.Map, v.Kind() == reflect.Struct:
		var n yaml.Node
		if err := yaml.Unmarshal([]byte(text), &n); err != nil {
			return Problems{{Text: syntaxProblem("", []byte(text), err).Text}}
		}
		if len(n.Content) > 0 {
			d.value(n.Content[0], v)
		}
		return d.withoutLines()
	}
	d.value(plain(text), v)
	return d.withoutLines()
}

func (d *decoder) withoutLines() Problems {
	for i := range d.problems {
		d.problems[i].Line = 0
	}
	return d.problems
}

// commaList is the list that a,b means; an empty text is an empty list.
func commaList(text string) *yaml.Node {
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			list.Content = append(list.Content, plain(item))
		}
	}
	return list
}

func plain(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
}

// A Key is one value that a file can set.
type Key struct {
	Path  []string // the keys that lead to it, outermost first
	Value any      // a pointer to the value
}

// Keys lists all values of the struct that dst points to which have a key of
// their own, in the order of the fields. What lies inside lists and maps, and
// structs that have a short form, are one value each.
func Keys(dst any) []Key {
	return appendKeys(nil, nil, reflect.ValueOf(dst).Elem())
}

func appendKeys(keys []Key, path []string, v reflect.Value) []Key {
	s := newShape(v.Type())
	for _, name := range s.keys {
		f := v.Field(s.field[name])
		below := append(path[:len(path):len(path)], name)
		if isGroup(f) {
			keys = appendKeys(keys, below, f)
		} else {
			keys = append(keys, Key{below, f.Addr().Interface()})
		}
	}
	return keys
}

// isGroup reports whether v is a plain group of keys.
func isGroup(v reflect.Value) bool {
	_, at := v.Addr().Interface().(located)
	_, short := v.Addr().Interface().(ShortForm)
	return v.Kind() == reflect.Struct && !at && !short && !isText(v)
}
