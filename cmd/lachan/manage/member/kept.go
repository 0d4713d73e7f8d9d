package member

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"lachan/admin/ledger"
	"lachan/cmd/lachan/config"
	"lachan/fleet"
	"lachan/fleet/node"
	"lachan/internal/durable"
	"lachan/internal/wording"
)

// What was in force is not lost with a damaged disk: how far the ledgers had come, and the
// files of the policy as they were packed, lie apart from them.

// keptFile has what was in force last.
const keptFile = "in-force.json"

// kept is what was in force last.
type kept struct {
	Seq     map[string]uint64 `json:"seq"` // by area, of its chain
	Release fleet.Release     `json:"release"`
	Trial   *onTrial          `json:"trial,omitempty"`  // the release, while it is on trial
	Failed  *failure          `json:"failed,omitempty"` // the newest, if it was gone back from
	// Lists are those of the hub that are here, by feed.
	Lists map[string]fleet.List `json:"lists,omitempty"`
	// Orders are those that are or were on trial here, by feed.
	Orders map[string]tried `json:"orders,omitempty"`
}

// readKept reads it; what cannot be read is nothing.
func readKept(dir string) (k kept) {
	text, err := os.ReadFile(filepath.Join(dir, keptFile))
	if err != nil || json.Unmarshal(text, &k) != nil {
		return kept{}
	}
	return k
}

func (k kept) write(dir string) error {
	text, err := json.Marshal(k)
	if err == nil {
		err = durable.WriteFile(filepath.Join(dir, keptFile), text, 0o600)
	}
	if err != nil {
		return fmt.Errorf("keep what is in force: %w", err)
	}
	return nil
}

// lost reports whether a ledger here has less than was in force: it was damaged, and waits
// for the hub. mu is held.
func (m *Member) lost() bool {
	for i, c := range m.copies {
		if seq, _ := c.End(); seq < m.kept.Seq[m.is.Streams[i].Area] {
			return true
		}
	}
	return false
}

// mend sees to it that the files of the policy are those that came, before they are read.
// mu is held.
func (m *Member) mend() {
	if err := m.crashed(); err != nil {
		m.src.Conditions.Set("fleet-damaged", textDamaged.With(err).String())
	}
	r := m.kept.Release
	folder := prefix + r.SHA256
	if former, err := os.Readlink(filepath.Join(m.dir, current)); r.N == 0 || err != nil || former != folder {
		return // nothing is in force, or something that was not kept yet
	}
	blob := node.Blob{SHA256: r.SHA256, Size: r.Size}
	packed, dir := filepath.Join(m.dir, r.SHA256), filepath.Join(m.dir, folder)
	if !node.Holds(packed, blob) { // fetch downloads it again
		if err := os.Remove(packed); err != nil && !errors.Is(err, os.ErrNotExist) {
			m.src.Log.Error("remove damaged files of the policy", "error", err)
		}
		return
	}
	if node.Same(packed, dir) {
		return
	}
	m.src.Log.Error("the files of the policy are damaged", "release", r.N)
	err := os.RemoveAll(dir + durable.DamagedSuffix)
	if err == nil {
		err = os.Rename(dir, dir+durable.DamagedSuffix)
	}
	if err == nil || errors.Is(err, os.ErrNotExist) {
		err = node.Unpack(packed, dir)
	}
	if err != nil {
		m.src.Conditions.Set("fleet-damaged", textDamaged.With(err).String())
	}
}

// keptName reports whether a file belongs to what came from the hub.
func keptName(name string) bool {
	return name == current || name == "console.yaml" || name == keptFile || name == sharedFile || name == "lists" ||
		slices.Contains(config.CarriedNames(), name) ||
		strings.HasPrefix(name, prefix) ||
		strings.HasPrefix(name, "LEDGER_") || len(strings.TrimSuffix(name, ".part")) == 64
}

var (
	textDamaged = wording.Text{
		VI: "tệp chính sách nhận từ máy trung tâm bị hỏng trên đĩa và chưa lấy lại được: %v",
		EN: "the files of the policy that came from the hub are damaged on the disk, and could not be had again yet: %v",
	}
	textLost = wording.Text{
		VI: "sổ quyết định nhận từ máy trung tâm bị hỏng trên đĩa; điều trước đó vẫn giữ, và sẽ lấy lại từ máy trung tâm",
		EN: "the ledger that came from the hub is damaged on the disk; what was in force stays, and it is had again from the hub",
	}
)

// States are those of the ledgers that are followed.
func States(m *Member) []*ledger.State {
	states, _ := m.states()
	return states
}
