package home

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"lachan/policy/source"
)

// Texts of policy.yaml as trees of nodes.

// valueOf is the value of a key of a mapping; nil if it is not there.
func valueOf(mapping *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(mapping.Content) && mapping.Kind == yaml.MappingNode; i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i+1]
		}
	}
	return nil
}

func textOf(mapping *yaml.Node, key string) string {
	if v := valueOf(mapping, key); v != nil && v.Kind == yaml.ScalarNode {
		return v.Value
	}
	return ""
}

// itemID is the full id of an item of the list units.
func itemID(unit *yaml.Node) string {
	var kind source.Kind
	_ = kind.UnmarshalText([]byte(textOf(unit, "kind"))) // a mistake is told by those who compile
	return unitID(kind, textOf(unit, "parent"), textOf(unit, "id"))
}

// unitID is the full id of a unit: that of a group names its school.
func unitID(kind source.Kind, parent, id string) string {
	if kind != source.GroupKind {
		return id
	}
	school, _, _ := strings.Cut(parent, "/")
	return school + "/" + id
}

// toJSON is a node as JSON, with what its text means to those who read it as
// policy.yaml.
func toJSON(n *yaml.Node) (json.RawMessage, error) {
	v, err := plain(n)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err = e.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}

func plain(n *yaml.Node) (any, error) {
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if isNothing(n.Content[i+1]) {
				continue
			}
			v, err := plain(n.Content[i+1])
			if err != nil {
				return nil, err
			}
			m[n.Content[i].Value] = v
		}
		return m, nil
	case yaml.SequenceNode:
		list := []any{}
		for _, item := range n.Content {
			v, err := plain(item)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, nil
	case yaml.ScalarNode:
		if n.Tag == "!!null" {
			return nil, nil
		}
		if number, err := strconv.ParseInt(n.Value, 10, 64); err == nil && n.Tag == "!!int" &&
			strconv.FormatInt(number, 10) == n.Value {
			return number, nil
		}
		return n.Value, nil
	}
	return nil, fmt.Errorf("line %d: it has a value of another kind", n.Line)
}

// isNothing reports whether a key is written without a value. The word null is one.
func isNothing(n *yaml.Node) bool { return n.Tag == "!!null" && n.Value != "null" }

// rowNode is a row of a table as policy.yaml would have it.
func rowNode(r *source.Row) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
	set := func(key string, value *yaml.Node) { n.Content = append(n.Content, word(key), value) }
	for _, of := range []struct{ key, value string }{
		{"id", r.ID}, {"parent", r.Parent}, {"name", r.Name}, {"level", r.Level}, {"code", r.Code}, {"type", r.Type},
		{"profile", r.Profile},
	} {
		if of.value != "" {
			set(of.key, word(of.value))
		}
	}
	if r.Kind != 0 {
		set("kind", word(r.Kind.String()))
	}
	if r.Students != 0 {
		set("students", word(strconv.Itoa(r.Students)))
	}
	for _, of := range []struct {
		key    string
		values []string
	}{{"networks", r.Networks}, {"links", r.Links}, {"link_tokens", r.LinkTokens}, {"radius_ids", r.RADIUSIDs}, {"contact", r.Contact}} {
		if len(of.values) == 0 {
			continue
		}
		list := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
		for _, value := range of.values {
			list.Content = append(list.Content, word(value))
		}
		set(of.key, list)
	}
	return n
}

// word is a text, quoted where it must be.
func word(text string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(text)
	return n
}
