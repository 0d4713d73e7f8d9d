package manage

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"lachan/blocklist"
	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/source"
	"lachan/internal/wording"
	"lachan/policy/catalogue"
)

// A compileOrder is what the server asks of the process that compiles for it.
type compileOrder struct {
	Folder string        `json:"folder"` // of the compiled lists
	Serial uint64        `json:"serial"` // of those in force
	Files  []source.File `json:"files"`
}

// A compileAnswer says where the compiled lists are.
type compileAnswer struct {
	Serial uint64           `json:"serial"`
	Report blocklist.Report `json:"report"`
}

// compileCommandName is for the server alone.
const compileCommandName = "compile-order"

// orderCompilation runs a compilation in a process of its own, which has a lower
// priority than this one, and a low one unless little changed. The process ends
// with ctx, and with this one.
func orderCompilation(ctx context.Context, order compileOrder) (answer compileAnswer, err error) {
	text, err := json.Marshal(order)
	if err != nil {
		return answer, err
	}
	program, err := self()
	if err != nil {
		return answer, fmt.Errorf("find the program to compile with: %w", err)
	}
	// What ends with its parent ends with the thread that has started it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	c := exec.CommandContext(ctx, program, compileCommandName)
	var said, failed bytes.Buffer
	c.Stdin, c.Stdout, c.Stderr = bytes.NewReader(text), &said, &failed
	makeModest(c)
	if err := c.Run(); err != nil {
		if ctx.Err() != nil {
			return answer, context.Cause(ctx)
		}
		return answer, fmt.Errorf("compile in a process of its own: %w: %s", err, strings.TrimSpace(failed.String()))
	}
	return answer, json.Unmarshal(said.Bytes(), &answer)
}

// CompileCommand is for this process alone: it compiles lists as a job.
func CompileCommand(l wording.Language) *cobra.Command {
	return &cobra.Command{
		Use: compileCommandName, Short: wording.CLICompileOrder.In(l), Hidden: true, Args: command.NoArguments,
		RunE: command.Run(l, func(c command.Call, _ []string) error {
			var order compileOrder
			if err := json.NewDecoder(c.InOrStdin()).Decode(&order); err != nil {
				return fmt.Errorf("read the order to compile: %w", err)
			}
			answer, err := order.compile(c.Context())
			if err != nil {
				return err
			}
			return json.NewEncoder(c.OutOrStdout()).Encode(answer)
		}),
	}
}

// compile brings the lists in the folder up to date with the files.
func (o *compileOrder) compile(ctx context.Context) (answer compileAnswer, err error) {
	beModest()
	facts, err := catalogue.Load()
	if err != nil {
		return answer, err
	}
	store := blocklist.NewStore(o.Folder)
	var old *blocklist.Lists
	if o.Serial > 0 {
		old, err = store.OpenSerial(nil, o.Serial)
	}
	if errors.Is(err, blocklist.ErrDamaged) {
		old, err = nil, nil // compile anew
	}
	if err != nil {
		return answer, err
	}
	lists, report, err := store.Update(ctx, old, source.All(source.Builtin(facts), o.Files), blocklist.Options{OnFullCompile: beModest})
	if err != nil {
		return answer, err
	}
	return compileAnswer{lists.Serial(), report}, nil
}
