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
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lachan/cmd/lachan/command"
	"lachan/internal/confine"
	"lachan/internal/wording"
)

// Name is the command under which the kinds of jobs are.
const Name = "job"

// memory bounds what a job may hold, in bytes. A list of 64 MiB needs a tenth of it, the
// policy of 40,000 schools a third.
const memory = 2 << 30

// errorBytes bounds what is told of the words with which a job failed.
const errorBytes = 500

// run has a job of a kind done and reads its answer into out. args follow the
// kind on the command line.
func run(ctx context.Context, kind string, args []string, within time.Duration, in, out any) error {
	order, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("order job %s: %w", kind, err)
	}
	program, err := self()
	if err != nil {
		return fmt.Errorf("find the program to run job %s: %w", kind, err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, within, fmt.Errorf("job %s has taken longer than %s", kind, within))
	defer cancel()
	// The parent-death signal is delivered when the parent thread exits, not the
	// process: the thread has to stay.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	c := exec.CommandContext(ctx, program, append([]string{Name, kind}, args...)...)
	var answer, words bytes.Buffer
	c.Stdin, c.Stdout, c.Stderr = bytes.NewReader(order), &answer, &words
	apart(c)
	if err := c.Run(); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if said := firstWords(words.String()); said != "" {
			return fmt.Errorf("job %s: %w: %s", kind, err, said)
		}
		return fmt.Errorf("job %s: %w", kind, err)
	}
	if err := json.Unmarshal(answer.Bytes(), out); err != nil {
		return fmt.Errorf("read the answer of job %s: %w", kind, err)
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
		kind(l, "document", writeDocument),
		kind(l, "feed", examineFeed),
	)
	return c
}

// kind is the command of one kind of job.
func kind[In, Out any](l wording.Language, name string, do func(command.Call, In) (Out, error)) *cobra.Command {
	return &cobra.Command{
		Use: name, Short: textJob.In(l), Args: command.NoArguments,
		RunE: command.Run(l, func(c command.Call, _ []string) error {
			debug.SetMemoryLimit(memory / 2) // collect garbage before the system refuses memory
			boundMemory(memory)
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
