// Package home moves units between their two homes: Adopt gives what is written of a
// unit in a file, for the ledger, and says what to delete there; Export is all that is
// in force as one policy.yaml. Neither changes a file.
package home

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"

	"lachan/policy"
	"lachan/policy/source"
)

// Errors of units that cannot be adopted.
var (
	ErrNoUnit  = errors.New("there is no such unit")
	ErrWithin  = errors.New("it is written within its school, and moves with it")
	ErrChanged = errors.New("the file has changed since it was read: reload it first")
	ErrConsole = errors.New("it is at home in the console")
)

// An Adopted is a unit that is to be at home in the console.
type Adopted struct {
	Unit json.RawMessage // as console.yaml has it, with its groups
	File string
	// First and Last are the lines to delete, Text what stands there; Text is "" where the
	// unit shares its line with others, or stands in a workbook.
	First, Last int
	Text        string
}

// Adopt reads a unit where it is at home. p is the policy that o was made.
func Adopt(p *policy.Policy, o *policy.Origin, id string) (*Adopted, error) {
	file, line, ok := policy.Written(p, id)
	if !ok {
		return nil, fmt.Errorf("%w: %q", ErrNoUnit, id)
	}
	if file == o.Console {
		return nil, fmt.Errorf("%w: %q", ErrConsole, id)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("adopt %q: %w", id, err)
	}
	a := &Adopted{File: file, First: line, Last: line}
	if file == o.Path {
		err = a.fromList(data, id)
	} else {
		err = a.fromTable(data, id)
	}
	if err != nil {
		return nil, fmt.Errorf("adopt %q: %w", id, err)
	}
	return a, nil
}

// fromTable takes the row of a table.
func (a *Adopted) fromTable(data []byte, id string) (err error) {
	table := source.ReadTable(a.File, data)
	for i := range table.Rows {
		row := &table.Rows[i]
		if row.Line != a.First {
			continue
		}
		if unitID(row.Kind, row.Parent, row.ID) != id {
			return ErrChanged
		}
		if !bytes.HasPrefix(data, []byte("PK")) { // of a workbook there are no lines
			a.Text = strings.TrimRight(lineOf(data, a.First), "\r\n")
		}
		a.Unit, err = toJSON(rowNode(row))
		return err
	}
	return ErrChanged
}

// fromList takes the item of the list units.
func (a *Adopted) fromList(data []byte, id string) (err error) {
	if text, last, ok := source.ItemAt(data, a.First); ok {
		var root yaml.Node
		if yaml.Unmarshal(append([]byte("units:\n"), text...), &root) == nil {
			if unit := child(&root, id); unit != nil {
				a.Last, a.Text = last, strings.TrimRight(string(text), "\r\n")
				a.Unit, err = toJSON(unit)
				return err
			}
		}
	}
	var root yaml.Node // it shares its line with others
	if err := yaml.Unmarshal(data, &root); err != nil {
		return ErrChanged
	}
	unit := child(&root, id)
	if unit == nil {
		if strings.Contains(id, "/") {
			return ErrWithin
		}
		return ErrChanged
	}
	a.Unit, err = toJSON(unit)
	return err
}

// child is the item of the list units with an id; nil if there is none.
func child(root *yaml.Node, id string) *yaml.Node {
	if len(root.Content) == 0 {
		return nil
	}
	units := valueOf(root.Content[0], "units")
	if units == nil {
		return nil
	}
	for _, unit := range units.Content {
		if itemID(unit) == id {
			return unit
		}
	}
	return nil
}

func lineOf(data []byte, number int) string {
	for line := range bytes.Lines(data) {
		if number--; number == 0 {
			return string(line)
		}
	}
	return ""
}
