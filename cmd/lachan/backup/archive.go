// Package backup is `lachan backup` and `lachan restore`: the state of a server as one
// file that can be moved, and put in place on another machine whole or not at all.
// FORMAT.md describes the file.
package backup

import (
	"encoding/json"
	"io/fs"
	"strings"
	"time"
)

// Bounds of what is read of an archive, which may be anybody's.
const (
	mostManifest = 256 << 20
	mostFiles    = 2_000_000
	mostBytes    = 1 << 40 // of all files together
	mostWindow   = 128 << 20
)

const (
	formatName    = "lachan-backup"
	formatVersion = 1
	manifestName  = "manifest.json"
	stateFolder   = "state/"  // files of state_dir
	configFolder  = "config/" // the files that people write
)

// A Manifest is what an archive says of itself; it is its first file.
type Manifest struct {
	Format  string         `json:"format"`
	Version int            `json:"version"`
	Made    time.Time      `json:"made"`
	Build   string         `json:"build"` // the version of the program that made it
	Node    string         `json:"node"`
	Formats map[string]int `json:"formats"` // of what lies on the disk
	Secrets bool           `json:"secrets"` // keys and accounts are in it
	Ledger  uint64         `json:"ledger"`  // the number of the last decision
	Files   []Entry        `json:"files"`   // in the order in which they follow
}

// An Entry is a file of an archive.
type Entry struct {
	Name   string `json:"name"` // below state/ or config/
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// size is how many bytes all files have.
func (m *Manifest) size() (n int64) {
	for _, e := range m.Files {
		n += e.Size
	}
	return n
}

// parseManifest reads a manifest, and checks that nothing in it leads out of the folder
// that an archive is put in.
func parseManifest(text []byte) (*Manifest, error) {
	var m Manifest
	if err := json.Unmarshal(text, &m); err != nil || m.Format != formatName {
		return nil, refuse(textForeign)
	}
	if m.Version != formatVersion {
		return nil, refuse(textNewer, m.Build)
	}
	if len(m.Files) > mostFiles {
		return nil, refuse(textTooMuch)
	}
	seen, total := map[string]bool{}, int64(0)
	for _, e := range m.Files {
		below, state := strings.CutPrefix(e.Name, stateFolder)
		if !state {
			var config bool
			if below, config = strings.CutPrefix(e.Name, configFolder); !config {
				return nil, refuse(textBadName, e.Name)
			}
		}
		if !fs.ValidPath(e.Name) || below == "" || strings.ContainsAny(e.Name, "\\\x00:") || seen[e.Name] {
			return nil, refuse(textBadName, e.Name)
		}
		if e.Size < 0 || e.Size > mostBytes {
			return nil, refuse(textTooMuch)
		}
		seen[e.Name] = true
		if total += e.Size; total > mostBytes {
			return nil, refuse(textTooMuch)
		}
	}
	return &m, nil
}
