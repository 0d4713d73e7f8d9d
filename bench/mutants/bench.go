//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"lachan/bench/process"
)

// An ending is what came of a mutant.
type ending struct {
	how  verdict
	by   string // the package whose tests killed it
	test string // the first test that failed
	took time.Duration
}

type verdict string

const (
	noMutant verdict = "no mutant"
	survived verdict = "SURVIVED"
	killed   verdict = "killed"
	hung     verdict = "killed by a hang"
	swollen  verdict = "killed by the memory it took"
)

func (e ending) String() string {
	if e.how == survived {
		return fmt.Sprintf("%s (%s)", e.how, e.took.Round(time.Second))
	}
	return fmt.Sprintf("%s by %s %s (%s)", e.how, e.by, e.test, e.took.Round(time.Second))
}

// mostMemory is what tests may take, in bytes; under the race detector twice as much.
const mostMemory = 3 << 30

// A bench runs the tests of packages with a changed file.
type bench struct {
	dir     string // for what is built
	root    string // of the module
	bound   time.Duration
	near    bool                // without the tests of the whole program
	mutated []string            // the import paths of all packages that mutants are drawn of
	covered map[string]coverage // by package
	needs   map[string][]string // of the tests of a package: all packages that they are built of
}

func newBench(bound time.Duration, near bool) (*bench, error) {
	root, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(equivalentFile); err != nil {
		return nil, fmt.Errorf("run in the root of the module: %w", err)
	}
	b := bench{root: root, bound: bound, near: near, covered: map[string]coverage{}, needs: map[string][]string{}}
	for _, a := range areas {
		dirs, err := a.packages()
		if err != nil {
			return nil, err
		}
		for _, dir := range dirs {
			b.mutated = append(b.mutated, "lachan/"+dir)
		}
	}
	b.dir, err = os.MkdirTemp("", "mutants-*")
	return &b, err
}

func (b *bench) close() { _ = os.RemoveAll(b.dir) }

// try runs the tests of a mutant's package, then of those that use it, until one
// fails.
func (b *bench) try(ctx context.Context, a area, m *mutant) (ending, error) {
	began := time.Now()
	own := filepath.Dir(m.file)
	others := slices.DeleteFunc(slices.Clone(a.users), func(pkg string) bool { return pkg == own })
	for _, pkg := range append([]string{own}, others...) {
		if len(tests(pkg)) == 0 || b.near && pkg == program {
			continue
		}
		if uses, err := b.uses(ctx, pkg, own); err != nil {
			return ending{}, err
		} else if !uses {
			continue
		}
		how, test, err := b.ask(ctx, pkg, m)
		if err != nil || how != survived {
			return ending{how, pkg, test, time.Since(began)}, err
		}
	}
	return ending{how: survived, took: time.Since(began)}, nil
}

// ask builds the tests of a package with a mutant and runs those that could notice it.
func (b *bench) ask(ctx context.Context, pkg string, m *mutant) (how verdict, test string, err error) {
	batches := [][]testcase{{{name: stories, took: time.Minute}}}
	if pkg != program {
		c, err := b.cover(ctx, pkg)
		if err != nil {
			return "", "", err
		}
		if batches = c.batches(m); len(batches) == 0 {
			return survived, "", nil
		}
	}
	overlay, err := b.overlay(m)
	if err != nil {
		return "", "", err
	}
	race := m.kind == dropLock && pkg != program
	built, err := b.build(ctx, pkg, overlay, race)
	if err != nil || !built {
		return noMutant, "", err
	}
	for _, batch := range batches {
		how, test, err := b.run(ctx, pkg, overlay, batch, race)
		if err != nil || how != survived {
			return how, test, err
		}
	}
	return survived, "", nil
}

// uses reports whether the tests of a package are built of another one: the tests of
// the program always are, because they run all of it.
func (b *bench) uses(ctx context.Context, pkg, other string) (bool, error) {
	if pkg == program || pkg == other {
		return true, nil
	}
	if b.needs[pkg] == nil {
		said, err := exec.CommandContext(ctx, "go", "list", "-test", "-deps", "./"+pkg).Output()
		if err != nil {
			return false, fmt.Errorf("list what the tests of %s need: %w", pkg, err)
		}
		b.needs[pkg] = strings.Fields(string(said))
	}
	return slices.Contains(b.needs[pkg], "lachan/"+other), nil
}

func tests(dir string) []string {
	found, _ := filepath.Glob(filepath.Join(dir, "*_test.go")) // the pattern is well formed
	return found
}

