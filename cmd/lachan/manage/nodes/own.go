package nodes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/admin/ledger"
	"lachan/cmd/lachan/config"
	"lachan/fleet"
	"lachan/fleet/late"
	"lachan/internal/durable"
	"lachan/internal/wording"
)

// What was decided at a node while it had no link, or at any time, comes here as a chain of its
// own. The hub keeps the chain, and decides the same if nothing of its own stands against it:
// its locks and its decisions come first, and a node speaks for the units of its area alone.

// owned hears of it.
type owned struct {
	*Hub
	mu    sync.Mutex
	wrong map[string]wrongOwn // mu; by node, what was refused last
}

type wrongOwn struct {
	why string
	at  time.Time
}

// Bounds of what is kept of a node, and of for how long it is told that something was refused.
const (
	mostOwn      = 20_000 // records
	mostOwnState = 4 << 10
	wrongFor     = 24 * time.Hour
)

// An ownState is how far the hub has come with the chain of a node.
type ownState struct {
	Key     fleet.PublicKey `json:"key"`
	Applied uint64          `json:"applied"`        // the last record that was looked at
	Taken   int             `json:"taken"`          // so many are decided here too
	Left    int             `json:"left"`           // so many are not
	Why     string          `json:"why,omitempty"`  // the last one is not; both languages
	Late    time.Duration   `json:"late,omitempty"` // how old the oldest was when it came
}

// ownDir has the chain of the node that has an nkey.
func ownDir(cfg *config.Config, nkey string) string {
	return filepath.Join(config.FleetDir(cfg), "up", nkey)
}

func readOwn(dir string) (is ownState, err error) {
	text, err := os.ReadFile(filepath.Join(dir, "state.json"))
	if err == nil {
		err = json.Unmarshal(text, &is)
	}
	if errors.Is(err, os.ErrNotExist) {
		return ownState{}, nil
	}
	return is, err
}

func (is *ownState) write(dir string) error {
	text, err := json.Marshal(is)
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err == nil {
		err = durable.WriteFile(filepath.Join(dir, "state.json"), append(text, '\n'), 0o600)
	}
	return err
}

var (
	errOtherKey = errors.New("the records are signed by another key than those before")
	errMuch     = errors.New("a node has decided more than a hub keeps of it")
	errMessage  = errors.New("it is no message of records")
)

// hear takes records of a node, and says where its chain ends here.
func (o *owned) hear(node string, text []byte) ([]byte, error) {
	member, ok := o.nodes()[node]
	if !ok {
		return nil, fmt.Errorf("%s is no node", node)
	}
	cfg, _ := o.src.InForce()
	var left []late.Decision
	heard, err := takeOwn(ownDir(cfg, member.Nkey), text, func(r *ledger.Record, is *ownState) error {
		outcome, err := o.apply(node, member.Area, r, is, time.Now())
		if err == nil && outcome != isTaken {
			left = append(left, lateOf(r, outcome == isOver, time.Now()))
		}
		return err
	})
	if kept := late.Add(lateDir(cfg), node, left...); kept != nil {
		o.src.Log.Error("keep what a node has decided for reports", "node", node, "error", kept)
	}
	o.tell(node, err)
	if err != nil {
		return nil, err
	}
	return json.Marshal(heard)
}

// parseOwn reads what a node tells.
func parseOwn(text []byte) (told fleet.OwnTold, lines [][]byte, err error) {
	if err := json.Unmarshal(text, &told); err != nil || len(told.Key) == 0 || len(told.Lines) > fleet.MaxOwnLines {
		return told, nil, errMessage
	}
	for _, line := range told.Lines {
		lines = append(lines, []byte(line))
	}
	return told, lines, nil
}

// takeOwn takes the records that follow those of a node which are here, and has each that was not
// looked at yet looked at.
func takeOwn(
	dir string, text []byte, apply func(*ledger.Record, *ownState) error,
) (heard fleet.OwnHeard, err error) {
	told, lines, err := parseOwn(text)
	if err != nil {
		return heard, err
	}
	is, err := readOwn(dir)
	if err != nil {
		return heard, err
	}
	if is.Key == nil {
		is.Key = told.Key
		if err := is.write(dir); err != nil {
			return heard, err
		}
	}
	if !is.Key.Equal(told.Key) {
		return heard, errOtherKey
	}
	chain, err := openOwn(filepath.Join(dir, "ledger"), is.Key)
	if err != nil {
		return heard, err
	}
	defer chain.Close()
	if end, _ := chain.End(); end+uint64(len(lines)) > mostOwn {
		return heard, errMuch
	}
	_, wrong := chain.Take(lines...)
	for r, err := range chain.Records(is.Applied) {
		if err != nil {
			return heard, err
		}
		if err := apply(&r, &is); err != nil {
			return heard, errors.Join(err, is.write(dir))
		}
		is.Applied = r.Seq
	}
	if len(lines) > 0 {
		wrong = errors.Join(wrong, is.write(dir))
	}
	heard.Seq, heard.Hash = chain.End()
	return heard, wrong
}

