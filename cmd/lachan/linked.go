package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"lachan/cmd/lachan/config"
	"lachan/internal/durable"
	"lachan/resolver"
)

// openLinked reads the addresses that routers have linked, from a file that is
// written whole each time. One that is damaged is set aside: routers will say
// again whose they are.
func openLinked(cfg *config.Config) (*resolver.Linked, error) {
	path := filepath.Join(cfg.StateDir, "links.json")
	var links []resolver.Link
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &links)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = nil
	case err != nil:
		links = nil
		_, failed := durable.SetAside(path)
		err = errors.Join(fmt.Errorf("read linked addresses in %s: %w", path, err), failed)
	}
	return resolver.NewLinked(links, func(links []resolver.Link) error { return writeLinks(path, links) }), err
}

func writeLinks(path string, links []resolver.Link) error {
	text, err := json.Marshal(links)
	if err != nil {
		return fmt.Errorf("encode linked addresses: %w", err)
	}
	if err := durable.WriteFile(path, text, 0o600); err != nil {
		return fmt.Errorf("write linked addresses: %w", err)
	}
	return nil
}