// overlay writes the changed file and what tells the go command of it.
func (b *bench) overlay(m *mutant) (string, error) {
	file, overlay := filepath.Join(b.dir, "mutant.go"), filepath.Join(b.dir, "overlay.json")
	text, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(b.root, m.file): file}})
	if err != nil {
		return "", err
	}
	return overlay, errors.Join(os.WriteFile(file, m.changed(), 0o600), os.WriteFile(overlay, text, 0o600))
}

// build builds the tests of a package, and reports whether they compile.
func (b *bench) build(ctx context.Context, pkg, overlay string, race bool) (bool, error) {
	args := []string{"test", "-c", "-vet=off", "-o", b.binary()}
	if race {
		args = append(args, "-race")
	}
	build := exec.CommandContext(ctx, "go", append(args, "./"+pkg)...)
	build.Env = environment(overlay)
	_, err := build.CombinedOutput()
	return err == nil, ctx.Err()
}

// environment tells the go command of a change, also where tests build the program
// themselves.
func environment(overlay string) []string {
	return append(os.Environ(), "GOFLAGS="+strings.TrimSpace(os.Getenv("GOFLAGS")+" -overlay="+overlay))
}

// run runs tests, as they have been built, until one fails. A test that passes when it
// is asked again alone has failed by chance, and the others are asked without it; but
// a race is seen by chance.
func (b *bench) run(
	ctx context.Context, pkg, overlay string, batch []testcase, race bool,
) (how verdict, failed string, err error) {
	most := int64(mostMemory)
	bound := b.bound
	for _, t := range batch {
		bound += 10 * t.took
	}
	if race {
		most *= 2
	}
	one := func(batch []testcase) (verdict, string, error) {
		run := exec.Command(b.binary(), "-test.failfast", "-test.count=1", "-test.run="+only(batch))
		run.Dir, run.Env = pkg, environment(overlay)
		return b.watch(ctx, run, bound, most)
	}
	for len(batch) > 0 {
		how, failed, err = one(batch)
		if err != nil || how != killed || race {
			return how, failed, err
		}
		name, _, _ := strings.Cut(test(failed), "/")
		i := slices.IndexFunc(batch, func(t testcase) bool { return t.name == name })
		if i < 0 {
			return how, failed, nil // a panic, which no name is known of
		}
		if again, _, err := one(batch[i : i+1]); err != nil || again != survived {
			return how, failed, err
		}
		batch = slices.Delete(slices.Clone(batch), i, i+1)
	}
	return survived, "", nil
}

func (b *bench) binary() string { return filepath.Join(b.dir, "test") }

// watch runs tests until they end, or are over a bound of time or memory.
func (b *bench) watch(ctx context.Context, run *exec.Cmd, bound time.Duration, most int64) (verdict, string, error) {
	output, err := os.Create(filepath.Join(b.dir, "output"))
	if err != nil {
		return "", "", err
	}
	defer output.Close()
	run.Stdout, run.Stderr = output, output
	run.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := run.Start(); err != nil {
		return "", "", err
	}
	// What tests have started ends with them.
	defer func() { _ = syscall.Kill(-run.Process.Pid, syscall.SIGKILL) }()
	ended := make(chan error, 1)
	go func() { ended <- run.Wait() }()
	end := func(how verdict) (verdict, string, error) {
		_ = syscall.Kill(-run.Process.Pid, syscall.SIGKILL)
		<-ended
		return how, "", ctx.Err()
	}
	late := time.After(bound)
	look := time.NewTicker(500 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case err := <-ended:
			if err == nil {
				return survived, "", nil
			}
			return killed, firstFailed(output.Name()), nil
		case <-late:
			return end(hung)
		case <-ctx.Done():
			return end("")
		case <-look.C:
			if m, err := process.MemoryOf(run.Process.Pid); err == nil && m.Resident > most {
				return end(swollen)
			}
		}
	}
}

// firstFailed is the name of a test that failed, in the output of tests, with those
// that it is part of.
func firstFailed(name string) (found string) {
	text, _ := os.ReadFile(name) // an error means that no test is known
	for _, sign := range []string{"--- FAIL: ", "panic: ", "fatal error: ", "WARNING: "} {
		for line := range bytes.Lines(text) {
			_, after, ok := bytes.Cut(line, []byte(sign))
			if after = bytes.TrimSpace(after); ok && (found == "" || strings.HasPrefix(string(after), test(found)+"/")) {
				found = string(after[:min(len(after), 80)])
			}
		}
		if found != "" {
			return found
		}
	}
	return ""
}

// test is a line without how long the test took.
func test(line string) string {
	name, _, _ := strings.Cut(line, " (")
	return name
}
