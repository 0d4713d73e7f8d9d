package catalogue

import "fmt"

// loadStarter reads starter.txt, a section a category: names that are known to
// everybody, for a first start with no feed in reach. It is no replacement for
// a feed.
func (c *Catalogue) loadStarter() error {
	sections, err := readSections("starter.txt")
	if err != nil {
		return err
	}
	c.Starter = make(map[string][]string, len(sections))
	for _, s := range sections {
		if err := c.checkCategories(s.id); err != nil {
			return fmt.Errorf("starter.txt:%d: %w", s.line, err)
		}
		c.Starter[s.id] = s.names
	}
	return nil
}
