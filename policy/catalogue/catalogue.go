// Package catalogue holds the facts that come with the program: categories and
// what each school level makes of them, services and their names, the names
// that are never blocked, where safe search is, the names by which software learns
// whether it may bypass the resolver, a few well-known names to start with while
// no feed can be reached, and which public feeds there are.
//
// The facts are text files below data/, one name a line, reviewed like code;
// section.go says how they are written. What a client may do with all that is
// package policy's to say.
package catalogue

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"

	"lachan/internal/wording"
	"lachan/policy/lookalike"
)

// A Catalogue is everything that is built in. It is immutable: goroutines may
// share it, and none may change what it holds.
type Catalogue struct {
	Categories  []Category // most severe first: the order decides which one a block counts in
	Profiles    []Profile
	Levels      []Level
	SchoolHours Timetable           // during which Profile.Scheduled holds
	Services    []Service           // sorted by ID
	Core        []CoreEntry         // never blocked but by a locked layer
	SafeSearch  *SafeSearch         // never nil
	Canaries    *Canaries           // never nil
	Starter     map[string][]string // category code -> canonical names, each covering all below it
	Feeds       []Feed              // public feeds, those made for Vietnam first
	Lookalikes  *lookalike.Table    // names that imitate those of brands; never nil

	category map[string]int // by code and by alias
	service  map[string]int
}

// Load reads the embedded data. An error means that the program was built with
// damaged data; it names file and line.
func Load() (*Catalogue, error) {
	c := &Catalogue{Levels: levels, SchoolHours: schoolHours}
	for _, load := range []func() error{
		c.loadCategories, // first: the others name categories
		c.loadServices,
		c.loadCore,
		c.loadSafeSearch,
		c.loadCanaries,
		c.loadStarter,
		c.loadFeeds,
		c.loadLookalikes,
	} {
		if err := load(); err != nil {
			return nil, fmt.Errorf("load the catalogue: %w", err)
		}
	}
	return c, nil
}

func (c *Catalogue) loadLookalikes() (err error) {
	c.Lookalikes, err = lookalike.Load()
	return err
}

// Digest is a SHA-256 of all facts, in hexadecimal.
func (c *Catalogue) Digest() string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%+v %+v %+v", c.Profiles, c.Levels, c.SchoolHours)
	_ = fs.WalkDir(data, ".", func(path string, entry fs.DirEntry, err error) error { // embedded: nothing fails
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := data.ReadFile(path)
		fmt.Fprintf(sum, "%s %q", path, text)
		return err
	})
	return hex.EncodeToString(sum.Sum(nil))
}

// Category is the index in Categories of a code or alias.
func (c *Catalogue) Category(code string) (index int, ok bool) {
	index, ok = c.category[code]
	return index, ok
}

// Service is the index in Services of an ID, written without "service:".
func (c *Catalogue) Service(id string) (index int, ok bool) {
	index, ok = c.service[id]
	return index, ok
}

// Profile is the ready-made profile of a code; nil if there is none.
func (c *Catalogue) Profile(code string) *Profile {
	for i := range c.Profiles {
		if c.Profiles[i].Code == code {
			return &c.Profiles[i]
		}
	}
	return nil
}

// Level is the school level of a code ("primary"), an alias ("tieu-hoc") or of what
// people call it ("Tiểu học", "THCS & THPT"); nil if there is none.
func (c *Catalogue) Level(text string) *Level {
	code := levelCode(wording.Plain(text, '-'))
	for i := range c.Levels {
		l := &c.Levels[i]
		for _, name := range []string{l.Code, l.Alias, wording.Plain(l.Label.VI, '-'), wording.Plain(l.Label.EN, '-')} {
			if name == code {
				return l
			}
		}
	}
	return nil
}

// checkCategories returns an error if one of codes is not the code of a category.
// Aliases are for files that people write, not for the data.
func (c *Catalogue) checkCategories(codes ...string) error {
	for _, code := range codes {
		if i, ok := c.category[code]; !ok || c.Categories[i].Code != code {
			return fmt.Errorf("category %q is unknown", code)
		}
	}
	return nil
}
