// Package evidence makes the pack that shows an inspection how a unit was protected in a
// period, and verifies one: for `lachan evidence`, and for the server, which makes those that
// are asked for in the console. FORMAT.md says what its members are; package pack is its file.
package evidence

import (
	"bytes"
	"cmp"
	"context"
	"crypto/ed25519"
	"fmt"
	"os"
	"time"

	"lachan/admin/ledger"
	"lachan/blocklist/feed"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/evidence/pack"
	"lachan/internal/wording"
	"lachan/metrics/report"
	"lachan/metrics/report/figures"
	"lachan/policy"
	"lachan/policy/catalogue"
)

// Sources are what a pack is made of. Nothing of it depends on when it is made, but At.
type Sources struct {
	Config *config.Config
	Policy *policy.Policy
	Facts  *catalogue.Catalogue
	Orders []figures.Order
	Status func(feed string) (feed.Status, error)
	// Model is the report of the unit on the period, as known at At.
	Model *report.Model
	// Document draws the report in a format.
	Document func(ctx context.Context, format string) ([]byte, error)
	// At is what the pack is as of; see AsOf.
	At time.Time
	// Most is how many bytes the members have at most; 0 is as many as a pack may have.
	Most int
}

// ErrLarge is the error of a pack that has more than Most bytes.
var ErrLarge = wording.Error(textLarge)

// AsOf is what a pack on a period is as of, made at a moment: the end of a period that is over,
// so that it is the same whenever it is made.
func AsOf(p figures.Period, now time.Time) time.Time {
	if !now.Before(p.End) {
		return p.End
	}
	return now.In(p.End.Location()).Truncate(time.Second)
}

// File is how a pack of a unit on a period is called.
func File(unit, period string) string {
	return "ho-so-" + cmp.Or(unit, "all") + "-" + period + ".zip"
}

// MediaType is that of a pack.
const MediaType = "application/zip"

// A maker makes one pack.
type maker struct {
	Sources
	speaker
	unit    string
	period  figures.Period
	within  map[string]bool // the unit and all below it; nil: everything
	key     ed25519.PrivateKey
	decided *decided
	members []pack.Member
	titles  []title // of the members, in the order of the index
}

// A title is what people read of a member.
type title struct{ Name, Title, About string }

// Make makes the pack of a unit on the period of the report; "" is everything. The key of the
// ledger signs it.
func Make(ctx context.Context, src Sources) ([]byte, error) {
	dir := config.LedgerDir(src.Config)
	key, err := ledger.SigningKey(dir)
	if err != nil {
		return nil, err
	}
	m := &maker{
		Sources: src, key: key, unit: src.Model.Data.Unit, period: src.Model.Data.Period,
		speaker: speaker{
			zone: src.Config.Timezone.Location, names: map[string]string{}, categories: src.Model.Data.Categories,
		},
	}
	for _, id := range policy.Below(src.Policy, m.unit) {
		if m.within == nil && m.unit != "" {
			m.within = map[string]bool{m.unit: true}
		}
		if m.unit != "" {
			m.within[id] = true
		}
	}
	for g, unit := range src.Policy.Groups() {
		if g != 0 {
			m.names[unit.UnitID()] = cmp.Or(unit.Name, unit.UnitID())
		}
	}
	for _, step := range []func(context.Context) error{
		m.report, m.coverage, m.orders, m.lists, m.ledger, m.witnesses, m.exceptions, m.requests, m.selfTests,
		m.nodeTests, m.privacy,
	} {
		if err := step(ctx); err != nil {
			return nil, fmt.Errorf("make an evidence pack: %w", err)
		}
		if m.over(0) {
			return nil, ErrLarge
		}
	}
	if err := m.index(); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	seal := pack.Seal{
		AsOf: m.At, From: m.period.Start, To: m.period.End, Node: src.Config.NodeName(), Period: m.period.Code,
		Unit: m.unit,
	}
	if err := pack.Write(&b, seal, key, m.members); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// holds reports whether a unit is the one that the pack is of, or below it.
func (m *maker) holds(unit string) bool { return m.within == nil && m.unit == "" || m.within[unit] }

// over reports whether the members are too many bytes, with some more.
func (m *maker) over(more int) bool {
	for i := range m.members {
		more += len(m.members[i].Text)
	}
	return more > cmp.Or(m.Most, pack.MostBytes)
}

// add adds a member.
func (m *maker) add(name, called, about string, text []byte) {
	m.members = append(m.members, pack.Member{Name: name, Text: text})
	m.titles = append(m.titles, title{name, called, about})
}

// report adds the report as people and as programs read it.
func (m *maker) report(ctx context.Context) error {
	text, err := m.Document(ctx, "pdf")
	if err != nil {
		return err
	}
	m.add("report.pdf", "Báo cáo", "Báo cáo của đơn vị trong kỳ, theo mẫu của Nghị định 30/2020/NĐ-CP; số liệu có mã băm ở phụ lục.", text)
	var b bytes.Buffer
	if err := m.Model.WriteJSON(&b); err != nil {
		return err
	}
	m.add("report.json", "Báo cáo cho chương trình", "Nội dung của report.pdf và mọi số liệu trong đó; "+
		"`lachan report --verify report.json` tính lại mã băm.", b.Bytes())
	return nil
}

// coverage adds how much of the period is known of each school, and of each node.
func (m *maker) coverage(context.Context) error {
	schools := table{columns: []string{
		"Mã trường", "Trường", "Xã, phường", "Tỷ lệ thời gian học được bảo vệ", "Số lượt truy vấn", "Số lượt bị chặn", "Ghi chú",
	}}
	for _, s := range m.Model.Data.Schools {
		schools.row(s.ID, s.Name, cmp.Or(m.names[s.Commune], s.Commune), s.Coverage.String(), s.Queries.String(),
			s.Blocked.String(), join(s.Notes))
	}
	m.table("coverage.csv", "Độ đầy đủ của số liệu, từng trường", "– là không có số liệu, * là số liệu ẩn vì quá nhỏ; "+
		"không nơi nào coi không có số liệu là 0.", schools)
	nodes := table{columns: []string{"Nút", "Có số liệu đến", "Thiếu cuối kỳ", "Tỷ lệ thời gian hoạt động", "Ghi chú"}}
	for _, n := range m.Model.Data.Coverage.Nodes {
		note := ""
		switch {
		case n.Retired:
			note = "đã ngừng hẳn"
		case n.Never:
			note = "chưa từng gửi số liệu"
		}
		nodes.row(n.Node, n.Until, yes(n.Short), n.Up.String(), note)
	}
	m.table("nodes.csv", "Độ đầy đủ của số liệu, từng nút", "Nút là máy trả lời truy vấn; nút thiếu số liệu được nêu tên.", nodes)
	return nil
}

// exists reports whether a file or folder is there.
func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
