package catalogue

import (
	"strings"

	"lachan/internal/wording"
)

// A CoreEntry is a name that no feed and no profile blocks: lessons, safe
// search, clocks, certificates and the search for a captive portal depend on
// it.
type CoreEntry struct {
	Name    string // canonical; may be a public suffix ("edu.vn")
	Exact   bool   // the name alone; otherwise it and all below it
	Section string // "connectivity": the section of core.txt
	Why     wording.Text
}

// Essential reports whether devices do not work without the name, whatever is done
// with them: it tells whether there is a network, what time it is, and whether a
// certificate holds.
func (e *CoreEntry) Essential() bool {
	switch e.Section {
	case "private-dns", "connectivity", "time", "certificates":
		return true
	}
	return false
}

// loadCore reads core.txt, where '=' before a name says that it stands for
// itself alone.
func (c *Catalogue) loadCore() error {
	sections, err := readSections("core.txt", "label")
	if err != nil {
		return err
	}
	for _, s := range sections {
		why := s.label()
		for _, name := range s.names {
			name, exact := strings.CutPrefix(name, "=")
			c.Core = append(c.Core, CoreEntry{Name: name, Exact: exact, Section: s.id, Why: why})
		}
	}
	return nil
}
