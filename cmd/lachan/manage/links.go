package manage

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"lachan/cmd/lachan/inforce"
	"lachan/internal/durable"
	"lachan/internal/message"
	"lachan/resolver/links"
)

// A linkFile has the addresses that routers have linked, as resolve says, in a file
// that is written whole each time.
type linkFile struct {
	path      string
	addresses inforce.Addresses
	table     *links.Table // addresses, to look one up
}

// openLinks reads the addresses. A file that is damaged is set aside: routers
// will say again whose they are.
func (i *identity) openLinks(path string) {
	l := &i.links
	l.path, l.addresses = path, inforce.Addresses{}
	defer func() { l.table = links.New(l.addresses, nil) }()
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &l.addresses)
	}
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return
	}
	l.addresses = inforce.Addresses{}
	_, failed := durable.SetAside(path)
	err = errors.Join(fmt.Errorf("read linked addresses in %s: %w", path, err), failed)
	i.log.Error("linked addresses set aside", "error", err)
	i.conditions.Set("links-damaged", textLinksDamaged.With(err).String())
}

// takeLinks keeps what resolve says, and leaves it with the supervisor.
func (i *identity) takeLinks(m *message.Message) {
	var all inforce.Addresses
	if err := m.Decode(&all); err != nil {
		i.log.Error("take linked addresses", "error", err)
		return
	}
	l := &i.links
	l.addresses, l.table = all, links.New(all, nil)
	if err := durable.WriteFile(l.path, m.Body, 0o600); err != nil {
		i.log.Error("write linked addresses", "error", err)
		i.conditions.Set("links", err.Error())
	} else {
		i.conditions.Clear("links")
	}
	if err := i.resolves.keep(message.Message{Kind: message.Addresses, Body: m.Body}); err != nil {
		i.log.Error("tell the supervisor", "error", err)
	}
}
