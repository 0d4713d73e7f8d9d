package manage

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/inforce"
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

// loadPolicy returns the policy of a configuration with what people have decided:
// old, or the one on the disk, where nothing has changed, else a new one that a job
// compiles. With mistakes it is nil and they say what is wrong. When the job fails by
// itself the policy before stays.
func (n *node) loadPolicy(ctx context.Context, cfg *config.Config, old *stored) (*stored, yamlfile.Problems) {
	store := policy.NewStore(cfg.PolicyDir())
	starts := old == nil
	if starts {
		old = n.newestPolicy(store)
	}
	p, problems, err := n.compilePolicy(ctx, cfg, n.flags, store, old)
	if err == nil && p == nil {
		return nil, problems
	}
	if err == nil {
		n.conditions.Clear("policy")
		if p != old {
			n.keep(ctx, cfg, p.serial)
		}
		n.tellRows(p.Policy)
		with, failed := n.decided.over(store, p)
		switch {
		case failed == nil:
			return with, nil
		case starts:
			return p, nil // it is tried again, see decided.late
		}
		err = failed // what was decided holds with the policy before
	}
	failed := policyFailed.With(err)
	if old == nil {
		return nil, yamlfile.Problems{{File: cfg.Policy, Text: failed}}
	}
	n.log.Error("compile the policy, the one before stays", "error", err)
	n.conditions.Set("policy", failed.String())
	return old, nil
}

// compilePolicy returns old if nothing has changed, else what a job compiles; nil if
// it has mistakes.
func (sh *shared) compilePolicy(
	ctx context.Context, cfg *config.Config, flags []string, store *policy.Store, old *stored,
) (*stored, yamlfile.Problems, error) {
	if old != nil && source.PolicyUnchanged(cfg, old.Policy) {
		return old, nil, nil
	}
	answer, err := sh.jobs.Policy(ctx, flags, job.PolicyOrder{Folder: cfg.PolicyDir()})
	if err != nil || answer.Serial == 0 {
		return nil, answer.Problems, err
	}
	p, err := store.OpenSerial(answer.Serial)
	if err != nil {
		return nil, nil, err
	}
	return &stored{p, answer.Serial}, nil, nil
}

// keep brings a compiled policy to the disk while it is put in force. A power cut before
// that costs a start the time to compile it anew.
func (sh *shared) keep(ctx context.Context, cfg *config.Config, serial uint64) {
	folder := cfg.PolicyDir()
	sh.children.start(ctx, "policy", func(context.Context) {
		if err := policy.NewStore(folder).Keep(serial); err != nil {
			sh.log.Error("bring the compiled policy to the disk", "error", err)
			sh.conditions.Set("policy", policyNotKept.With(err).String())
		}
	})
}

// tryPolicy is the policy as it would be if a file were console.yaml, for somebody who asks
// what would change; nil if it has mistakes. It is compiled below the folder of policies,
// one at a time.
func (sh *shared) tryPolicy(
	ctx context.Context, flags []string, folder, console string,
) (p *policy.Policy, problems yamlfile.Problems, err error) {
	folder = filepath.Join(folder, "tried")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, nil, fmt.Errorf("try a policy: %w", err)
	}
	defer os.RemoveAll(folder) // it is mapped
	answer, err := sh.jobs.Policy(ctx, flags, job.PolicyOrder{Folder: folder, Console: console})
	if err != nil || !answer.Possible {
		return nil, answer.Problems, err
	}
	p, err = policy.NewStore(folder).OpenSerial(answer.Serial)
	return p, nil, err
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
		n.log.Warn("a unit was not taken as it is written", "mistake", wording.ErrorIn(r, wording.English))
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

// decided is what people have decided, which is in force as the overlay of the
// policy. All but entries and orders belongs to run.
type decided struct {
	*shared
	// entries are what holds now. Any goroutine may call it.
	entries func() []policy.OverlayEntry
	orders  chan chan error // those of decide
	reloads chan chan error // those of restructure
	waiting []chan error    // until resolve uses the newest
	late    bool            // what was decided is not in force
}

// mostOrders is how many decisions may wait for run; those who decide wait then.
const mostOrders = 64

func newDecided(sh *shared) *decided {
	return &decided{
		shared: sh, orders: make(chan chan error, mostOrders), reloads: make(chan chan error),
		entries: func() []policy.OverlayEntry { return nil }, // until there is a ledger
	}
}

// decide puts what people have decided in force: what entries returns from now on.
// It returns when resolve answers by it, or with the reason why it does not; then it
// is tried again every minute. Any goroutine but that of run may call it. Nothing is
// compiled, so entries for categories and services are not in force by it.
func (d *decided) decide(ctx context.Context) error { return await(ctx, d.orders) }

// restructure reads the configuration, policy.yaml, its tables and console.yaml again
// and puts what they say in force, with what was decided. It is for changes of units
// and for entries for categories and services. It returns as decide does; the error
// is yamlfile.Problems if what is written has mistakes, and then all stays as it was.
func (d *decided) restructure(ctx context.Context) error { return await(ctx, d.reloads) }

