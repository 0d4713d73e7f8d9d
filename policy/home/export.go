package home

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"lachan/policy"
	"lachan/policy/source"
)

// Export is all that a policy is made of as one policy.yaml: the file with its
// comments, the rows of its tables, what was made in the console, and what was decided
// as entries of units. Decisions without effect, because their unit is not there or a
// lock is in their way, are comments at its end. r are the rules of the policy that o
// was made, with the lists. Units are read and written in parts: the tree of a country's
// takes fifty times its text.
func Export(o *policy.Origin, r *policy.Rules) ([]byte, error) {
	data, err := readFile(o.Path)
	if err != nil {
		return nil, err
	}
	rest, pieces := source.Split(data, source.PieceSize)
	text, err := export(o, r, rest, pieces)
	if errors.Is(err, errPiece) { // it may be wrong only in the way it was cut
		text, err = export(o, r, data, nil)
	}
	return text, err
}

// errPiece means that a piece of the file says nothing by itself.
var errPiece = errors.New("read a piece of the units")

func export(o *policy.Origin, r *policy.Rules, data []byte, pieces []source.Piece) ([]byte, error) {
	root, err := parse(data)
	if err != nil {
		return nil, err
	}
	born, err := parseConsole(o.Console)
	if err != nil {
		return nil, err
	}
	entries, problems := policy.Decided(o.Console, o.Zone)
	if len(problems) > 0 {
		return nil, problems
	}
	e := &exported{top: root.Content[0], rules: r, entries: entries, of: map[string][]int{}}
	e.void = make([]bool, len(entries))
	for i := range entries {
		e.of[entries[i].Unit], e.void[i] = append(e.of[entries[i].Unit], i), true // until its unit comes
	}
	if own := valueOf(e.top, "units"); own != nil && own.Kind != yaml.SequenceNode && own.Tag != "!!null" {
		return nil, errors.New("export policy: units is no list")
	}
	tables := takeKey(e.top, "units_csv")
	for _, key := range []string{"profiles", "timetables", "calendar"} {
		if value := valueOf(born, key); value != nil {
			e.add(key, value)
		}
	}
	w := newWriter(root)
	if err := e.units(w, filepath.Dir(o.Path), pieces, tables, valueOf(born, "units")); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := w.end(&b); err != nil {
		return nil, err
	}
	var left []string
	for i, void := range e.void {
		if void {
			left = append(left, fmt.Sprintf("%d: %s, %s", entries[i].Number, entries[i].Unit, entries[i].Name))
		}
	}
	if len(left) > 0 {
		fmt.Fprintf(&b, "# Decisions without effect:\n# %s\n", strings.Join(left, "\n# "))
	}
	return b.Bytes(), nil
}

// exported is a policy.yaml on its way.
type exported struct {
	top     *yaml.Node
	rules   *policy.Rules
	entries []policy.OverlayEntry
	of      map[string][]int // entries by the full id of their unit
	void    []bool           // by entry: it is without effect
}

// readFile reads the file; "" is an empty one.
func readFile(path string) (data []byte, err error) {
	if path != "" {
		if data, err = os.ReadFile(path); err != nil {
			return nil, fmt.Errorf("export policy: %w", err)
		}
	}
	return data, nil
}

// parse reads a text with a mapping.
func parse(data []byte) (*yaml.Node, error) {
	root := &yaml.Node{}
	if err := yaml.Unmarshal(data, root); err != nil {
		return nil, fmt.Errorf("export policy: %w", err)
	}
	if len(root.Content) == 0 {
		*root = yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{{Kind: yaml.MappingNode}}}
	}
	return root, nil
}

// parseConsole reads what was made in the console.
func parseConsole(path string) (*yaml.Node, error) {
	data, err := os.ReadFile(path)
	if err != nil && path != "" && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("export policy: %w", err)
	}
	structure, _, _ := source.CutDecisions(data)
	root := &yaml.Node{}
	if err := yaml.Unmarshal(source.WithoutLists(structure), root); err != nil {
		return nil, fmt.Errorf("export policy: %w", err)
	}
	if len(root.Content) == 0 {
		return &yaml.Node{Kind: yaml.MappingNode}, nil
	}
	return root.Content[0], nil
}

// units writes the units of the file, of its tables and of the console, with what was decided.
func (e *exported) units(w *writer, beside string, pieces []source.Piece, tables, born *yaml.Node) error {
	for _, piece := range pieces {
		list, err := unitsOf(piece)
		if err != nil {
			return err
		}
		if err := e.write(w, list); err != nil {
			return err
		}
	}
	if own := valueOf(e.top, "units"); own != nil {
		if err := e.write(w, own.Content); err != nil {
			return err
		}
	}
	if tables != nil {
		for _, name := range tables.Content {
			if err := e.table(w, name.Value, beside); err != nil {
				return err
			}
		}
	}
	if born != nil {
		return e.write(w, born.Content)
	}
	return nil
}

