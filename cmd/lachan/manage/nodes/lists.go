package nodes

import (
	"bufio"
	"bytes"
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
	"lachan/admin/ledger"
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
	state := src.Ledger.State()
	c := carrying{src, blobs, admin.Carried(state), admin.Orders(state)}
	gone := map[string]bool{}
	for name := range c.carried {
		gone[name] = true
	}
	for name := range c.orders {
		gone[name] = true
	}
	var errs []error
	for i := range lists[:min(len(lists), config.MostCarried)] {
		delete(gone, lists[i].Feed.Name)
		if err := c.carry(ctx, &lists[i]); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", lists[i].Feed.Name, err))
		}
	}
	for name := range gone { // it is none of this machine's any more
		if src.Missing(name) {
			continue
		}
		if err := c.drop(ctx, name); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
	}
	return errors.Join(errs...)
}

// carrying is what nodes have, and what they are to have.
type carrying struct {
	src     *Sources
	blobs   *hub.Blobs
	carried map[string]fleet.List
	orders  map[string]admin.OrderOnWay
}

// carry has nodes have a list: one of an authority by rings, if it is another than all have.
func (c *carrying) carry(ctx context.Context, l *List) error {
	name := l.Feed.Name
	was, there := c.carried[name]
	former := was.SHA256
	head, err := json.Marshal(&l.Carried)
	if err != nil {
		return err
	}
	is, sum := identity(l.Carried), sha256.Sum256(head)
	before := hex.EncodeToString(sum[:]) // as versions before said what it is
	same := func(o fleet.List) bool {    // the ledger may have come to another machine
		return (o.Is == is || o.Is == before) && o.Digest == l.Copy.Digest && c.blobs.Has(o.SHA256, o.Size)
	}
	order, onWay := c.orders[name]
	if onWay && same(order.List) {
		if order.Ring != fleet.All || order.Back {
			return nil // it is on its way, or held
		}
	} else if onWay && order.Ring != fleet.All && there && same(was) { // taken back before all had it
		return c.decide(ctx, admin.Order{Name: name})
	}
	if there && same(was) && l.Confirmed.Sub(was.Confirmed) < confirmedEvery {
		return nil
	}
	byRings := isOrder(l) && !(there && same(was))
	if !there || !same(was) {
		before := was
		if was.SHA256, was.Size, err = putList(c.blobs, head, l.Copy.Path); err != nil {
			return err
		}
		if was.Delta, err = putDelta(c.blobs, head, before, l.Copy.Path, was.Size); err != nil {
			c.src.Log.Warn("make the delta of a list", "feed", name, "error", err) // nodes take all of it
		}
	}
	was.Is, was.Digest, was.Confirmed = is, l.Copy.Digest, l.Confirmed.UTC().Truncate(time.Second)
	if byRings {
		cfg, _ := c.src.InForce()
		err = c.decide(ctx, admin.Order{Name: name, List: &was, Trial: min(trial, cfg.Fleet.Orders.Canary)})
	} else {
		err = c.decide(ctx, admin.Carry{Name: name, List: &was})
	}
	if err == nil && former != was.SHA256 {
		err = keep(c.src, c.blobs, former, was.SHA256)
	}
	return err
}

// identity is what a list is, whichever of three hubs has fetched it, and when.
func identity(l config.Carried) string {
	l.Copy.Fetched, l.Copy.Verified = time.Time{}, time.Time{}
	text, _ := json.Marshal(&l) // what it has else was marshalled before
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// worthIt is which part of a list a delta may be at most.
const worthIt = 2

// putDelta keeps by what nodes that have the list before come to have the one of a path; nil if it
// is hardly shorter than that, or one of them is too large.
func putDelta(blobs *hub.Blobs, head []byte, before fleet.List, path string, size int64) (*fleet.ListDelta, error) {
	if before.SHA256 == "" || !blobs.Has(before.SHA256, before.Size) {
		return nil, nil
	}
	old, err := textOf(blobs, before)
	if err != nil || old == nil {
		return nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := readSome(file)
	if err != nil || text == nil {
		return nil, err
	}
	var packed bytes.Buffer
	out := gzip.NewWriter(&packed)
	_, err = out.Write(fleet.AppendDelta(append(bytes.Clone(head), '\n'), old, text))
	if err = errors.Join(err, out.Close()); err != nil || int64(packed.Len()) > size/worthIt {
		return nil, err
	}
	d := &fleet.ListDelta{From: before.Digest}
	d.SHA256, d.Size, err = blobs.Put(&packed)
	if err != nil {
		return nil, err
	}
	return d, nil
}

// textOf is the text of a list that is kept; nil if it is too large.
func textOf(blobs *hub.Blobs, l fleet.List) ([]byte, error) {
	file, err := os.Open(blobs.Path(l.SHA256))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	packed, err := gzip.NewReader(bufio.NewReader(file))
	if err != nil {
		return nil, err
	}
	in := bufio.NewReader(packed)
	for more := true; more; { // what it is
		_, err := in.ReadSlice('\n')
		if more = errors.Is(err, bufio.ErrBufferFull); err != nil && !more {
			return nil, err
		}
	}
	text, err := readSome(in)
	if sum := sha256.Sum256(text); err == nil && text != nil && hex.EncodeToString(sum[:]) != l.Digest {
		return nil, errors.New("the list before is damaged")
	}
	return text, err
}

// readSome reads a text; nil if it is too large for a delta.
func readSome(from io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(from, fleet.MaxDeltaText+1))
	if err != nil || len(text) > fleet.MaxDeltaText {
		return nil, err
	}
	return text, nil
}

// drop has nodes have a list no more.
func (c *carrying) drop(ctx context.Context, name string) error {
	var errs []error
	if _, there := c.orders[name]; there {
		errs = append(errs, c.decide(ctx, admin.Order{Name: name}))
	}
	if _, there := c.carried[name]; there {
		errs = append(errs, c.decide(ctx, admin.Carry{Name: name}))
	}
	return errors.Join(errs...)
}

func (c *carrying) decide(ctx context.Context, what admin.Decision) error {
	_, err := c.src.Desk.Decide(ctx, hubActor(), what, admin.How{})
	return err
}

// isOrder reports whether a list carries out orders of an authority.
func isOrder(l *List) bool {
	return l.Feed.Authority != (config.Authority{}) || len(l.Copy.Documents) > 0
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
	keep := map[string]bool{}
	for digest := range needed(src.Ledger.State()) {
		keep[digest] = true
	}
	for _, digest := range also {
		keep[digest] = true
	}
	return blobs.Keep(keep)
}

// needed are the sizes of the files that nodes may have to have, by their digests.
func needed(state *ledger.State) map[string]int64 {
	files := map[string]int64{}
	for v := range state.Kind("release/") {
		var r fleet.Release
		if v.New != nil && json.Unmarshal(v.New, &r) == nil && r.SHA256 != "" {
			files[r.SHA256] = r.Size
		}
	}
	list := func(l *fleet.List) {
		if files[l.SHA256] = l.Size; l.Delta != nil {
			files[l.Delta.SHA256] = l.Delta.Size
		}
	}
	for _, l := range admin.Carried(state) {
		list(&l)
	}
	for _, o := range admin.Orders(state) {
		list(&o.List)
		if o.Before != nil {
			list(o.Before)
		}
		if o.Former != nil {
			list(&o.Former.List)
		}
	}
	delete(files, "")
	return files
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
