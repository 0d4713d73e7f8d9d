package nodes

import (
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"lachan/admin"
	"lachan/cmd/lachan/config"
	"lachan/fleet"
	"lachan/fleet/hub"
	"lachan/internal/wording"
)

// A List is one of this machine's, whose copy was verified here.
type List struct {
	config.Carried
	Confirmed time.Time // when it was last known to be the newest
}

// confirmedEvery is how often nodes are told that a list is still the newest.
const confirmedEvery = 6 * time.Hour

// carryLists has nodes have the lists of this machine as they were verified here. One that
// cannot be handed on leaves the others as they are, and on nodes what they had.
func carryLists(ctx context.Context, src *Sources, blobs *hub.Blobs, lists []List) error {
	carried := admin.Carried(src.Ledger.State())
	var errs []error
	for i := range lists[:min(len(lists), config.MostCarried)] {
		l := &lists[i]
		name := l.Feed.Name
		was, there := carried[name]
		former := was.SHA256
		delete(carried, name)
		head, err := json.Marshal(&l.Carried)
		sum := sha256.Sum256(head)
		is := hex.EncodeToString(sum[:])
		same := there && was.Is == is && blobs.Has(was.SHA256, was.Size) // the ledger may have come to another machine
		if err == nil && same && l.Confirmed.Sub(was.Confirmed) < confirmedEvery {
			continue
		}
		if err == nil && !same {
			was.SHA256, was.Size, err = putList(blobs, head, l.Copy.Path)
		}
		was.Is, was.Digest, was.Confirmed = is, l.Copy.Digest, l.Confirmed.UTC().Truncate(time.Second)
		if err == nil {
			_, err = src.Desk.Decide(ctx, hubActor(), admin.Carry{Name: name, List: &was}, admin.How{})
		}
		if err == nil && former != was.SHA256 {
			err = keep(src, blobs, former, was.SHA256)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
	}
	for name := range carried { // it is none of this machine's any more
		if src.Missing(name) {
			continue
		}
		if _, err := src.Desk.Decide(ctx, hubActor(), admin.Carry{Name: name}, admin.How{}); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
	}
	return errors.Join(errs...)
}

// putList keeps a list for nodes. The same list makes the same bytes.
func putList(blobs *hub.Blobs, head []byte, path string) (digest string, size int64, err error) {
	if len(head) > fleet.MaxListHead {
		return "", 0, fmt.Errorf("what is known of it takes %d bytes", len(head))
	}
	file, err := os.Open(path)
	if err != nil {
		return "", 0, err
	}
	defer file.Close()
	from, to := io.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		packed := gzip.NewWriter(to)
		_, err := packed.Write(append(head, '\n'))
		if err == nil {
			_, err = io.Copy(packed, file)
		}
		_ = to.CloseWithError(errors.Join(err, packed.Close()))
	}()
	digest, size, err = blobs.Put(from)
	_ = from.Close() // ends the goroutine if not all was read
	<-done
	return digest, size, err
}

// Times between two looks at lists that have not changed.
const (
	confirmEvery = 10 * time.Minute // one may have been confirmed
	retryEvery   = 10 * time.Second // one could not be handed on
)

// A look is the last one at the lists of this machine.
type look struct {
	cfg    *config.Config
	lists  uint64 // Sources.Relisted then
	at     time.Time
	failed bool
}

// due reports whether there is something to look for since.
func (l *look) due(cfg *config.Config, lists uint64, now time.Time) bool {
	every := confirmEvery
	if l.failed {
		every = retryEvery
	}
	return cfg != l.cfg || lists != l.lists || now.Sub(l.at) >= every
}

// tellLists has the lists handed on, and tells when one cannot be.
func tellLists(ctx context.Context, src *Sources, blobs *hub.Blobs) (failed bool) {
	lists := src.Lists()
	err := carryLists(ctx, src, blobs, lists)
	failed = err != nil
	err = errors.Join(err, tooMany(lists)) // which they are until somebody acts
	switch {
	case err == nil:
		src.Conditions.Clear("fleet-lists")
	case ctx.Err() == nil && src.Conditions.Set("fleet-lists", textLists.With(err).String()):
		src.Log.Error("hand lists to nodes", "error", wording.ErrorIn(err, wording.English))
	}
	return failed
}

// keep has the files stay that nodes may have to have, with some that they may have to have
// soon or be fetching still, and removes the others.
func keep(src *Sources, blobs *hub.Blobs, also ...string) error {
	keep, state := map[string]bool{}, src.Ledger.State()
	for _, digest := range also {
		keep[digest] = true
	}
	for v := range state.Kind("release/") {
		var r fleet.Release
		if v.New != nil && json.Unmarshal(v.New, &r) == nil {
			keep[r.SHA256] = true
		}
	}
	for _, l := range admin.Carried(state) {
		keep[l.SHA256] = true
	}
	return blobs.Keep(keep)
}

// tooMany says which lists nodes do not get because there are more than they take.
func tooMany(lists []List) error {
	if len(lists) <= config.MostCarried {
		return nil
	}
	return wording.Error(config.TextManyLists.With(len(lists), config.MostCarried, lists[config.MostCarried].Feed.Name))
}

var textLists = wording.Text{
	VI: "các nút không nhận được danh sách mới: %v",
	EN: "nodes do not get new lists: %v",
}
