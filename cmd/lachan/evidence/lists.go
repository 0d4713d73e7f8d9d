package evidence

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"lachan/blocklist/release"
	"lachan/blocklist/version"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/evidence/pack"
	"lachan/internal/wording"
)

// Which lists answers went by on each day, and what their publishers have signed.

// Names in the pack of what was signed.
const (
	signedFolder   = "signed/"
	manifestSuffix = ".manifest.json"
	signSuffix     = ".minisig"
	keySuffix      = ".pub"
)

// lists adds a row for each day and each version in force on it, and the signatures of these.
func (m *maker) lists(context.Context) error {
	log, _, err := version.Open(config.VersionsFile(m.Config), m.zone)
	if err != nil {
		return err
	}
	of := map[string][]version.Record{} // by feed
	for _, r := range log.Records() {
		if r.InForce.Before(m.At) {
			of[r.Feed] = append(of[r.Feed], r)
		}
	}
	for i := range m.Config.Feeds {
		if name := m.Config.Feeds[i].Name; of[name] == nil {
			of[name] = []version.Record{}
		}
	}
	t := table{columns: []string{
		"Ngày", "Danh sách", "Nhóm nội dung", "Cơ quan", "Phiên bản", "SHA-256", "Số mục", "Có hiệu lực từ", "Số phiên bản trong ngày",
		"Nơi phát hành ký lúc", "Mã khóa ký", "Tệp chữ ký",
	}}
	files := map[string]bool{}
	for at := m.period.Start; at.Before(m.At); at = at.AddDate(0, 0, 1) {
		for _, feed := range slices.Sorted(maps.Keys(of)) {
			day, category := at.Format(time.DateOnly), m.category(m.Config.Feed(feed).Category)
			list := onDay(of[feed], at, at.AddDate(0, 0, 1))
			if list == nil {
				t.row(day, feed, category, "", "", "không có bản ghi", "", "", "", "", "", "")
			}
			for _, r := range list {
				file := ""
				if r.Key != "" {
					file = m.signed(&r, files)
				}
				t.row(day, feed, category, r.Authority, number(r.Version), r.Digest, fmt.Sprint(r.Entries),
					m.moment(r.InForce), fmt.Sprint(max(r.Of, 1)), m.moment(r.Signed), cmp.Or(r.Key, "không ký"), file)
			}
		}
	}
	m.table("lists.csv", "Danh sách có hiệu lực từng ngày", "Mỗi ngày, mỗi danh sách: phiên bản có hiệu lực lúc đầu ngày và các phiên bản "+
		"có hiệu lực trong ngày, mã băm, khóa đã ký. “không có bản ghi”: máy chưa có danh sách ấy, hoặc chưa ghi lại điều này.", t)
	m.keys(of)
	return nil
}

// onDay are the versions in force at the beginning of a day, and those that came in force on it. It
// is nil if nothing is known.
func onDay(all []version.Record, begin, end time.Time) (list []version.Record) {
	for _, r := range all {
		if !r.InForce.Before(end) {
			break
		}
		if !r.InForce.After(begin) {
			list = list[:0]
		}
		list = append(list, r)
	}
	return slices.DeleteFunc(list, func(r version.Record) bool { return r.Digest == "" })
}

// signed adds what the publisher has signed of a version, once, and returns the name of its
// signature; "" if it was not kept.
func (m *maker) signed(r *version.Record, files map[string]bool) string {
	name := signedFolder + r.Feed + "-" + r.Digest[:min(len(r.Digest), 16)]
	if there, was := files[name]; was {
		if !there {
			return ""
		}
		return name + signSuffix
	}
	s, ok := version.SignedIn(config.SignedDir(m.Config), r.Feed, r.Digest)
	files[name] = ok
	if !ok {
		return ""
	}
	about := fmt.Sprintf("Danh sách %s, phiên bản %s", r.Feed, number(r.Version))
	if s.Message != "" {
		m.add(name+manifestSuffix, "Bản kê đã ký", about+": có mã băm SHA-256 của danh sách.", []byte(s.Message))
	}
	m.add(name+signSuffix, "Chữ ký của nơi phát hành", about+": chữ ký minisign.", []byte(s.Signature))
	return name + signSuffix
}

// keys adds the public keys that are pinned for the feeds.
func (m *maker) keys(of map[string][]version.Record) {
	for i := range m.Config.Feeds {
		f := &m.Config.Feeds[i]
		for n, key := range f.Verify.Minisign {
			text, err := key.MarshalText()
			used := func(r version.Record) bool { return r.Key == key.ID() }
			if err != nil || !slices.ContainsFunc(of[f.Name], used) {
				continue
			}
			name := fmt.Sprintf("%s%s-%d%s", signedFolder, f.Name, n+1, keySuffix)
			m.add(name, "Khóa công khai của nơi phát hành", "Danh sách "+f.Name+": hãy so với khóa do chính cơ quan cung cấp.",
				fmt.Appendf(nil, "untrusted comment: minisign public key %s\n%s\n", key.ID(), text))
		}
	}
}

// errNoKey is the error of a signature for which there is no key in the pack.
var errNoKey = errors.New("no key in the pack has made it")

// listed checks the signatures of manifests by the keys beside them, and that the manifests name
// the digests of the table.
func listed(p *pack.Pack) error {
	var keys release.Keys
	for _, member := range p.Members {
		if !strings.HasPrefix(member.Name, signedFolder) || !strings.HasSuffix(member.Name, keySuffix) {
			continue
		}
		_, line, _ := strings.Cut(string(member.Text), "\n")
		var k release.Key
		if err := k.UnmarshalText([]byte(strings.TrimSpace(line))); err != nil {
			return wrong(member.Name, textUnread.With(err))
		}
		keys = append(keys, k)
	}
	table, _ := p.Text("lists.csv")
	for _, member := range p.Members {
		name, is := strings.CutSuffix(member.Name, manifestSuffix)
		if !is || !strings.HasPrefix(name, signedFolder) {
			continue
		}
		signature, _ := p.Text(name + signSuffix)
		if _, err := keys.Verify(bytes.NewReader(member.Text), signature); err != nil {
			if errors.Is(err, release.ErrUnknownKey) {
				err = errNoKey
			}
			return wrong(name+signSuffix, textUnread.With(err))
		}
		manifest, err := release.Decode(member.Text)
		if err != nil {
			return wrong(member.Name, textUnread.With(err))
		}
		sum := manifest.Content.SHA256
		if !strings.HasSuffix(name, "-"+sum[:16]) || !bytes.Contains(table, []byte(sum)) {
			return wrong(member.Name, textNotListed.With(sum))
		}
	}
	return nil
}

var textNotListed = wording.Text{
	VI: "bản kê là của danh sách có mã băm %s, mà lists.csv không có",
	EN: "the manifest is of the list with the digest %s, which lists.csv does not have",
}
