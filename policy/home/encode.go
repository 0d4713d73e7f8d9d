package home

import (
	"bytes"
	"errors"
	"slices"

	"go.yaml.in/yaml/v3"
)

// unitsAtOnce is how many units are written at a time: the encoder keeps a mark of some 300
// bytes for each word of what it writes, which of a country is a gigabyte.
const unitsAtOnce = 256

// encode writes a document. A long list of units is written in parts.
func encode(to *bytes.Buffer, root *yaml.Node) error {
	top := root.Content[0]
	at := slices.IndexFunc(top.Content, func(n *yaml.Node) bool { return n.Value == "units" })
	if at < 0 || at%2 != 0 || top.Style&yaml.FlowStyle != 0 {
		return encodePart(to, root)
	}
	units := top.Content[at+1]
	if units.Kind != yaml.SequenceNode || units.Style&yaml.FlowStyle != 0 || len(units.Content) <= unitsAtOnce {
		return encodePart(to, root)
	}
	parts := slices.Collect(slices.Chunk(units.Content, unitsAtOnce))
	for i, part := range parts {
		key, list, document, mapping := word("units"), *units, *root, *top
		list.Content = part
		mapping.Content = []*yaml.Node{key, &list}
		document.Content = []*yaml.Node{&mapping}
		nodes := []*yaml.Node{&list, &document, &mapping}
		if i == 0 {
			*key = *top.Content[at]
			key.FootComment = ""
			mapping.Content = slices.Concat(top.Content[:at], mapping.Content)
		} else {
			withoutHead(nodes...)
		}
		if i == len(parts)-1 {
			key.FootComment = top.Content[at].FootComment
			mapping.Content = slices.Concat(mapping.Content, top.Content[at+2:])
		} else {
			withoutFoot(nodes...)
		}
		var text bytes.Buffer
		if err := encodePart(&text, &document); err != nil {
			return err
		}
		if i > 0 { // the list goes on
			text.Next(len("units:\n"))
		}
		to.Write(text.Bytes())
		clear(part) // its memory is that of the parts that follow
	}
	return nil
}

func encodePart(to *bytes.Buffer, document *yaml.Node) error {
	encoder := yaml.NewEncoder(to)
	encoder.SetIndent(2)
	return errors.Join(encoder.Encode(document), encoder.Close())
}

func withoutHead(nodes ...*yaml.Node) {
	for _, n := range nodes {
		n.HeadComment, n.LineComment = "", ""
	}
}

func withoutFoot(nodes ...*yaml.Node) {
	for _, n := range nodes {
		n.FootComment = ""
	}
}
