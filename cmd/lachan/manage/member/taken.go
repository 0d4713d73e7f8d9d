package member

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lachan/admin/ledger"
	"lachan/fleet"
	"lachan/fleet/node"
	"lachan/internal/durable"
	"lachan/internal/wording"
	"lachan/policy/source"
)

// taken is what has come from the hub, on its way into force.
type taken struct {
	*Member
	hub     *node.Node
	trust   fleet.Trust
	http    *http.Client
	inForce string // digest of the part of console.yaml that is compiled, and of the base
	seq     []uint64
	refused string        // why what was taken last is not in force
	release fleet.Release // of the files in force
	// refuses is the folder of the files that could not be in force, "" if they could; of
	// which release, when it was tried, and why.
	refuses   string
	refusedN  uint64
	refusedAt time.Time
	why       error
	last      hour     // of what was counted
	trial     *onTrial // nil if none is on trial
	failed    *failure // the newest, if it was gone back from
	lists     map[string]had
	files     *fetcher
	coming    bool // some files are on their way
	orders    orders
	noDelta   map[string]string // by feed, the delta that was of no use
}

// client asks hubs for files.
func (t *taken) client() *http.Client {
	if t.http == nil {
		t.http = node.Client(func(key ed25519.PublicKey) bool { return t.trust.Has(key, time.Now()) })
	}
	return t.http
}

// putInForce puts what the hub has decided in force. What cannot be leaves what was
// before, and is tried again.
func (t *taken) putInForce(ctx context.Context) {
	states, seq := t.states()
	if t.refused == "" && !t.coming && slices.Equal(seq, t.seq) {
		return
	}
	t.mu.Lock()
	lost := t.lost()
	t.mu.Unlock()
	if lost { // what comes fills the gap
		t.seq, t.refused = seq, textLost.EN
		t.src.Conditions.Set("fleet-damaged", textLost.String())
		return
	}
	t.tellUnknown(states)
	t.coming = false
	err := t.use(ctx, states)
	if ctx.Err() != nil {
		return
	}
	if err == nil && !t.coming {
		err = t.keep(seq)
	}
	if err == nil {
		t.refused = ""
		if t.coming {
			return // it is looked at again when they are here
		}
		t.src.Conditions.Clear("fleet-damaged")
		t.seq = seq
		t.src.Conditions.Clear("fleet-decisions")
		t.tellFailed()
		t.orders.tell()
		return
	}
	t.refused = wording.ErrorIn(err, wording.English)
	if t.src.Conditions.Set("fleet-decisions", textNotInForce.With(err).String()) {
		t.src.Log.Error("put in force what the hub decided", "error", t.refused)
	}
}

// tellUnknown tells of what the hub has decided and this version does not know: it is kept,
// and the rest is in force.
func (t *taken) tellUnknown(states []*ledger.State) {
	var kinds []string
	for _, s := range states {
		kinds = append(kinds, s.Unknown()...)
	}
	if len(kinds) == 0 {
		t.src.Conditions.Clear("fleet-unknown")
		return
	}
	slices.Sort(kinds)
	text := textUnknown.With(strings.Join(slices.Compact(kinds), ", "))
	if t.src.Conditions.Set("fleet-unknown", text.String()) {
		t.src.Log.Warn("the hub has decided what this version does not know", "kinds", strings.Join(kinds, ", "))
	}
}

// keep keeps what is in force, so that a damaged disk is seen.
func (t *taken) keep(seq []uint64) error {
	now := kept{Seq: map[string]uint64{}, Release: t.release, Trial: t.trial, Failed: t.failed}
	now.Lists, now.Orders = map[string]fleet.List{}, maps.Clone(t.orders.tried)
	for name, l := range t.lists {
		now.Lists[name] = l.of
	}
	for i, s := range t.is.Streams {
		now.Seq[s.Area] = seq[i]
	}
	if err := now.write(t.dir); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = now
	return nil
}

// use puts states in force: the exceptions whatever becomes of the rest.
func (t *taken) use(ctx context.Context, states []*ledger.State) error {
	feeds, listsErr := t.takeLists(ctx, states)
	base, release, err := t.fetch(states)
	switch {
	case errors.Is(err, errComing):
		t.coming, err = true, nil
	case err == nil && feeds != nil:
		err = t.restructure(ctx, states, base, release, feeds)
	}
	return errors.Join(listsErr, err, t.src.Decide(ctx))
}

// refusedFor is after how long a release that could not be in force is tried again.
const refusedFor = 10 * time.Minute

// restructure has the files of a release in force with what was decided beside them. If
// they cannot be, those before stay.
func (t *taken) restructure(
	ctx context.Context, states []*ledger.State, base string, r fleet.Release, feeds []byte,
) error {
	if base == t.refuses && time.Since(t.refusedAt) < refusedFor {
		return t.why
	}
	all := ledger.Merged(append([]*ledger.State{t.src.Own.State()}, states...)...)
	text := all.Console(nil)
	compiled := base + "\n" + string(feeds) + "\n" + string(source.Compiled(text))
	path := filepath.Join(t.dir, "console.yaml")
	before, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if !bytes.Equal(before, text) {
		if err := durable.WriteFile(path, text, 0o600); err != nil {
			return err
		}
	}
	if compiled == t.inForce {
		t.release, t.refuses = r, ""
		return nil
	}
	former, err := t.link(base)
	if err != nil {
		return err
	}
	unlist, err := t.writeLists(feeds)
	if err != nil {
		return err
	}
	if err := t.src.Restructure(ctx); err != nil {
		_, undone := t.link(former)
		undone = errors.Join(undone, unlist())
		if before != nil {
			undone = errors.Join(undone, durable.WriteFile(path, before, 0o600))
		}
		if former != base {
			t.refuses, t.refusedAt, t.refusedN = base, time.Now(), r.N
		}
		t.why = errors.Join(err, undone)
		return t.why
	}
	if former != base && former != "" {
		t.begin(r, t.release)
	}
	t.inForce, t.release, t.refuses = compiled, r, ""
	t.tidy(base)
	return nil
}

