package catalogue_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"lachan/blocklist/format"
	"lachan/policy/catalogue"
)

func TestPublicFeedsAreWhatAConfigurationTakes(t *testing.T) {
	c := load(t)
	name, seen := regexp.MustCompile(`^[a-z0-9-]{1,40}$`), map[string]bool{}
	for i := range c.Feeds {
		f := &c.Feeds[i]
		if !name.MatchString(f.ID) || seen[f.ID] || seen[f.URL] {
			t.Errorf("%s, %s: no name of a feed, or said twice", f.ID, f.URL)
		}
		seen[f.ID], seen[f.URL] = true, true
		var known format.Format
		if err := known.UnmarshalText([]byte(f.Format)); err != nil || known == format.Auto {
			t.Errorf("%s: format %q: %v", f.ID, f.Format, err)
		}
		if f.Label.VI == "" || f.Label.EN == "" || (f.Note.VI == "") != (f.Note.EN == "") {
			t.Errorf("%s lacks a language", f.ID)
		}
		if f.AsOf != "" && f.Entries == 0 {
			t.Errorf("%s has a day and no size", f.ID)
		}
		at, _ := c.Category(f.Category)
		if k := c.Categories[at]; k.AuthorityOnly || k.Code == "csam" || k.Code == "authority-order" {
			t.Errorf("%s: %s is for an authority to fill", f.ID, f.Category)
		}
	}
	t.Logf("public feeds: %d", len(c.Feeds))
	if len(c.Feeds) < 30 {
		t.Error("fewer than 30 public feeds")
	}
}

// Those made for Vietnam come first, since a school's teacher reads from the top.
func TestFeedsOfVietnamComeFirst(t *testing.T) {
	c := load(t)
	for i := range c.Feeds[:10] {
		if f := &c.Feeds[i]; !strings.Contains(f.URL, "hostsVN") && !strings.Contains(strings.ToLower(f.URL), "chongluadao") &&
			!strings.Contains(f.URL, "vn-badsite") {
			t.Errorf("%s is among the first", f.ID)
		}
	}
}

func TestAFeedIsFoundByItsAddresses(t *testing.T) {
	c := load(t)
	for i := range c.Feeds {
		f := &c.Feeds[i]
		for _, address := range append(f.Mirrors, f.URL) {
			if c.Feed(address) != f {
				t.Errorf("%s does not lead to %s", address, f.ID)
			}
		}
	}
	if c.Feed("https://lists.example/gambling.hosts") != nil {
		t.Error("an unknown address is a public feed")
	}
}

func TestFeedsOfALevel(t *testing.T) {
	c := load(t)
	all, some := catalogue.Feed{}, catalogue.Feed{Levels: []string{"primary"}}
	if !all.For("primary") || !some.For("primary") || some.For("upper-secondary") {
		t.Error("levels of a feed")
	}
	for i := range c.Levels {
		level, n := c.Levels[i].Code, 0
		for j := range c.Feeds {
			if c.Feeds[j].For(level) {
				n++
			}
		}
		if n < 30 {
			t.Errorf("%d feeds for %s", n, level)
		}
	}
}

// What users are given to start with names no address that nobody has looked at.
func TestSampleConfigurationsTakeFeedsOfTheCatalogue(t *testing.T) {
	c := load(t)
	files, err := filepath.Glob("../../configs/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no configurations: %v", err)
	}
	feed := regexp.MustCompile(`(?m)^  - name: (\S+)[^\n]*\n    url: (https://\S+)\n    format: (\S+)\n(?:    action: \S+\n)?    (?:category|unit): (\S+)`)
	found, bypass := 0, map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		here := 0
		for _, m := range feed.FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(m[2], ".example/") {
				continue
			}
			here++
			f := c.Feed(m[2])
			switch {
			case f == nil:
				t.Errorf("%s: %s is not in the catalogue", file, m[2])
			case f.ID != m[1] || f.Format != m[3] || f.Category != m[4]:
				t.Errorf("%s: %s is %s, %s, %s there", file, m[1], f.ID, f.Format, f.Category)
			case f.Category == "circumvention":
				bypass[filepath.Base(file)] = true
			}
		}
		others := regexp.MustCompile(`(?m)^ *url: https://[^/]*\.example/`).FindAllString(string(text), -1)
		if all := regexp.MustCompile(`(?m)^ *url: https://`).FindAllString(string(text), -1); len(all) != here+len(others) {
			t.Errorf("%s has %d addresses, and this test sees %d", file, len(all), here+len(others))
		}
		found += here
	}
	if found < 12 {
		t.Errorf("%d public feeds in configs: are they still found?", found)
	}
	for _, file := range []string{"quickstart.yaml", "school.yaml", "isp.yaml"} {
		if !bypass[file] {
			t.Errorf("%s has no feed of ways around the filter", file)
		}
	}
}