// unitsOf are the units of a piece of the file, with the comments in it.
func unitsOf(piece source.Piece) ([]*yaml.Node, error) {
	root := &yaml.Node{}
	if err := yaml.Unmarshal(piece.Document(), root); err != nil {
		return nil, fmt.Errorf("%w: %w", errPiece, err)
	}
	if len(root.Content) != 1 || len(root.Content[0].Content) != 2 {
		return nil, errPiece
	}
	top := root.Content[0]
	key, list := top.Content[0], top.Content[1]
	if list.Kind != yaml.SequenceNode || len(list.Content) == 0 {
		return nil, errPiece
	}
	first, last := list.Content[0], list.Content[len(list.Content)-1]
	first.HeadComment = joined(key.HeadComment, list.HeadComment, first.HeadComment)
	last.FootComment = joined(last.FootComment, list.FootComment, key.FootComment, top.FootComment, root.FootComment)
	return list.Content, nil
}

// joined are comments one below the other.
func joined(comments ...string) string {
	return strings.Join(slices.DeleteFunc(comments, func(c string) bool { return c == "" }), "\n")
}

// table writes the rows of a table of units.
func (e *exported) table(w *writer, path, beside string) error {
	if !filepath.IsAbs(path) {
		path = filepath.Join(beside, path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("export policy: %w", err)
	}
	table := source.ReadTable(path, data)
	if wrong := append(table.Whole, table.Mistakes...); len(wrong) > 0 {
		return wrong
	}
	for rows := range slices.Chunk(table.Rows, unitsAtOnce) {
		var list []*yaml.Node
		for i := range rows {
			list = append(list, rowNode(&rows[i]))
		}
		if err := e.write(w, list); err != nil {
			return err
		}
	}
	return nil
}

// takeKey takes a key away from a mapping, and returns its value; nil if it is not there.
func takeKey(mapping *yaml.Node, key string) (value *yaml.Node) {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			value = mapping.Content[i+1]
			mapping.Content = slices.Concat(mapping.Content[:i], mapping.Content[i+2:])
			break
		}
	}
	return value
}

// add adds to what a key has; a key that is not there is made.
func (e *exported) add(key string, value *yaml.Node) {
	there := valueOf(e.top, key)
	switch {
	case there == nil:
		e.top.Content = append(e.top.Content, word(key), value)
	case there.Kind != value.Kind: // it is written without a value
		*there = *value
	default:
		there.Style &^= yaml.FlowStyle
		there.Content = append(there.Content, value.Content...)
	}
}

// write writes units with what was decided on them.
func (e *exported) write(w *writer, units []*yaml.Node) error {
	for part := range slices.Chunk(units, unitsAtOnce) {
		for _, unit := range part {
			e.decide(unit, itemID(unit))
		}
		if err := w.add(part); err != nil {
			return err
		}
	}
	return nil
}

// decide adds what was decided on a unit, and on the groups within it, to their entries.
func (e *exported) decide(unit *yaml.Node, id string) {
	for _, i := range e.of[id] {
		d := &e.entries[i]
		void, err := policy.Void(e.rules, *d)
		if err != nil || d.IsTerm() && d.Allow && void != nil {
			continue
		}
		e.void[i] = false
		key := "block"
		if d.Allow {
			key = "allow"
		}
		list := valueOf(unit, key)
		if list == nil || list.Kind != yaml.SequenceNode {
			list = &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
			unit.Content = append(unit.Content, word(key), list)
		}
		list.Content = append(list.Content, entryNode(d))
	}
	if groups := valueOf(unit, "groups"); groups != nil {
		school, _, _ := strings.Cut(id, "/")
		for _, group := range groups.Content {
			e.decide(group, school+"/"+textOf(group, "id"))
		}
	}
}

// entryNode is a decision as an entry of policy.yaml.
func entryNode(d *policy.OverlayEntry) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
	what, name := "name", d.Name
	if code, is := strings.CutPrefix(d.Name, source.CategoryPrefix); is {
		what, name = "category", code
	} else if d.IsTerm() {
		what, name = "service", strings.TrimPrefix(d.Name, source.ServicePrefix)
	}
	why := cmp.Or(d.Why, fmt.Sprintf("decision %d", d.Number))
	for _, of := range []struct{ key, value string }{
		{what, name}, {"who", d.Who}, {"why", why}, {"document", d.Document}, {"from", timeText(d.From)}, {"until", timeText(d.Until)},
	} {
		if of.value != "" {
			n.Content = append(n.Content, word(of.key), word(of.value))
		}
	}
	return n
}

func timeText(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.Format(time.RFC3339)
}
