package manage

import (
	"context"

	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/job"
	"lachan/cmd/lachan/source"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
	"lachan/policy"
)

// A stored policy is one that is compiled in a file.
type stored struct {
	*policy.Policy
	serial uint64
}

// loadPolicy returns the policy of a configuration: old, or the one on the disk,
// where nothing has changed, else a new one that a job compiles. With mistakes it
// is nil and they say what is wrong. When the job fails by itself the policy
// before stays.
func (n *node) loadPolicy(ctx context.Context, cfg *config.Config, old *stored) (*stored, yamlfile.Problems) {
	store := policy.NewStore(cfg.PolicyDir())
	if old == nil {
		old = n.newestPolicy(store)
	}
	if old != nil && source.PolicyUnchanged(cfg, old.Policy) {
		n.conditions.Clear("policy")
		n.tellRows(old.Policy)
		return old, nil
	}
	answer, err := n.jobs.Policy(ctx, n.flags, job.PolicyOrder{Folder: cfg.PolicyDir()})
	if err == nil && answer.Serial == 0 {
		return nil, answer.Problems
	}
	var p *policy.Policy
	if err == nil {
		p, err = store.OpenSerial(answer.Serial)
	}
	if err == nil {
		n.conditions.Clear("policy")
		n.tellRows(p)
		return &stored{p, answer.Serial}, nil
	}
	failed := policyFailed.With(err)
	if old == nil {
		return nil, yamlfile.Problems{{File: cfg.Policy, Text: failed}}
	}
	n.log.Error("compile the policy, the one before stays", "error", err)
	n.conditions.Set("policy", failed.String())
	return old, nil
}

// tellRows says which rows of the tables of units were not taken: in the log once,
// and in a condition for as long as they have mistakes.
func (n *node) tellRows(p *policy.Policy) {
	rejected := p.Rejected()
	if len(rejected) == 0 {
		n.conditions.Clear("units")
		return
	}
	text := unitsRejected.With(len(rejected), rejected[0].Wording())
	if !n.conditions.Set("units", text.String()) {
		return
	}
	for _, r := range rejected {
		n.log.Warn("a row of a table of units was not taken", "mistake", wording.ErrorIn(r, wording.English))
	}
}

// newestPolicy opens the newest policy on the disk; nil if there is none.
func (n *node) newestPolicy(store *policy.Store) *stored {
	p, serial, damaged := store.OpenLatest()
	for _, err := range damaged {
		n.log.Warn("a compiled policy is of no use", "error", err)
	}
	if p == nil {
		return nil
	}
	return &stored{p, serial}
}

var (
	policyFailed = wording.Text{
		VI: "không biên dịch được chính sách: %v; chính sách trước đó, nếu có, vẫn được dùng",
		EN: "the policy could not be compiled: %v; the one before, if there is one, stays in use",
	}
	unitsRejected = wording.Text{
		VI: "bảng đơn vị có %d lỗi, các đơn vị ấy giữ như trước hoặc chưa được nạp (lachan check cho biết mọi lỗi): %v",
		EN: "tables of units have %d mistakes, these units stay as they were or are left out (lachan check tells all): %v",
	}
)
