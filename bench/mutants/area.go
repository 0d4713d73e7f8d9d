//go:build linux

package main

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
)

// An area is code whose rate is told by itself.
type area struct {
	name   string
	weight int // its share of the mutants, after the size of its code and what hangs on it
	// dirs are its packages: a directory, and all below it with "/...".
	dirs []string
	// users are the packages whose tests see what the own tests of a package let
	// through, the nearest first. Those that do not import it are passed over.
	users []string
}

var areas = []area{
	{"policy", 28, []string{"policy", "policy/compile", "policy/source", "policy/compiled", "policy/script"}, []string{"policy", "policy/script", "resolver", "test"}},
	{"blocklist", 14, []string{"blocklist", "blocklist/sorter"}, []string{"blocklist", "blocklist/feed", "policy", "test"}},
	{"blocklist/format", 16, []string{"blocklist/format/..."}, []string{"blocklist/format", "blocklist/feed", "blocklist/publish", "test"}},
	{"blocklist/feed", 14, []string{"blocklist/feed"}, []string{"blocklist/feed", "cmd/lachan/manage", "test"}},
	{"resolver", 34, []string{"resolver/..."}, []string{"resolver", "resolver/upstream", "test"}},
	{"metrics", 10, []string{"metrics"}, []string{"metrics/history", "resolver", "test"}},
	{"metrics/history", 12, []string{"metrics/history"}, []string{"metrics/engine", "test"}},
	{"metrics/report", 14, []string{"metrics/report/..."}, []string{"metrics/report/figures", "metrics/report/html", "metrics/report", "test"}},
	{"cmd/lachan", 8, []string{"cmd/lachan/config", "cmd/lachan/source"}, []string{"cmd/lachan/config", "cmd/lachan/source", "cmd/lachan/explain", "cmd/lachan/manage", "cmd/lachan", "test"}},
}

// program is the package whose tests run the built program, and stories the one of them
// that is asked: what touches every room. All of them take minutes.
const (
	program = "test"
	stories = "TestStories"
)

func areaNames() (names []string) {
	for _, a := range areas {
		names = append(names, a.name)
	}
	return names
}

// packages lists the directories of the packages of an area.
func (a area) packages() (dirs []string, err error) {
	for _, dir := range a.dirs {
		if filepath.Base(dir) != "..." {
			dirs = append(dirs, dir)
			continue
		}
		err := filepath.WalkDir(filepath.Dir(dir), func(name string, e os.DirEntry, err error) error {
			if err != nil || !e.IsDir() {
				return err
			}
			if e.Name() == "testdata" {
				return filepath.SkipDir
			}
			dirs = append(dirs, name)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return dirs, nil
}

// sites lists all mutants of an area, in the order of its files.
func (a area) sites() (all []*mutant, err error) {
	dirs, err := a.packages()
	if err != nil {
		return nil, err
	}
	for _, dir := range dirs {
		p, err := build.ImportDir(dir, 0)
		if _, none := err.(*build.NoGoError); none {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, name := range p.GoFiles {
			found, err := sitesOf(filepath.Join(dir, name))
			if err != nil {
				return nil, err
			}
			all = append(all, found...)
		}
	}
	return all, nil
}

// sitesOf lists the mutants of a file.
func sitesOf(name string) ([]*mutant, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	files := token.NewFileSet()
	syntax, err := parser.ParseFile(files, name, text, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	f := finder{name: name, source: text, files: files}
	for _, d := range syntax.Decls {
		f.function = ""
		f.within = lines{files.Position(d.Pos()).Line, files.Position(d.End()).Line}
		if fn, ok := d.(*ast.FuncDecl); ok {
			f.function = fn.Name.Name
		}
		f.find(d)
	}
	return f.found, nil
}

// kindWeight is how often a kind of change is drawn, of 20: what is written most
// often would else be all that is drawn.
var kindWeight = map[kind]int{negate: 5, shift: 4, drop: 5, dropAppend: 2, constant: 3, dropLock: 1}

// shuffled is a random order of mutants in which each kind comes as often as it
// weighs.
func shuffled(random *rand.Rand, sites []*mutant) (order []*mutant) {
	byKind := map[kind][]*mutant{}
	for _, m := range sites {
		byKind[m.kind] = append(byKind[m.kind], m)
	}
	left := 0
	for _, k := range kinds {
		list := byKind[k]
		random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		left += len(list)
	}
	for len(order) < left {
		open := slices.DeleteFunc(slices.Clone(kinds), func(k kind) bool { return len(byKind[k]) == 0 })
		total := 0
		for _, k := range open {
			total += kindWeight[k]
		}
		at := random.IntN(total)
		for _, k := range open {
			if at -= kindWeight[k]; at < 0 {
				order, byKind[k] = append(order, byKind[k][0]), byKind[k][1:]
				break
			}
		}
	}
	return order
}