// current is the link to the folder of the policy's files.
const current = "current"

// prefix begins the names of such folders.
const prefix = "base-"

// fetch has the files of the policy here that this node's ring has, and returns the name of
// their folder and their release; "" if the hub has none.
func (t *taken) fetch(states []*ledger.State) (name string, is fleet.Release, err error) {
	is, ok := fleet.For(t.is.Node, func(ring string) (r fleet.Release, ok bool) {
		for _, s := range states {
			if v, there := s.Get("", fleet.ReleaseObject(ring)); there && v.New != nil {
				ok = json.Unmarshal(v.New, &r) == nil
			}
		}
		return r, ok
	})
	if !ok {
		return "", is, nil
	}
	if t.failed != nil && t.failed.N == is.N {
		is = t.failed.Former
	} else {
		t.failed = nil
	}
	b := node.Blob{SHA256: is.SHA256, Size: is.Size}
	name = prefix + b.SHA256
	_, unpacked := os.Stat(filepath.Join(t.dir, name, "policy.yaml"))
	if _, err := os.Stat(filepath.Join(t.dir, b.SHA256)); err == nil && unpacked == nil {
		return name, is, nil
	}
	packed, err := t.files.have(t.dir, b)
	switch {
	case unpacked == nil && (err != nil || node.Same(packed, filepath.Join(t.dir, name))):
		return name, is, nil // the packed form is what was missing, and it can wait
	case err != nil:
		return "", is, err
	}
	dir := filepath.Join(t.dir, name)
	if unpacked == nil {
		if err := os.Rename(dir, dir+durable.DamagedSuffix); err != nil {
			return "", is, err
		}
	}
	return name, is, node.Unpack(packed, dir)
}

// link has a folder be the current one, "" for none, and returns which was.
func (m *Member) link(name string) (former string, err error) {
	path := filepath.Join(m.dir, current)
	former, err = os.Readlink(path)
	switch {
	case err != nil && !errors.Is(err, os.ErrNotExist):
		return "", err
	case former == name:
		return former, nil
	case name == "":
		return former, os.Remove(path)
	}
	next := path + ".tmp"
	if err := os.Remove(next); err != nil && !errors.Is(err, os.ErrNotExist) {
		return former, err
	}
	if err := os.Symlink(name, next); err != nil {
		return former, err
	}
	if err := os.Rename(next, path); err != nil {
		return former, err
	}
	return former, durable.SyncDir(m.dir)
}

// formers is how many folders of files stay beside the current one, to go back to.
const formers = 2

// tidy removes the files of all former releases but the last few.
func (t *taken) tidy(base string) {
	entries, err := os.ReadDir(t.dir)
	if err != nil {
		return // another time
	}
	type folder struct {
		name string
		at   time.Time
	}
	var old []folder
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && e.IsDir() && strings.HasPrefix(e.Name(), prefix) && e.Name() != base {
			old = append(old, folder{e.Name(), info.ModTime()})
		}
	}
	slices.SortFunc(old, func(a, b folder) int { return b.at.Compare(a.at) })
	for _, f := range old[min(formers, len(old)):] {
		packed := filepath.Join(t.dir, strings.TrimPrefix(f.name, prefix))
		if err := errors.Join(os.RemoveAll(filepath.Join(t.dir, f.name)), os.RemoveAll(packed)); err != nil {
			t.src.Log.Warn("remove files of a former policy", "error", err)
		}
	}
}

// mostNamed bounds how many conditions a node names.
const mostNamed = 20

// say tells the hub how this node stands.
func (t *taken) say() {
	status := fleet.Status{
		Seq: map[string]uint64{}, Generation: t.is.Streams[0].Generation,
		Version: t.src.Version, Units: t.src.Units(), Refused: t.refused,
	}
	if len(status.Refused) > fleet.MaxStatus/2 {
		status.Refused = strings.ToValidUTF8(status.Refused[:fleet.MaxStatus/2], "")
	}
	if status.Release = t.release.N; t.refuses != "" {
		status.Refuses = t.refusedN
	}
	if t.trial != nil {
		status.Trial = t.trial.Release.N
	}
	if t.failed != nil && t.refused == "" {
		status.Refuses, status.Refused = t.failed.N, t.failed.English
	}
	for i, s := range t.is.Streams {
		if i < len(t.seq) {
			status.Seq[s.Area] = t.seq[i]
		}
	}
	for _, c := range t.src.Conditions.List() {
		if len(status.Conditions) < mostNamed {
			status.Conditions = append(status.Conditions, c.Name)
		}
	}
	status.Orders = t.orders.standing()
	text, err := json.Marshal(status)
	if err == nil {
		err = t.hub.Say(text)
	}
	if err != nil {
		t.src.Log.Debug("tell the hub how this node stands", "error", err)
	}
}
