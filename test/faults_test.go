package test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Faults of the program cannot be had on demand, so they are put into a build of
// it for tests alone: the compiler is given other text in place of some files
// (go build -overlay). The program that users have knows nothing of them.

// A forced fault is a place at which that build panics when it is told to.
type forced struct {
	kind string // the name of the file that tells it to; the file is removed first
	file string // below the root of the project
	at   string // a piece of its text: the fault comes right after it
	call string // what is called there; "": forcedFault with the kind
}

// faultyFile is in each package that has a fault.
const faultyFile = `package %s

import "os"

// forcedFault panics once if the file of that name is there.
func forcedFault(kind string) {
	if os.Remove(os.Getenv("FORCED_FAULTS")+"/"+kind) == nil {
		panic("forced in " + kind)
	}
}
`

// buildFaulty builds the program with faults, and with more files: path and text.
func buildFaulty(dir string, faults []forced, files map[string]string) (program string, err error) {
	root, err := filepath.Abs("..")
	if err != nil {
		return "", err
	}
	texts := map[string]string{}
	for path, text := range files {
		texts[filepath.Join(root, path)] = text
	}
	for _, f := range faults {
		path := filepath.Join(root, f.file)
		text, known := texts[path]
		if !known {
			source, err := os.ReadFile(path)
			if err != nil {
				return "", err
			}
			text = string(source)
			beside := filepath.Join(filepath.Dir(path), "forced_fault.go")
			texts[beside] = fmt.Sprintf(faultyFile, filepath.Base(filepath.Dir(path)))
		}
		if strings.Count(text, f.at) != 1 {
			return "", fmt.Errorf("%s has %q %d times: where does %s do its work now?", f.file, f.at, strings.Count(text, f.at), f.kind)
		}
		call := f.call
		if call == "" {
			call = fmt.Sprintf("forcedFault(%q)", f.kind)
		}
		texts[path] = strings.Replace(text, f.at, f.at+"\n"+call+"\n", 1)
	}
	replaced := map[string]string{}
	for path, text := range texts {
		replaced[path] = filepath.Join(dir, fmt.Sprintf("%d.go", len(replaced)))
		if err := os.WriteFile(replaced[path], []byte(text), 0o600); err != nil {
			return "", err
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replaced})
	if err != nil {
		return "", err
	}
	list := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(list, overlay, 0o600); err != nil {
		return "", err
	}
	program = filepath.Join(dir, "lachan")
	if err := build(program, "-overlay", list); err != nil {
		return "", fmt.Errorf("build the program with faults: %w", err)
	}
	return program, nil
}

// poisons are names on which resolve crashes if a list has them: as soon as it uses
// the list, or within a second, as on a question that is asked now and then.
var poisons = []forced{
	{kind: "poison", file: "cmd/lachan/resolve/use.go", at: "s.list = source.Bind(s.lists, s.policy, cfg)", call: `s.forcedPoison("poison.example")`},
	{kind: "late", file: "cmd/lachan/resolve/resolve.go", at: "case now := <-tick.C:", call: `p.state.forcedPoison("late.example")`},
}

const poisonFile = `package resolve

import (
	"time"

	"lachan/blocklist/domain"
)

func (s *state) forcedPoison(name string) {
	var n domain.Name
	if n.SetText(name) == nil && s.list != nil && !s.list.Classify(&n, 1, time.Now().Unix()).Empty() {
		panic("forced by " + name)
	}
}
`

// faultyProgram is built once, when it is first wanted.
var faultyProgram = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp(filepath.Dir(binary), "faulty-*") // which goes with the program itself
	if err != nil {
		return "", err
	}
	return buildFaulty(dir, slices.Concat(workFaults, serviceFaults, jobFaults, poisons, deciders), map[string]string{
		"cmd/lachan/resolve/forced_poison.go": poisonFile,
		"cmd/lachan/manage/forced_decide.go":  deciderFile,
	})
})

// faulty is a process of the program with faults, and the folder of the files
// that force them.
func faulty(t *testing.T, config, policy string, upstreams ...string) (p *process, force func(kind string)) {
	t.Helper()
	program, err := faultyProgram()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	p = newProcess(t, config, policy, upstreams...)
	p.program, p.faults, p.env = program, dir, []string{"FORCED_FAULTS=" + dir}
	return p, func(kind string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, kind), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
