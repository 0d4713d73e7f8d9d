package job

import (
	"context"
	"time"

	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/source"
	"lachan/internal/yamlfile"
	"lachan/policy"
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

// compilePolicy reads the policy and puts it into the folder, compiled.
func compilePolicy(c command.Call, o PolicyOrder) (answer PolicyAnswer, err error) {
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
