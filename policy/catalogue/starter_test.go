package catalogue_test

import (
	"strings"
	"testing"

	"lachan/policy/catalogue"
)

func TestStarterIsSmallAndOfOwnNames(t *testing.T) {
	c := load(t)
	owner := make(map[string]string)
	for _, category := range []string{"adult", "gambling", "piracy", "ads", "malware", "phishing"} {
		if len(c.Starter[category]) == 0 {
			t.Errorf("nothing to start with in %s", category)
		}
	}
	for category, names := range c.Starter {
		if len(names) > 60 {
			t.Errorf("%s has %d names: that is a feed, not a start", category, len(names))
		}
		for _, name := range names {
			checkBlockable(t, category, name)
			if other := owner[name]; other != "" {
				t.Errorf("%s and %s both have %s", category, other, name)
			}
			owner[name] = category
		}
		checkNoneWithinAnother(t, category, names)
	}
}

func TestStarterFillsNoCategoryOfAnAuthority(t *testing.T) {
	c := load(t)
	for category := range c.Starter {
		i, _ := c.Category(category)
		if k := c.Categories[i]; k.AuthorityOnly || k.Lock == catalogue.LockCentral && k.Code != "malware" && k.Code != "phishing" {
			t.Errorf("%s is not ours to fill", category)
		}
	}
}

func TestStarterBlocksNoLesson(t *testing.T) {
	c := load(t)
	for category, names := range c.Starter {
		for _, name := range names {
			for _, s := range c.Services {
				if s.Group != "education" {
					continue
				}
				for _, lesson := range s.Domains {
					if lesson == name || strings.HasSuffix(lesson, "."+name) {
						t.Errorf("%s of %s blocks %s", name, category, lesson)
					}
				}
			}
		}
	}
}
