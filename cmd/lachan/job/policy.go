package job

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/source"
	"lachan/internal/yamlfile"
	"lachan/policy"
	"lachan/policy/home"
)

// policyTime is how long a policy may take to be compiled.
const policyTime = 10 * time.Minute

// A PolicyOrder says where the compiled policy goes. Which policy it is the flags
// of the job say, as they say it to the server.
type PolicyOrder struct {
	Folder string `json:"folder"`
	// Console is read in place of console.yaml, to see what would be wrong, and without a
	// Folder that is all. "" is console.yaml.
	Console string `json:"console,omitempty"`
}

// A PolicyAnswer says what came of a policy.
type PolicyAnswer struct {
	Serial   uint64            `json:"serial"`   // of the compiled policy; 0 if it has mistakes
	Possible bool              `json:"possible"` // it has none
	Problems yamlfile.Problems `json:"problems"`
}

// Policy compiles the policy of the configuration that the flags name.
func (j *Jobs) Policy(ctx context.Context, flags []string, order PolicyOrder) (answer PolicyAnswer, err error) {
	return answer, j.run(ctx, "policy", flags, policyTime, order, &answer)
}

// exportTime is how long all that holds may take to be written as one policy.yaml.
const exportTime = 2 * time.Minute

// An ExportOrder says what is exported: policy.yaml, what was decided, and in which folder the
// compiled policy is that locks are asked of.
type ExportOrder struct {
	Path     string          `json:"path"`
	Console  string          `json:"console"`
	Folder   string          `json:"folder"`
	Timezone config.Timezone `json:"timezone"`
}

type exportAnswer struct {
	Text     []byte            `json:"text"`
	Problems yamlfile.Problems `json:"problems"`
}

// Export is all that holds as one policy.yaml. The error is yamlfile.Problems if what is
// written has mistakes.
func (j *Jobs) Export(ctx context.Context, order ExportOrder) ([]byte, error) {
	var answer exportAnswer
	err := j.run(ctx, "export", nil, exportTime, order, &answer)
	if err == nil && len(answer.Problems) > 0 {
		err = answer.Problems
	}
	return answer.Text, err
}

func exportPolicy(_ command.Call, o ExportOrder) (answer exportAnswer, err error) {
	p, _, damaged := policy.NewStore(o.Folder).OpenLatestReadOnly()
	if p == nil {
		return answer, fmt.Errorf("export the policy: none is compiled: %w", errors.Join(damaged...))
	}
	from := &policy.Origin{Path: o.Path, Console: o.Console, Zone: o.Timezone.Location}
	answer.Text, err = home.Export(from, p.At(nil, time.Now(), 0)) // what locks say needs no lists
	var problems yamlfile.Problems
	if err != nil && !errors.As(err, &problems) {
		problems = yamlfile.Problems{{File: o.Path, Text: textExport.With(err)}}
	}
	answer.Problems = problems
	return answer, nil
}

// policyGrowth is how much the memory of a policy that is compiled may grow before it is
// collected, in percent: nearly all of it is in use until the end.
const policyGrowth = 400

// compilePolicy reads the policy and puts it into the folder, compiled.
func compilePolicy(c command.Call, o PolicyOrder) (answer PolicyAnswer, err error) {
	debug.SetGCPercent(policyGrowth) // within the part of memory that a job has
	cfg, problems := command.Config(c.Command)
	if len(problems) > 0 {
		return PolicyAnswer{Problems: problems}, nil
	}
	if o.Console != "" {
		p, problems := source.TryPolicy(cfg, o.Console)
		answer = PolicyAnswer{Possible: p != nil, Problems: problems}
		if p != nil && o.Folder != "" {
			answer.Serial, err = policy.NewStore(o.Folder).SaveAlone(p)
		}
		return answer, err
	}
	p, problems := source.LoadPolicy(cfg, nil)
	if p == nil {
		return PolicyAnswer{Problems: problems}, nil
	}
	serial, err := policy.NewStore(o.Folder).Save(p)
	return PolicyAnswer{serial, err == nil, problems}, err
}
