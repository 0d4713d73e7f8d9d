package catalogue_test

import (
	"bufio"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lachan/policy/catalogue"
)

// realLists is where lists of others are, which are no part of the repository.
const realLists = "../../../shared/data/lists"

// listed are the names of the real lists, with the lists that have them. It takes
// off what these lists have around a name and knows nothing else.
func listed(t *testing.T) map[string][]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(realLists, "*.*"))
	if err != nil || len(files) == 0 {
		t.Skip("the real lists are not here")
	}
	names := map[string][]string{}
	for _, path := range files {
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		list := filepath.Base(path)
		for lines := bufio.NewScanner(file); lines.Scan(); {
			line := strings.TrimSpace(lines.Text())
			for _, before := range []string{"0.0.0.0 ", "||", "local=/"} {
				line = strings.TrimPrefix(line, before)
			}
			name := strings.ToLower(strings.TrimRight(line, "^/ "))
			if _, err := netip.ParseAddr(name); err != nil && strings.Contains(name, ".") && !strings.ContainsAny(name, "#! ") {
				names[name] = append(names[name], list)
			}
		}
	}
	t.Logf("names of real lists: %d", len(names))
	return names
}

// contradicting returns the lists that have a name, or one above it.
func contradicting(names map[string][]string, name string) (lists []string) {
	for name != "" {
		lists = append(lists, names[name]...)
		_, name, _ = strings.Cut(name, ".")
	}
	return lists
}

// What is opened, always or by an allow of a service, is on no real list, whatever
// the list is of.
func TestNoRealListContradictsWhatIsOpened(t *testing.T) {
	names, c := listed(t), load(t)
	checked := 0
	open := func(where, name string) {
		checked++
		if lists := contradicting(names, name); len(lists) > 0 {
			t.Errorf("%s: %s is on %q", where, name, lists)
		}
	}
	for _, e := range c.Core {
		open("core, "+e.Section, e.Name)
	}
	for i := range c.Services {
		s := &c.Services[i]
		for _, name := range opened(c, s) {
			open("service "+s.ID, name)
		}
	}
	t.Logf("names that are opened: %d", checked)
}

// opened are the names that an allow of a service opens and that no category
// blocks: all of a service of lessons, and what other services need.
func opened(c *catalogue.Catalogue, s *catalogue.Service) (names []string) {
	if len(s.Categories) == 0 {
		names = append(names, s.Domains...)
	}
	for _, id := range s.Needs {
		at, _ := c.Service(id)
		names = append(names, c.Services[at].Domains...)
	}
	return names
}

// mistaken are names of services that a real list has and that are what we say:
// a platform that everybody uses is on a list of phishing for one page of it.
var mistaken = []string{"zalo.me", "ngocrongonline.com"}

// What a block of a service shuts is on no real list that says it is something
// graver: a list of the same kind, or of ways around the filter, agrees.
func TestNoRealListSaysThatAServiceIsSomethingElse(t *testing.T) {
	names, c := listed(t), load(t)
	agree := []string{"blp-facebook.hosts", "blp-tiktok.hosts", "blp-youtube.hosts", "blp-redirect.hosts"}
	for i := range c.Services {
		s := &c.Services[i]
		for _, name := range s.Domains {
			for _, list := range contradicting(names, name) {
				if !slices.Contains(agree, list) && !slices.Contains(mistaken, name) {
					t.Errorf("service %s: %s is on %s", s.ID, name, list)
				}
			}
		}
	}
}
