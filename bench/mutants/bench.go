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
	dir    string // for what is built
	root   string // of the module
	bound  time.Duration
	near   bool                    // without the tests of the whole program, and slow ones
	normal map[suite]time.Duration // how long tests take that all pass; 0 if they do not
	needs  map[string][]string     // of the tests of a package: all packages that they are built of
}

// A suite is the tests of a package.
type suite struct {
	pkg  string
	race bool // under the race detector
}

func newBench(bound time.Duration, near bool) (*bench, error) {
	root, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(equivalentFile); err != nil {
		return nil, fmt.Errorf("run in the root of the module: %w", err)
	}
	dir, err := os.MkdirTemp("", "mutants-*")
	return &bench{
		dir: dir, root: root, bound: bound, near: near,
		normal: map[suite]time.Duration{}, needs: map[string][]string{},
	}, err
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
		all := suite{pkg, m.kind == dropLock && pkg != program}
		passes, err := b.measure(ctx, all)
		if err != nil {
			return ending{}, err
		}
		if !passes {
			continue
		}
		overlay, err := b.overlay(m)
		if err != nil {
			return ending{}, err
		}
		how, test, err := b.test(ctx, all, overlay, max(b.bound, 5*b.normal[all]))
		if err != nil || how != survived {
			return ending{how, pkg, test, time.Since(began)}, err
		}
	}
	return ending{how: survived, took: time.Since(began)}, nil
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

// measure runs the tests of a package as it is, until they have passed once, and
// reports whether they do. Tests that fail without a change tell nothing of one.
func (b *bench) measure(ctx context.Context, all suite) (passes bool, err error) {
	if took, done := b.normal[all]; done {
		return took > 0, nil
	}
	for range 2 { // the second time for what depends on the load of the machine
		began := time.Now()
		how, test, err := b.test(ctx, all, "", 10*time.Minute)
		if err != nil {
			return false, err
		}
		if how == survived {
			b.normal[all] = time.Since(began)
			return true, nil
		}
		fmt.Fprintf(os.Stderr, "%s fails without any change: %s %s\n", all.pkg, how, test)
	}
	b.normal[all] = 0
	return false, nil
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

// test builds the tests of a package and runs them.
func (b *bench) test(
	ctx context.Context, all suite, overlay string, bound time.Duration,
) (how verdict, failed string, err error) {
	binary := filepath.Join(b.dir, "test")
	args := []string{"test", "-c", "-vet=off", "-o", binary}
	if all.race {
		args = append(args, "-race")
	}
	flags := os.Getenv("GOFLAGS")
	if overlay != "" {
		flags += " -overlay=" + overlay // by the environment: tests may build the program themselves
	}
	environment := append(os.Environ(), "GOFLAGS="+strings.TrimSpace(flags))
	build := exec.CommandContext(ctx, "go", append(args, "./"+all.pkg)...)
	build.Env = environment
	if said, err := build.CombinedOutput(); err != nil {
		if ctx.Err() != nil || overlay == "" {
			return "", "", errors.Join(ctx.Err(), fmt.Errorf("build the tests of %s: %w\n%s", all.pkg, err, said))
		}
		return noMutant, "", nil
	}
	run := exec.Command(binary, "-test.failfast", "-test.count=1", "-test.run="+part[all.pkg])
	if b.near && slow[all.pkg] != "" {
		run.Args = append(run.Args, "-test.skip="+slow[all.pkg])
	}
	run.Dir, run.Env = all.pkg, environment
	most := int64(mostMemory)
	if all.race {
		most *= 2
	}
	return b.watch(ctx, run, bound, most)
}

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
