//go:build linux

package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A testcase is a test of a package, or an example, or the seeds of a fuzz target.
type testcase struct {
	name string
	took time.Duration
	ran  map[string][]lines // stretches that it runs through, by file
}

// lines are a stretch of a file, from the first line to the last.
type lines struct{ first, last int }

func (l lines) has(line int) bool { return l.first <= line && line <= l.last }

// A coverage tells what each test of a package runs through.
type coverage struct {
	tests []testcase // the quickest first
	all   map[string][]lines
}

// quick is how long the tests take together that are asked first: most mutants fall to
// them, and those of a package that take long are not waited for.
const quick = 3 * time.Second

// batches are the tests that could notice a change: those that run through its line,
// or, where a line is none that is run by itself (a case), through its function. The
// quick ones are the first batch.
func (c coverage) batches(m *mutant) (list [][]testcase) {
	sees := func(testcase) bool { return true }
	if m.function != "" {
		at := func(l lines) bool { return l.has(m.line) }
		if !slices.ContainsFunc(c.all[m.file], at) {
			at = func(l lines) bool { return m.within.has(l.first) || m.within.has(l.last) }
		}
		sees = func(t testcase) bool { return slices.ContainsFunc(t.ran[m.file], at) }
	}
	var sum time.Duration
	for _, t := range c.tests {
		if !sees(t) {
			continue
		}
		before := sum
		if sum += t.took; len(list) == 0 || before <= quick && sum > quick {
			list = append(list, nil)
		}
		list[len(list)-1] = append(list[len(list)-1], t)
	}
	return list
}

// cover runs the tests of a package one by one, as they are, and learns what each runs
// through. Tests that fail without a change tell nothing of one; they are told and
// left out.
func (b *bench) cover(ctx context.Context, pkg string) (coverage, error) {
	if c, done := b.covered[pkg]; done {
		return c, nil
	}
	binary, profile := filepath.Join(b.dir, "cover"), filepath.Join(b.dir, "profile")
	build := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-cover",
		"-coverpkg="+strings.Join(b.mutated, ","), "-o", binary, "./"+pkg)
	if said, err := build.CombinedOutput(); err != nil {
		return coverage{}, fmt.Errorf("build the tests of %s: %w\n%s", pkg, err, said)
	}
	list := exec.CommandContext(ctx, binary, "-test.list=.")
	list.Dir = pkg
	names, err := list.Output()
	if err != nil {
		return coverage{}, fmt.Errorf("list the tests of %s: %w", pkg, err)
	}
	c := coverage{all: map[string][]lines{}}
	for _, name := range strings.Fields(string(names)) {
		run := exec.Command(binary, "-test.run="+only([]testcase{{name: name}}), "-test.coverprofile="+profile)
		run.Dir = pkg
		began := time.Now()
		how, _, err := b.watch(ctx, run, 10*time.Minute, mostMemory)
		if err != nil {
			return coverage{}, err
		}
		if how != survived {
			fmt.Fprintf(os.Stderr, "%s %s without any change: %s\n", pkg, name, how)
			continue
		}
		t := testcase{name: name, took: time.Since(began)}
		if t.ran, err = readProfile(profile, c.all); err != nil {
			return coverage{}, err
		}
		c.tests = append(c.tests, t)
	}
	slices.SortStableFunc(c.tests, func(x, y testcase) int { return int(x.took - y.took) })
	b.covered[pkg] = c
	return c, nil
}

// only is the pattern of these tests and no others.
func only(tests []testcase) string {
	var names []string
	for _, t := range tests {
		names = append(names, regexp.QuoteMeta(t.name))
	}
	return "^(" + strings.Join(names, "|") + ")$"
}

// readProfile reads what a test ran through, of a coverage profile, and adds every
// stretch that there is to all.
func readProfile(name string, all map[string][]lines) (ran map[string][]lines, err error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	ran, fresh := map[string][]lines{}, len(all) == 0
	text := bufio.NewScanner(file)
	for text.Scan() {
		// lachan/policy/rule.go:12.34,15.2 3 1
		path, rest, ok := strings.Cut(strings.TrimPrefix(text.Text(), "lachan/"), ":")
		fields := strings.FieldsFunc(rest, func(r rune) bool { return strings.ContainsRune("., ", r) })
		if !ok || len(fields) != 6 {
			continue // the line that names the mode
		}
		first, err1 := strconv.Atoi(fields[0])
		last, err2 := strconv.Atoi(fields[2])
		if err1 != nil || err2 != nil {
			return nil, fmt.Errorf("%s: not a line of a coverage profile: %s", name, text.Text())
		}
		if fresh {
			all[path] = append(all[path], lines{first, last})
		}
		if fields[5] != "0" {
			ran[path] = append(ran[path], lines{first, last})
		}
	}
	return ran, text.Err()
}