// openOwn opens the chain of a node. A damaged one comes again.
func openOwn(dir string, key fleet.PublicKey) (*ledger.Copy, error) {
	c, err := ledger.OpenCopy(dir, []byte(key))
	if err == nil && len(c.Damage()) > 0 {
		err = errors.Join(append(c.Damage(), c.Close())...)
	}
	if err == nil || errors.Is(err, ledger.ErrLocked) {
		return c, err
	}
	if err := os.RemoveAll(dir + durable.DamagedSuffix); err != nil {
		return nil, err
	}
	if _, err := durable.SetAside(dir); err != nil {
		return nil, err
	}
	return ledger.OpenCopy(dir, []byte(key))
}

// An ownOutcome is what comes here of a decision of a node.
type ownOutcome int

const (
	isTaken ownOutcome = iota // it is decided here too
	isLeft                    // what there is here stands against it
	isOver                    // it was over, or so already
)

// lateOf is what reports know of a decision of a node that is not decided here.
func lateOf(r *ledger.Record, over bool, now time.Time) late.Decision {
	what := late.Allow
	switch {
	case ended(r):
		what = late.End
	case strings.HasPrefix(r.Object, "block/"):
		what = late.Block
	}
	return late.Decision{Seq: r.Seq, Unit: r.Unit, Object: r.Object, What: what, Made: r.At, Came: now, Over: over}
}

// lateDir has what nodes decided that was not decided here.
func lateDir(cfg *config.Config) string { return filepath.Join(config.FleetDir(cfg), "late") }

// ended reports whether a record takes its object away.
func ended(r *ledger.Record) bool { return len(r.New) == 0 || string(r.New) == "null" }

// apply decides here what was decided at a node, or notes why not. An error means that it has to
// be looked at again.
func (o *owned) apply(
	node, area string, r *ledger.Record, is *ownState, now time.Time,
) (outcome ownOutcome, err error) {
	leave := func(why wording.Text) (ownOutcome, error) {
		is.Left++
		is.Why = why.String()
		o.src.Log.Warn("what was decided at a node is not taken", "node", node, "record", r.Seq, "cause", why.EN)
		return isLeft, nil
	}
	cfg, _ := o.src.InForce()
	if !admin.IsName(r.Object) || !speaksFor(o.src.Desk.Tree(), cfg.Fleet.Areas, area, r.Unit) {
		return leave(textNotIts.With(r.Object, r.Unit))
	}
	actor := account.Actor{ID: "node:" + node, Name: node, Via: "fleet", Machine: true}
	how := admin.How{Made: r.At, Why: textOwnWhy.With(node, r.From, r.At.Format("02/01/2006 15:04")).String()}
	what, why := decisionOf(o.src.Ledger.State(), r, actor.ID, now)
	if what == nil {
		if why.EN != "" {
			return leave(why)
		}
		return isOver, nil
	}
	_, err = o.src.Desk.Decide(context.Background(), actor, what, how)
	refused := (*admin.Refusal)(nil)
	switch {
	case errors.As(err, &refused) && refused.Kind != admin.Trouble && refused.Kind != admin.Conflict:
		return leave(refused.Text)
	case err != nil:
		return isLeft, err
	}
	is.Taken++
	is.Late = max(is.Late, now.Sub(r.At))
	o.src.Log.Info("what was decided at a node is decided here too", "node", node, "record", r.Seq)
	return isTaken, nil
}

