package member

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"lachan/admin"
	"lachan/admin/ledger"
	"lachan/cmd/lachan/config"
	"lachan/fleet"
	"lachan/fleet/node"
)

// Lists come from the hub as it has verified them: each is a file that a record names by its
// digest. Here it becomes the copy of the feed, as if this machine had fetched it.

// A had is a list that is here.
type had struct {
	of   fleet.List
	feed config.Feed
}

// takeLists has the lists here that the hub has, and returns what they are, for lists.json;
// nil while one is on its way that was not here before. One that cannot be had stays what it
// was before, if it was here.
func (t *taken) takeLists(ctx context.Context, states []*ledger.State) (feeds []byte, err error) {
	want := map[string]fleet.List{}
	for _, s := range states {
		for name, l := range admin.Carried(s) {
			if !t.src.OwnList(name) { // what is called so here is this machine's
				want[name] = l
			}
		}
	}
	if t.lists == nil {
		t.lists = t.readLists()
	}
	t.orders.take(states, want)
	var errs []error
	changed, waits := false, false
	for name, l := range want {
		_, there := t.lists[name]
		other, err := t.haveList(ctx, name, l)
		switch {
		case errors.Is(err, errComing):
			t.coming, waits = true, waits || !there
		case err != nil:
			errs = append(errs, fmt.Errorf("list %s: %w", name, err))
		}
		changed = changed || other
	}
	for name := range t.lists {
		if _, wanted := want[name]; !wanted {
			delete(t.lists, name)
		}
	}
	if changed {
		t.src.Relisted()
	}
	if waits {
		return nil, errors.Join(errs...)
	}
	if !t.coming {
		errs = append(errs, os.RemoveAll(t.listsDir())) // what has come is the copies of feeds
	}
	var all []config.Feed
	for _, h := range t.lists {
		all = append(all, h.feed)
	}
	slices.SortFunc(all, func(a, b config.Feed) int { return strings.Compare(a.Name, b.Name) })
	feeds, err = json.Marshal(all)
	return feeds, errors.Join(append(errs, err)...)
}

// readLists are the lists that lists.json has, and which versions were kept.
func (t *taken) readLists() map[string]had {
	t.mu.Lock()
	kept := t.kept.Lists
	t.mu.Unlock()
	lists := map[string]had{}
	var all []config.Feed
	text, err := config.CarriedText(t.dir)
	if err == nil && json.Unmarshal(text, &all) == nil {
		for _, f := range all {
			lists[f.Name] = had{kept[f.Name], f}
		}
	}
	return lists
}

// haveList has a list here, and reports whether it is another than before.
func (t *taken) haveList(ctx context.Context, name string, l fleet.List) (changed bool, err error) {
	was, there := t.lists[name]
	switch {
	case !there || was.of.SHA256 != l.SHA256 || t.src.Digest(name) != l.Digest:
		return t.takeList(ctx, name, l)
	case was.of.Confirmed.Equal(l.Confirmed):
		return false, nil
	}
	if err = t.src.Confirm(ctx, name, l.Confirmed); err == nil {
		t.lists[name] = had{l, was.feed}
	}
	return false, err
}

// takeList is haveList of one that is not here.
func (t *taken) takeList(ctx context.Context, name string, l fleet.List) (changed bool, err error) {
	if err := os.MkdirAll(t.listsDir(), 0o700); err != nil {
		return false, err
	}
	if d := l.Delta; d != nil && t.noDelta[name] != d.SHA256 && t.src.Digest(name) == d.From {
		changed, err := t.takeDelta(ctx, name, l)
		if err == nil || errors.Is(err, errComing) || ctx.Err() != nil {
			return changed, err
		}
		t.src.Log.Warn("a delta of a list is of no use, all of it comes", "feed", name, "error", err)
		t.noDelta[name] = d.SHA256
	}
	packed, err := t.files.have(t.listsDir(), node.Blob{SHA256: l.SHA256, Size: l.Size})
	if err != nil {
		return false, err
	}
	file, err := os.Open(packed)
	if err != nil {
		return false, err
	}
	defer file.Close()
	is, text, err := openList(file)
	if err == nil && (is.Feed.Name != name || is.Copy.Digest != l.Digest) {
		err = errors.New("the file is of another list")
	}
	if err == nil {
		t.orders.coming(name, l.SHA256)
		changed, err = t.src.TakeList(ctx, is, l.Confirmed, text)
	}
	if err == nil {
		t.lists[name] = had{l, is.Feed}
		t.src.Log.Info("a list of the hub's has come", "feed", name, "bytes", l.Size)
	}
	return changed, t.orders.failed(name, l.SHA256, err)
}

// takeDelta is takeList of one that is made of the list here.
func (t *taken) takeDelta(ctx context.Context, name string, l fleet.List) (changed bool, err error) {
	packed, err := t.files.have(t.listsDir(), node.Blob{SHA256: l.Delta.SHA256, Size: l.Delta.Size})
	if err != nil {
		return false, err
	}
	file, err := os.Open(packed)
	if err != nil {
		return false, err
	}
	defer file.Close()
	is, delta, err := openList(file)
	if err == nil && (is.Feed.Name != name || is.Copy.Digest != l.Digest) {
		err = errors.New("the delta is of another list")
	}
	if err != nil {
		return false, err
	}
	before, err := t.src.Text(name)
	if err != nil {
		return false, err
	}
	defer before.Close()
	info, err := before.Stat()
	if err != nil {
		return false, err
	}
	t.orders.coming(name, l.SHA256)
	changed, err = t.src.TakeList(ctx, is, l.Confirmed, fleet.ApplyDelta(delta, before, info.Size()))
	if err == nil {
		t.lists[name] = had{l, is.Feed}
		t.src.Log.Info("a delta of a list of the hub's has come", "feed", name, "bytes", l.Delta.Size)
	}
	return changed, err
}

// openList reads what a list is; its text comes after that.
func openList(packed io.Reader) (is config.Carried, text io.Reader, err error) {
	plain, err := gzip.NewReader(bufio.NewReader(packed))
	if err != nil {
		return is, nil, err
	}
	in := bufio.NewReader(plain)
	head, err := readLine(in, fleet.MaxListHead)
	if err == nil {
		err = json.Unmarshal(head, &is)
	}
	return is, in, err
}

// readLine reads a line of at most so many bytes.
func readLine(in *bufio.Reader, most int) (line []byte, err error) {
	for {
		part, err := in.ReadSlice('\n')
		if line = append(line, part...); err == nil {
			return line, nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return nil, errors.Join(err, errors.New("it ends in what it is"))
		}
		if len(line) > most {
			return nil, fmt.Errorf("a line of more than %d bytes", most)
		}
	}
}

// writeLists writes which lists come from the hub, and returns how to take that back.
func (t *taken) writeLists(feeds []byte) (undo func() error, err error) {
	before, err := config.CarriedText(t.dir)
	switch {
	case err != nil && !errors.Is(err, os.ErrNotExist):
		return nil, err
	case bytes.Equal(before, feeds):
		return func() error { return nil }, config.WriteCarried(t.dir, feeds) // one of them may be damaged
	}
	return func() error { return config.WriteCarried(t.dir, before) }, config.WriteCarried(t.dir, feeds)
}

// listsDir has lists until they are the copies of feeds.
func (t *taken) listsDir() string { return filepath.Join(t.dir, "lists") }

// blobs are where the hubs have files.
func (t *taken) blobs() (urls []string) {
	for _, address := range t.is.hubs(t.trust) {
		urls = append(urls, "https://"+address+fleet.BlobPath)
	}
	return urls
}
