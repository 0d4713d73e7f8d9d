package home

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"
)

// unitsAtOnce is how many units are read and written at a time: the encoder keeps a mark of
// some 300 bytes for each word of what it writes, which of a country is a gigabyte.
const unitsAtOnce = 256

// A writer writes a document whose list of units comes in parts.
type writer struct {
	root, units *yaml.Node // the list is in the document at last
	at          int        // index of the key of the units
	text        bytes.Buffer
	held        []*yaml.Node // the part before, which is the last until another comes
	parts       int          // that are written
	flow        bool         // it is written as one line, which has no parts
}

// newWriter writes a document; the units that it has come as parts too.
func newWriter(root *yaml.Node) *writer {
	top := root.Content[0]
	at := slices.IndexFunc(top.Content, func(n *yaml.Node) bool { return n.Value == "units" })
	if at < 0 || at%2 != 0 {
		at = len(top.Content)
		top.Content = append(top.Content, word("units"), &yaml.Node{Kind: yaml.SequenceNode})
	}
	units := *top.Content[at+1]
	if units.Kind != yaml.SequenceNode { // it is written without a value
		units = yaml.Node{Kind: yaml.SequenceNode}
	}
	units.Content = nil
	return &writer{root: root, units: &units, at: at, flow: (top.Style|units.Style)&yaml.FlowStyle != 0}
}

// add writes a part of the units, and keeps none of it.
func (w *writer) add(part []*yaml.Node) error {
	if w.flow {
		w.held = append(w.held, part...)
		return nil
	}
	if len(w.held) > 0 {
		if err := w.part(false); err != nil {
			return err
		}
	}
	w.held = slices.Clone(part)
	clear(part) // its memory is that of the parts that follow
	return nil
}

// end writes what is left.
func (w *writer) end(to *bytes.Buffer) error {
	if err := w.part(true); err != nil {
		return err
	}
	_, err := w.text.WriteTo(to)
	return err
}

// part writes the part that is held: the first one with what is in front of the units, the
// last one with what comes behind.
func (w *writer) part(last bool) error {
	top := w.root.Content[0]
	key, list, document, mapping := *top.Content[w.at], *w.units, *w.root, *top
	list.Content = w.held
	mapping.Content = nil
	if w.parts == 0 {
		mapping.Content = slices.Clone(top.Content[:w.at])
	} else {
		for _, n := range []*yaml.Node{&key, &list, &document, &mapping} {
			n.HeadComment, n.LineComment = "", ""
		}
	}
	if len(w.held) > 0 || w.parts > 0 {
		mapping.Content = append(mapping.Content, &key, &list)
	}
	if last {
		mapping.Content = slices.Concat(mapping.Content, top.Content[w.at+2:])
	} else {
		for _, n := range []*yaml.Node{&key, &list, &document, &mapping} {
			n.FootComment = ""
		}
	}
	document.Content = []*yaml.Node{&mapping}
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	if err := errors.Join(encoder.Encode(&document), encoder.Close()); err != nil {
		return fmt.Errorf("export policy: %w", err)
	}
	if w.parts > 0 { // the list goes on
		text.Next(len("units:\n"))
	}
	w.parts++
	_, err := text.WriteTo(&w.text)
	return err
}