// decisionOf is what a record of a node comes to at a hub; nil and why, or nothing, if it comes to
// nothing. by is who decides for the node: what somebody else has decided here stands.
func decisionOf(
	state *ledger.State, r *ledger.Record, by string, now time.Time,
) (what admin.Decision, why wording.Text) {
	block := strings.HasPrefix(r.Object, "block/")
	name := r.Object[len("block/"):]
	there, known := state.Get(r.Unit, r.Object)
	opposite := "allow/" + name
	if !block {
		opposite = "block/" + name
	}
	other, against := state.Get(r.Unit, opposite)
	ends := ended(r)
	switch {
	case known && there.By != by && (there.New != nil || there.At.After(r.At)),
		against && other.By != by && (other.New != nil || other.At.After(r.At)):
		return nil, textHubsStands.With(r.Object, r.Unit)
	case ends && (!known || there.New == nil):
		return nil, why // it ended here too
	case ends:
		return admin.Withdraw{Unit: r.Unit, Object: r.Object}, why
	case known && there.New == nil && !r.At.After(there.At):
		return nil, why // it was taken, and has ended since
	}
	var value admin.ExceptionValue
	if json.Unmarshal(r.New, &value) != nil {
		return nil, textNotIts.With(r.Object, r.Unit)
	}
	if known && there.New != nil {
		var is admin.ExceptionValue
		if json.Unmarshal(there.New, &is) == nil && is.Until == value.Until {
			return nil, why // it is so already
		}
	}
	until := value.Until
	if until == "" {
		until = "never"
	}
	if end, err := admin.Moment(value.Until, now.Location()); err == nil && !end.IsZero() && !end.After(now) {
		return nil, why // it is over
	}
	return admin.Except{Unit: r.Unit, Name: name, Block: block, Until: until, Document: value.Document}, why
}

// speaksFor reports whether a node of an area may decide for a unit: one of the area, or for a
// node of none one that is in no area.
func speaksFor(tree account.Tree, areas []string, area, unit string) bool {
	of, steps := "", 0
	for u, ok := unit, true; ok && u != "" && steps < mostAbove; u, ok = tree.Parent(u) {
		steps++
		if slices.Contains(areas, u) {
			of = u
		}
	}
	return unit != "" && of == area
}

// mostAbove bounds how many units are above one.
const mostAbove = 64

// tell tells of nodes whose records were refused.
func (o *owned) tell(node string, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := time.Now()
	maps.DeleteFunc(o.wrong, func(_ string, is wrongOwn) bool { return now.Sub(is.at) > wrongFor })
	if err != nil {
		o.src.Log.Warn("records of a node are refused", "node", node, "error", err)
		if o.wrong == nil {
			o.wrong = map[string]wrongOwn{}
		}
		o.wrong[node] = wrongOwn{wording.ErrorIn(err, wording.English), now}
	}
	if len(o.wrong) == 0 {
		o.src.Conditions.Clear("fleet-own")
		return
	}
	names := slices.Sorted(maps.Keys(o.wrong))
	first := names[0]
	text := textOwnRefused.With(len(names), strings.Join(names[:min(mostTold, len(names))], ", "), o.wrong[first].why)
	o.src.Conditions.Set("fleet-own", text.String())
}

// forgetOwn removes what there is of nodes that are none any more.
func forgetOwn(h *Hub) error {
	cfg, _ := h.src.InForce()
	there := map[string]bool{}
	for _, n := range h.nodes() {
		there[n.Nkey] = true
	}
	entries, err := os.ReadDir(ownDir(cfg, ""))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if !there[e.Name()] {
			err = errors.Join(err, os.RemoveAll(ownDir(cfg, e.Name())))
		}
	}
	return err
}

var (
	textNotIts = wording.Text{
		VI: "%s của %s không phải ngoại lệ cho một tên ở đơn vị của vùng nút ấy",
		EN: "%s of %s is no exception for a name at a unit of the node's area",
	}
	textHubsStands = wording.Text{
		VI: "%s của %s: máy trung tâm đã quyết định khác, và điều đó đứng trước",
		EN: "%s of %s: the hub has decided otherwise, which comes first",
	}
	textOwnWhy = wording.Text{
		VI: "quyết định ở nút %s (số %d) lúc %s",
		EN: "decided at the node %s (no. %d) at %s",
	}
	textOwnRefused = wording.Text{
		VI: "điều quyết định ở %d nút (%s) bị từ chối: không nối tiếp, không đúng khóa hoặc bị sửa; nếu không rõ vì sao, hãy lachan fleet remove nút ấy rồi mời lại: %v",
		EN: "what was decided at %d nodes (%s) is refused: it does not follow, is of another key or was changed; if nobody knows why, remove that node and invite it again: %v",
	}
)
