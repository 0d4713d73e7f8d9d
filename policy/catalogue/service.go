package catalogue

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"lachan/internal/wording"
)

// A Service is something with one name for people and several domain names.
type Service struct {
	ID         string // "zalo": policy names it "service:zalo"
	Label      wording.Text
	Group      string   // the file it stands in: "messaging", "education"
	Categories []string // codes, most severe first; empty if no category blocks it
	Domains    []string // canonical, sorted; each covers all below it
	// Needs are IDs of services that this one does not work without, such as the
	// pages of sign-in, and what these need: an allow of this service allows them.
	Needs []string
}

// loadServices reads services/*.txt, a file a group.
func (c *Catalogue) loadServices() error {
	files, err := fs.Glob(data, "data/services/*.txt")
	if err != nil {
		return err
	}
	for _, file := range files {
		if err := c.loadGroup(path.Base(file)); err != nil {
			return err
		}
	}
	slices.SortFunc(c.Services, func(a, b Service) int { return strings.Compare(a.ID, b.ID) })
	c.service = make(map[string]int, len(c.Services))
	for i, s := range c.Services {
		c.service[s.ID] = i
	}
	for i := range c.Services {
		if err := c.completeNeeds(&c.Services[i]); err != nil {
			return err
		}
	}
	return nil
}

// completeNeeds adds what the needs of a service need.
func (c *Catalogue) completeNeeds(s *Service) error {
	for i := 0; i < len(s.Needs); i++ {
		at, ok := c.service[s.Needs[i]]
		if !ok {
			return fmt.Errorf("service %s needs %q, which is none", s.ID, s.Needs[i])
		}
		for _, more := range c.Services[at].Needs {
			if more != s.ID && !slices.Contains(s.Needs, more) {
				s.Needs = append(s.Needs, more)
			}
		}
	}
	return nil
}

func (c *Catalogue) loadGroup(file string) error {
	sections, err := readSections("services/"+file, "label", "categories", "needs")
	if err != nil {
		return err
	}
	group := strings.TrimSuffix(file, ".txt")
	for _, s := range sections {
		categories := s.list("categories")
		if err := c.checkCategories(categories...); err != nil {
			return fmt.Errorf("services/%s:%d: [%s]: %w", file, s.line, s.id, err)
		}
		c.Services = append(c.Services, Service{
			ID: s.id, Label: s.label(), Group: group, Categories: categories, Domains: s.names,
			Needs: s.list("needs"),
		})
	}
	return nil
}
