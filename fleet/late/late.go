// Package late keeps what nodes of a fleet decided while they were alone and their hub, when it
// heard of it, did not decide too: a file for each node, for reports. What it did decide stands in
// the ledger, with both times.
package late

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lachan/internal/durable"
)

// A Decision is one of a node.
type Decision struct {
	Node string `json:"-"`
	Seq  uint64 `json:"seq"` // in the chain of what the node has told
	Unit string `json:"unit"`
	// Object is what it sets, as in the ledger.
	Object string    `json:"object"`
	What   string    `json:"what"` // Allow, Block or End
	Made   time.Time `json:"made"`
	Came   time.Time `json:"came"`
	// Over reports whether it had ended, or was so already, when it came; otherwise what the hub
	// has stands against it.
	Over bool `json:"over,omitempty"`
}

// What a decision does.
const (
	Allow = "allow"
	Block = "block"
	End   = "end"
)

const (
	suffix   = ".jsonl"
	mostFile = 4 << 20 // bytes of what is kept of a node; the oldest gives way
	mostText = 300     // bytes of the name of a unit, and of an object
)

// Add keeps decisions of a node in a folder.
func Add(dir, node string, list ...Decision) error {
	if len(list) == 0 {
		return nil
	}
	err := os.MkdirAll(dir, 0o700)
	var lines []byte
	for _, d := range list {
		d.Unit, d.Object = d.Unit[:min(len(d.Unit), mostText)], d.Object[:min(len(d.Object), mostText)]
		line, wrong := json.Marshal(d)
		lines, err = append(append(lines, line...), '\n'), errors.Join(err, wrong)
	}
	if err == nil {
		err = add(filepath.Join(dir, node+suffix), lines)
	}
	if err != nil {
		return fmt.Errorf("keep what the node %s has decided: %w", node, err)
	}
	return nil
}

// add rewrites the whole file, which is small: few nodes lose their link, and they decide little
// meanwhile.
func add(path string, lines []byte) error {
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if over := len(text) + len(lines) - mostFile; over > 0 {
		_, text, _ = bytes.Cut(text[min(over, len(text)):], []byte("\n"))
	}
	return durable.WriteFile(path, append(text, lines...), 0o600)
}

// Read returns what is kept in a folder, each decision once. Lines that cannot be read are left out.
func Read(dir string) (list []Decision, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range entries {
		node, is := strings.CutSuffix(e.Name(), suffix)
		if !is || err != nil {
			continue
		}
		var text []byte
		if text, err = os.ReadFile(filepath.Join(dir, e.Name())); err == nil {
			list = append(list, parse(node, text)...)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read what nodes have decided: %w", err)
	}
	return list, nil
}

func parse(node string, text []byte) (list []Decision) {
	type key struct {
		seq  uint64
		made int64
	}
	seen := map[key]bool{}
	for in := bufio.NewScanner(bytes.NewReader(text)); in.Scan(); {
		d := Decision{}
		if json.Unmarshal(in.Bytes(), &d) != nil || d.Made.IsZero() || d.Came.IsZero() {
			continue
		}
		if k := (key{d.Seq, d.Made.UnixNano()}); !seen[k] {
			seen[k] = true
			d.Node = node
			list = append(list, d)
		}
	}
	return list
}
