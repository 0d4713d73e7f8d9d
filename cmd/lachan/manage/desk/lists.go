package desk

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"lachan/admin"
	"lachan/blocklist/feed"
	"lachan/blocklist/feed/doubt"
	"lachan/blocklist/format"
	"lachan/cmd/lachan/config"
	"lachan/internal/wording"
)

// lists are the feeds of the configuration.
type lists struct{ *Office }

const (
	mostAddress  = 2000 // characters
	mostFeedName = 40
	// All lists that may be chosen are read: this does not compile if fewer are.
	_ = uint(config.MostChosen - admin.MostLists)
)

// Choosable is a list that somebody wants to be tried or used: one of the catalogue if it
// has no address, and called by its address if it has no name.
func (o *Office) Choosable(wish admin.List) (admin.List, error) {
	if wish.URL == "" {
		for i := range o.src.Facts.Feeds {
			if is := &o.src.Facts.Feeds[i]; is.ID == wish.Name {
				wish.URL, wish.Format, wish.Category = is.URL, is.Format, is.Category
			}
		}
	}
	u, err := url.Parse(strings.TrimSpace(wish.URL))
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil || len(wish.URL) > mostAddress {
		return wish, &admin.Refusal{Kind: admin.Invalid, Field: "url", Text: textListAddress}
	}
	wish.URL = u.String()
	if wish.Name == "" {
		wish.Name = nameOfFeed(u)
	}
	var as format.Format
	if err := as.UnmarshalText([]byte(wish.Format)); err != nil {
		return wish, &admin.Refusal{Kind: admin.Invalid, Field: "format", Text: wording.Of(err)}
	}
	wish.Format = string(as)
	if i, known := o.src.Facts.Category(wish.Category); !known || o.src.Facts.Categories[i].AuthorityOnly {
		return wish, &admin.Refusal{Kind: admin.Invalid, Field: "category", Text: textListCategory}
	}
	f := config.Feed{Name: wish.Name, URL: wish.URL, Format: as, Category: wish.Category}
	if !f.Choosable() {
		return wish, &admin.Refusal{Kind: admin.Invalid, Field: "name", Text: textNotChoosable}
	}
	return wish, nil
}

// nameOfFeed is what a list is called by its address.
func nameOfFeed(u *url.URL) string {
	name := wording.Plain(u.Hostname()+"-"+strings.TrimSuffix(u.Path[strings.LastIndex(u.Path, "/")+1:], ".txt"), '-')
	return strings.Trim(name[:min(len(name), mostFeedName)], "-")
}

func (l lists) OfFile(name string) (place string, there bool) {
	cfg, _, _ := l.src.InForce()
	for i := range cfg.Feeds {
		if f := &cfg.Feeds[i]; f.Name == name && f.Chosen == 0 {
			return fmt.Sprintf("%s:%d", cfg.File(), cfg.LineOf(config.Item("feeds", i))), true
		}
	}
	return "", false
}

func (l lists) Forget(ctx context.Context, name string) error {
	return feed.Forget(ctx, l.src.Feeds, name)
}

func (l lists) Standing(name string) (s admin.ListStanding, known bool) {
	cfg, _, _ := l.src.InForce()
	f := cfg.Feed(name)
	if f == nil {
		return s, false
	}
	if f.Carried { // its versions are decided at the hub
		return s, true
	}
	s.Unit = f.Unit
	if s.Unit == "" && f.Authority.Name != "" {
		s.Unit = admin.AuthorityID(f.Authority.Name)
	}
	status, err := l.src.Feeds.Status(name)
	if err == nil {
		s.Held, s.Before = status.Held.Copy.Digest, status.Before().Digest
		if len(doubt.Waiting(status.Copy.Doubts)) > 0 {
			s.Doubtful = status.Copy.Digest
		}
	}
	return s, true
}

var errChanged = errors.New("another version has come meanwhile")

func (l lists) Use(ctx context.Context, name, verb, version, by string) (err error) {
	src, ok := l.src.Feed(name)
	if !ok {
		return fmt.Errorf("feed %q is gone", name)
	}
	if now, _ := l.Standing(name); now.Version(verb) != version {
		return errChanged
	}
	switch verb {
	case "approve":
		_, err = l.src.Feeds.Approve(ctx, src, by)
	case "reject":
		_, err = l.src.Feeds.Reject(ctx, src, by)
	case "roll_back":
		_, err = l.src.Feeds.Rollback(ctx, src, by)
	}
	if err == nil {
		l.src.Relisted()
	}
	return err
}

var (
	textListAddress  = wording.Text{VI: "hãy ghi địa chỉ công khai của danh sách, bắt đầu bằng https:// hoặc http://, không có mật khẩu", EN: "write the public address of the list, beginning with https:// or http://, without a password"}
	textListCategory = wording.Text{VI: "hãy chọn loại trang mà danh sách này chặn", EN: "choose the category that this list blocks"}
	textNotChoosable = wording.Text{
		VI: "tên gồm 1 đến 40 ký tự a-z, 0-9 và '-'; vùng chính sách (rpz) và danh sách có chữ ký thì viết trong lachan.yaml",
		EN: "a name has 1 to 40 of a-z, 0-9 and '-'; response policy zones and signed lists are written in lachan.yaml",
	}
)
