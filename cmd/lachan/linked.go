package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"lachan/resolver"
)

// openLinked reads the addresses that routers have linked, from a file that is
// written whole each time. One that is damaged is set aside: routers will say
// again whose they are.
func openLinked(cfg *Config) (*resolver.Linked, error) {
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
		err = errors.Join(fmt.Errorf("read linked addresses in %s: %w", path, err), os.Rename(path, path+".damaged"))
	}
	return resolver.NewLinked(links, func(links []resolver.Link) error { return writeLinks(path, links) }), err
}

func writeLinks(path string, links []resolver.Link) error {
	text, err := json.Marshal(links)
	if err != nil {
		return fmt.Errorf("encode linked addresses: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+"-*.tmp")
	if err != nil {
		return fmt.Errorf("write linked addresses: %w", err)
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write linked addresses: %w", err), os.Remove(f.Name()))
	}
	return nil
}
