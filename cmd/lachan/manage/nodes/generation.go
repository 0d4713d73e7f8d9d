package nodes

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lachan/admin/ledger"
	"lachan/fleet"
	"lachan/internal/durable"
	"lachan/internal/wording"
)

// The streams of nodes are chains that go on, whatever machine is the hub, for as long as its
// ledger has all that they were made of. One that has less, of an older backup, cannot go on
// with them: nodes refuse what does not follow. It begins new ones, the next generation.

// generationFile says which generation the streams are of; the first one without it.
const generationFile = "generation.json"

type generation struct {
	Generation int `json:"generation"`
}

// Generation is that of the streams of a hub.
func Generation(dir string) (int, error) {
	path := filepath.Join(dir, generationFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return 1, nil
	}
	is := generation{}
	if err == nil {
		err = json.Unmarshal(text, &is)
	}
	if err == nil && is.Generation < 1 {
		err = errors.New("it has no generation, a number from 1")
	}
	if err != nil {
		return 0, fmt.Errorf("read %s: %w", path, err)
	}
	return is.Generation, nil
}

// ages is when seconds are counted from.
var ages = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// Reseed has the streams begin anew when the hub is started next, or its configuration is
// read. The generation is counted in seconds, so that it is later than all that nodes have
// seen, also where this file was lost.
func Reseed(dir string, now time.Time) error {
	before, err := Generation(dir)
	if err != nil {
		before = 1 // a damaged file is written anew
	}
	text, err := json.Marshal(generation{later(before, now)})
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err == nil {
		err = durable.WriteFile(filepath.Join(dir, generationFile), append(text, '\n'), 0o600)
	}
	if err != nil {
		return fmt.Errorf("begin the streams of nodes anew: %w", err)
	}
	return nil
}

func later(than int, now time.Time) int { return max(than+1, int(now.Sub(ages)/time.Second)) }

// Reseeded is the draft of the record after which all hubs rebuild their streams, from a ledger
// that was joined from copies. before is the newest generation that is known.
func Reseeded(before, records int, now time.Time) ledger.Draft {
	text, _ := json.Marshal(reseeded{generation{later(before, now)}, records}) // it has nothing that cannot be
	return ledger.Draft{By: "fleet", Via: "cli", What: "reseed", Object: ledger.Generation, New: text}
}

// reseeded is a generation, and how many records nodes had that the ledger had not.
type reseeded struct {
	generation
	Records int `json:"records"`
}

// GenerationOf is the generation that a ledger says, 0 if it says none.
func GenerationOf(state *ledger.State) int {
	v, _ := state.Get("", ledger.Generation)
	return generationIn(v.New)
}

func generationIn(value json.RawMessage) int {
	var is reseeded
	if value == nil || json.Unmarshal(value, &is) != nil {
		return 0
	}
	return is.Generation
}

// NewestOf is the newest generation that the files of a hub and ledgers in folders say.
func NewestOf(dir string, ledgers ...string) (int, error) {
	newest, err := Generation(dir)
	if err != nil {
		newest = 1 // a damaged file is older than now
	}
	for _, folder := range ledgers {
		value, err := ledger.LastOf(folder, ledger.Generation)
		if err != nil {
			return 0, err
		}
		newest = max(newest, generationIn(value))
	}
	return newest, nil
}

// streamsOf are those that a node of an area follows.
func streamsOf(area string, generation int64) []fleet.Stream {
	streams := []fleet.Stream{{Area: fleet.Root, Generation: int(generation)}}
	if area == "" {
		return streams
	}
	return append(streams, fleet.Stream{Area: area, Generation: int(generation)})
}

// tellAhead tells of nodes that have what this hub never decided, if they had before too: a
// node may have a record a moment before the hub knows that it is carried.
func tellAhead(src *Sources, nodes, before []string) []string {
	if len(nodes) == 0 || len(before) == 0 {
		src.Conditions.Clear("fleet-ahead")
		return nodes
	}
	text := textAhead.With(len(nodes), strings.Join(nodes[:min(mostTold, len(nodes))], ", "))
	if src.Conditions.Set("fleet-ahead", text.String()) {
		src.Log.Error("nodes have decisions that this hub has not", "nodes", len(nodes))
	}
	return nodes
}

// mostTold bounds how many nodes a condition names.
const mostTold = 10

var textStreams = wording.Text{
	VI: "các nút không nhận được gì: luồng của chúng có quyết định mà sổ của máy trung tâm này không có (%v): sổ được phục hồi từ bản cũ hơn? " +
		"Hãy đặt lại bản sổ mới nhất, hoặc dựng lại từ bản của các nút (lachan fleet copy, lachan fleet reseed --from); nếu không còn: lachan fleet reseed rồi nạp lại, khi đó điều thiếu trong sổ không còn hiệu lực",
	EN: "nodes get nothing: their streams have decisions that the ledger of this hub has not (%v): was it restored from an older copy? " +
		"Put the newest copy of the ledger in place, or what nodes have (lachan fleet copy, lachan fleet reseed --from); if there is neither, call lachan fleet reseed and reload: what the ledger lacks is in force no more then",
}

var textAhead = wording.Text{
	VI: "%d nút có quyết định mà sổ của máy trung tâm này không có (%s): sổ được phục hồi từ bản cũ hơn? Nút giữ điều đã có và không nhận điều mới. " +
		"Hãy đặt lại bản sổ mới nhất, hoặc dựng lại từ bản của các nút (lachan fleet copy, lachan fleet reseed --from); nếu không còn: lachan fleet reseed rồi nạp lại, khi đó điều thiếu trong sổ không còn hiệu lực",
	EN: "%d nodes have decisions that the ledger of this hub has not (%s): was it restored from an older copy? They keep what they have, and take nothing new. " +
		"Put the newest copy of the ledger in place, or what nodes have (lachan fleet copy, lachan fleet reseed --from); if there is neither, call lachan fleet reseed and reload: what the ledger lacks is in force no more then",
}
