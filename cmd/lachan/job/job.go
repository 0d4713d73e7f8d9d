// Package job runs what is long, or parses what others wrote, in a process of
// its own: with a bound of memory and of time, with a lower priority than those
// that answer, and such that its crash is an error like any other. The process
// is this program again, as `lachan job KIND`; it is told what to do on its
// standard input and says what came of it on its standard output, both JSON.
package job

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"lachan/cmd/lachan/command"
	"lachan/internal/confine"
	"lachan/internal/memory"
	"lachan/internal/wording"
)

// Name is the command under which the kinds of jobs are.
const Name = "job"

// memoryVariable tells a job how many bytes of memory it may have.
const memoryVariable = "JOB_MEMORY" // not LACHAN_: those are keys of the configuration

// Jobs has jobs done. The zero Jobs gives each its part of the budget if none is set.
type Jobs struct {
	memory atomic.Int64
	mu     sync.Mutex
	atWork map[int]bool  // mu; their processes
	places chan struct{} // mu; one is taken by each job at work; nil: no bound has been set
}

// SetMemory is what each job that is started from now on may have, in bytes, and with
// it how many are done at once.
func (j *Jobs) SetMemory(bytes int64) {
	j.memory.Store(bytes)
	j.mu.Lock()
	defer j.mu.Unlock()
	if places := placesWithin(bytes); cap(j.places) != places {
		j.places = make(chan struct{}, places) // those at work give theirs back to the old one
	}
}

// take waits for a place, and returns the function that gives it back. After patience
// the job goes on without one: what is long delays nothing for long.
func (j *Jobs) take(ctx context.Context) (giveBack func()) {
	j.mu.Lock()
	places := j.places
	j.mu.Unlock()
	if places == nil {
		return func() {}
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case places <- struct{}{}:
		return func() { <-places }
	case <-ctx.Done():
		return func() {}
	}
}

// AtWork are the processes of the jobs that are being done.
func (j *Jobs) AtWork() []int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Collect(maps.Keys(j.atWork))
}

// do runs the process of a job to its end.
func (j *Jobs) do(c *exec.Cmd) error {
	if err := c.Start(); err != nil {
		return err
	}
	j.mu.Lock()
	if j.atWork == nil {
		j.atWork = map[int]bool{}
	}
	j.atWork[c.Process.Pid] = true
	j.mu.Unlock()
	err := c.Wait()
	j.mu.Lock()
	delete(j.atWork, c.Process.Pid)
	j.mu.Unlock()
	return err
}

// errorBytes bounds what is told of the words with which a job failed.
const errorBytes = 500

// run has a job of a kind done and reads its answer into out. args follow the kind on the
// command line. It returns with the answer: the process that gave it has memory to give
// back, and ends meanwhile, in its place.
func (j *Jobs) run(ctx context.Context, kind string, args []string, within time.Duration, in, out any) error {
	order, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("order job %s: %w", kind, err)
	}
	answer, ended := answer{whole: make(chan struct{})}, make(chan error, 1)
	go func() { ended <- j.process(ctx, kind, args, within, order, &answer) }()
	select {
	case <-answer.whole:
	case err := <-ended:
		if err != nil {
			return err
		}
	}
	if err := json.Unmarshal(answer.text, out); err != nil {
		return fmt.Errorf("read the answer of job %s: %w", kind, err)
	}
	return nil
}

// An answer is what a job writes: one line of JSON, with which it is whole.
type answer struct {
	text  []byte // not to be read before the answer is whole, or the process has ended
	whole chan struct{}
}

func (a *answer) Write(b []byte) (int, error) {
	select {
	case <-a.whole:
		return len(b), nil // nothing follows it
	default:
	}
	if a.text = append(a.text, b...); bytes.HasSuffix(a.text, []byte("\n")) {
		close(a.whole)
	}
	return len(b), nil
}

// process starts the process of a job, and returns when that has ended.
func (j *Jobs) process(
	ctx context.Context, kind string, args []string, within time.Duration, order []byte, answer *answer,
) error {
	program, err := self()
	if err != nil {
		return fmt.Errorf("find the program to run job %s: %w", kind, err)
	}
	defer j.take(ctx)()
	ctx, cancel := context.WithTimeoutCause(ctx, within, fmt.Errorf("job %s has taken longer than %s", kind, within))
	defer cancel()
	// The parent-death signal is delivered when the parent thread exits, not the
	// process: the thread has to stay.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	c := exec.CommandContext(ctx, program, append([]string{Name, kind}, args...)...)
	var words bytes.Buffer
	c.Stdin, c.Stdout, c.Stderr = bytes.NewReader(order), answer, &words
	c.Env = append(os.Environ(), fmt.Sprintf("%s=%d", memoryVariable, j.memory.Load()))
	apart(c)
	if err := j.do(c); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if refused(words.String()) {
			return fmt.Errorf("job %s: %s", kind, tooMuch(memory.Shares{Job: j.memory.Load()}.JobBound()))
		}
		if said := firstWords(words.String()); said != "" {
			return fmt.Errorf("job %s: %w: %s", kind, err, said)
		}
		return fmt.Errorf("job %s: %w", kind, err)
	}
	return nil
}

// firstWords are those that say why a job failed: of a crash its first line, in
// front of the trace.
func firstWords(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return strings.ToValidUTF8(line[:min(len(line), errorBytes)], "")
}

// Command has all kinds of jobs below it. It is for this program alone.
func Command(l wording.Language) *cobra.Command {
	c := &cobra.Command{Use: Name, Short: textJob.In(l), Hidden: true, Args: command.NoArguments}
	c.AddCommand(
		kind(l, "lists", compileLists),
		command.WithKeys(kind(l, "policy", compilePolicy), l),
		kind(l, "export", exportPolicy),
		kind(l, "document", writeDocument),
		kind(l, "feed", examineFeed),
		kind(l, "table", readTable),
		kind(l, "order", readOrder),
	)
	return c
}

// kind is the command of one kind of job.
func kind[In, Out any](l wording.Language, name string, do func(command.Call, In) (Out, error)) *cobra.Command {
	return &cobra.Command{
		Use: name, Short: textJob.In(l), Args: command.NoArguments,
		RunE: command.Run(l, func(c command.Call, _ []string) error {
			stay()
			yield()
			confine.OwnerOnly()
			var in In
			if err := json.NewDecoder(c.InOrStdin()).Decode(&in); err != nil {
				return errors.Join(errors.New("read the order of a job"), err)
			}
			// Where the system does not let it, a job has what its parent has.
			_ = confine.Privileges(confine.ReadFiles | confine.WriteFiles)
			out, err := do(c, in)
			if err != nil {
				return err
			}
			return json.NewEncoder(c.Raw()).Encode(out)
		}),
	}
}
