package evidence

import (
	"bytes"
	"crypto/ed25519"
	_ "embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"slices"

	"lachan/cmd/lachan/evidence/pack"
	"lachan/metrics/report/figures"
)

// indexPage is the page that people open first.
//
//go:embed index.html
var indexPage string

// index adds the page that says what the others are.
func (m *maker) index() error {
	public, _ := m.key.Public().(ed25519.PublicKey) // it is one
	page, err := template.New("index").Parse(indexPage)
	if err != nil {
		return fmt.Errorf("read the page of the index: %w", err)
	}
	sizes := map[string]int{}
	for _, member := range m.members {
		sizes[member.Name] = len(member.Text)
	}
	var b bytes.Buffer
	err = page.Execute(&b, map[string]any{
		"Name": m.name(m.unit), "Unit": m.unit, "Label": m.period.InFull(), "Code": m.period.Code,
		"AsOf": figures.Moment(m.At.In(m.zone)), "Node": m.Config.NodeName(), "Key": hex.EncodeToString(public),
		"Head": m.decided.head, "Members": m.titles, "Sizes": sizes, "Provisional": m.Model.Provisional,
		"Hash": m.Model.Hash,
	})
	if err != nil {
		return fmt.Errorf("write the index: %w", err)
	}
	m.members = slices.Insert(m.members, 0, pack.Member{Name: "index.html", Text: b.Bytes()})
	return nil
}
