package site

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"sync"
	"time"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/blocklist/feed"
	"lachan/blocklist/format"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/impact"
	"lachan/console/frame"
	"lachan/internal/wording"
)

// Lists that are not in use are tried one after the other, and what was found waits for
// the account that asked.

const (
	mostTrials   = 32 // that are kept or wait
	mostTrialsOf = 4  // of them of one account
	trialsKept   = time.Hour
)

// A trial is a list that is tried, and for whom.
type trial struct {
	frame.Trial
	by   string
	feed config.Feed
}

// trials are those that are kept, and those that wait.
type trials struct {
	src   *Sources
	mu    sync.Mutex
	list  []*trial // mu; the oldest first
	queue chan *trial
}

func newTrials(src *Sources) *trials { return &trials{src: src, queue: make(chan *trial, mostTrials)} }

// ask has a list tried: one of the catalogue by its name, or of an address with a category.
func (k *trials) ask(by account.Actor, name, address, category string) error {
	now := time.Now()
	if tree := k.src.Office.Tree(); !by.May(account.Lists, "", tree, now) {
		who := account.WhoMay(account.Lists, "", tree)
		return &admin.Refusal{Kind: admin.NotAllowed, Text: textMayNotTry, WhoMay: who}
	}
	wish := admin.List{Name: name, URL: address, Category: category}
	if address != "" {
		wish.Name = ""
	}
	is, err := k.src.Office.Choosable(wish)
	if err != nil {
		return err
	}
	f := config.Feed{
		Name: is.Name, URL: is.URL, Category: is.Category,
		Format: format.Format(is.Format), Subdomains: true, MaxBytes: feed.DefaultMaxBytes,
	}
	u, err := url.Parse(is.URL)
	if err != nil {
		return err
	}
	_, rules, _, _ := k.src.InForce()
	t := &trial{by: by.ID, feed: f, Trial: frame.Trial{
		Name: f.Name, Host: u.Hostname(), Category: f.Category, Address: f.URL,
		Label: categoryOf(rules.Policy(), f.Category), Asked: now,
	}}
	return k.put(t)
}

// put queues a trial. The oldest ended ones give way; what waits does not.
func (k *trials) put(t *trial) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.list = slices.DeleteFunc(k.list, func(o *trial) bool {
		over := !o.Ended.IsZero()
		return over && t.Asked.Sub(o.Ended) > trialsKept || over && o.by == t.by && o.feed.URL == t.feed.URL
	})
	for _, most := range []struct {
		count int
		of    func(*trial) bool
	}{{mostTrialsOf, func(o *trial) bool { return o.by == t.by }}, {mostTrials, func(*trial) bool { return true }}} {
		count, oldest := 0, -1
		for i, o := range k.list {
			if most.of(o) {
				if count++; oldest < 0 && !o.Ended.IsZero() {
					oldest = i
				}
			}
		}
		switch {
		case count < most.count:
		case oldest < 0:
			return &admin.Refusal{Kind: admin.Standing, Text: textTrialsFull}
		default:
			k.list = slices.Delete(k.list, oldest, oldest+1)
		}
	}
	select {
	case k.queue <- t:
		k.list = append(k.list, t)
		return nil
	default:
		return &admin.Refusal{Kind: admin.Standing, Text: textTrialsFull}
	}
}

// of are the trials that somebody has asked for, the newest first.
func (k *trials) of(by account.Actor) (list []frame.Trial) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, t := range slices.Backward(k.list) {
		if t.by == by.ID {
			list = append(list, t.Trial)
		}
	}
	return list
}

// try tries what is asked for until ctx is done.
func (k *trials) try(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case t := <-k.queue:
			found, err := k.src.Try(ctx, t.feed)
			k.end(t, &found, err)
		}
	}
}

// end says what came of a trial.
func (k *trials) end(t *trial, found *impact.Trial, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	t.Ended = time.Now()
	if err != nil {
		t.Why = textTrialFailed
		if told := (*feed.Error)(nil); errors.As(err, &told) {
			t.Why = told.Text
		}
		k.src.Log.Warn("try a list", "host", t.Host, "error", wording.ErrorIn(err, wording.English))
		return
	}
	t.Format = found.Format
	t.Found = frame.Found{
		Format: found.Format, Bytes: found.Bytes, Entries: found.Entries, Rejected: found.Rejected,
		Fresh: found.Names, Asked: found.Asked, Of: found.Of, Shared: found.Shared,
		Core: found.CoreNames, CoreHits: found.CoreHits, Exceptions: found.Opened,
	}
	for _, n := range found.Top {
		t.Found.FreshNames = append(t.Found.FreshNames, n.Name)
	}
	t.YAML = fmt.Sprintf("  - {name: %s, url: %q, format: %s, category: %s}", t.feed.Name, t.feed.URL, found.Format, t.feed.Category)
}

var (
	textMayNotTry   = wording.Text{VI: "tài khoản này không được thử danh sách mới", EN: "this account may not try new lists"}
	textTrialsFull  = wording.Text{VI: "Đang có quá nhiều danh sách chờ thử; hãy thử lại sau ít phút.", EN: "Too many lists are waiting to be tried; try again in a few minutes."}
	textTrialFailed = wording.Text{VI: "Chưa thử được danh sách này; hãy thử lại, hoặc xem nhật ký của máy chủ.", EN: "This list could not be tried; try again, or see the server's log."}
)