// await has run do something and returns what came of it.
func await(ctx context.Context, to chan chan error) error {
	done := make(chan error, 1)
	select {
	case to <- done:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// over is a policy of a store with what was decided, which then lies beside it.
func (d *decided) over(store *policy.Store, p *stored) (with *stored, err error) {
	overlay, left, err := policy.OverlayOf(p.Policy, d.entries())
	if now := policy.OverlayDigest(p.Policy); err == nil && overlay.Digest() != now && overlay.Len()+len(now) > 0 {
		err = store.SaveOverlay(p.serial, overlay)
	} else if err == nil {
		overlay = nil // nothing has changed
	}
	d.late = err != nil
	if err != nil {
		d.log.Error("put in force what was decided", "error", err)
		d.conditions.Set("decisions", decidedFailed.With(err).String())
		return nil, fmt.Errorf("put in force what was decided: %w", err)
	}
	d.conditions.Clear("decisions")
	d.tellOrphans(left)
	if overlay == nil {
		return p, nil
	}
	over, err := p.With(overlay)
	return &stored{over, p.serial}, err
}

// tellOrphans tells of decisions that are not in force because their unit is not
// there, or because they cannot be.
func (d *decided) tellOrphans(left []policy.LeftOut) {
	if len(left) == 0 {
		d.conditions.Clear("orphan-decisions")
		return
	}
	first := &left[0]
	for i := range left {
		if !errors.Is(left[i].Err, policy.ErrNoUnit) {
			first = &left[i]
		}
	}
	text := decidedOrphans.With(len(left), first.Number, first.Unit, first.Name)
	if d.conditions.Set("orphan-decisions", text.String()) {
		d.log.Warn("decisions without effect", "decisions", len(left), "number", first.Number, "unit", first.Unit, "error", first.Err)
	}
}

// said tells those who wait what came of what they decided.
func (d *decided) said(err error) {
	for _, done := range d.waiting {
		done <- err
	}
	d.waiting = nil
}

// takeDecided puts what was decided in force, for all who have asked until now.
func (n *node) takeDecided(orders ...chan error) {
	for more := true; more; {
		select {
		case order := <-n.decided.orders:
			orders = append(orders, order)
		default:
			more = false
		}
	}
	n.decided.waiting = append(n.decided.waiting, orders...)
	p, err := n.decided.over(policy.NewStore(n.cfg.PolicyDir()), n.policy)
	switch {
	case err != nil:
		n.decided.said(err)
	case p != n.policy:
		n.policy = p
		n.lists.serial++ // what was answered by the policy before is judged again
		n.putInForce()
	case n.resolves.inUse.ID == n.resolves.use.ID:
		n.decided.said(nil)
	}
}

// takeReload reads everything again for somebody who waits until it is in force.
func (n *node) takeReload(ctx context.Context, done chan error) {
	if problems := n.reload(ctx); len(problems) > 0 {
		done <- problems
		return
	}
	n.decided.waiting = append(n.decided.waiting, done)
}

// withDecided is something to go back to, with what was decided since: a decision
// that shuts something must not be lost with newer lists or a newer policy.
func (r *resolves) withDecided(use inforce.Use) inforce.Use {
	base, store := r.policy, policy.NewStore(use.PolicyDir)
	if use.PolicyDigest != base.Digest() {
		opened, err := store.OpenSerial(use.PolicySerial)
		if err != nil {
			r.log.Error("open the policy to go back to", "error", err)
			return use // resolve will say the same
		}
		base = &stored{opened, use.PolicySerial}
	}
	overlay, _, err := policy.OverlayOf(base.Policy, r.decided.entries())
	if err == nil {
		err = store.SaveOverlay(use.PolicySerial, overlay)
	}
	if err != nil {
		r.log.Error("put in force what was decided", "error", err)
		r.conditions.Set("decisions", decidedFailed.With(err).String())
		return use
	}
	use.PolicyOverlay = overlay.Digest()
	return use
}

var (
	decidedFailed = wording.Text{
		VI: "quyết định mới chưa có hiệu lực, sẽ thử lại mỗi phút: %v",
		EN: "new decisions are not in force, they are tried again every minute: %v",
	}
	decidedOrphans = wording.Text{
		VI: "%d quyết định không có hiệu lực vì đơn vị không còn hoặc không áp dụng được, ví dụ số %d (%s, %s); được giữ lại trong sổ",
		EN: "%d decisions without effect because their unit is gone or they cannot apply, such as number %d (%s, %s); the ledger keeps them",
	}
	policyFailed = wording.Text{
		VI: "không biên dịch được chính sách: %v; chính sách trước đó, nếu có, vẫn được dùng",
		EN: "the policy could not be compiled: %v; the one before, if there is one, stays in use",
	}
	policyNotKept = wording.Text{
		VI: "chính sách đang dùng chưa ghi được xuống đĩa: %v; hãy kiểm tra đĩa rồi nạp lại cấu hình",
		EN: "the policy in use could not be written to the disk: %v; look after the disk, then reload",
	}
	unitsRejected = wording.Text{
		VI: "đơn vị có %d lỗi, các đơn vị ấy giữ như trước hoặc chưa được nạp (lachan check cho biết mọi lỗi): %v",
		EN: "units have %d mistakes, these units stay as they were or are left out (lachan check tells all): %v",
	}
)
