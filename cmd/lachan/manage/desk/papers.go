package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"lachan/admin"
	"lachan/blocklist/feed"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/job"
	"lachan/internal/durable"
	"lachan/internal/wording"
)

// papers are the tables of orders that were handed over. state_dir/tables/SHA256 is one as
// it came, state_dir/tables/AUTHORITY.NUMBER/SHA256-DOCUMENT.csv what the feed of its
// authority reads of it. Which of them there are is what the ledger says.
type papers struct{ *Office }

// CheckTable says what a table comes to, or why it cannot be used at all.
func (p papers) CheckTable(ctx context.Context, t *admin.OrderTable) (r admin.TableReport, err error) {
	cfg, _, _ := p.src.InForce()
	switch {
	case config.AuthorityFeed(cfg, t.Authority) == nil:
		return r, wording.Error(textNoList.With(t.Authority))
	case !slices.Contains([]string{".csv", ".txt", ".xlsx"}, strings.ToLower(filepath.Ext(t.File))):
		return r, wording.Error(textNoTable)
	case p.full(len(t.Data)):
		return r, wording.Error(textTablesFull.With(mostTables >> 20))
	}
	clean, err := p.clean(ctx, t)
	if err != nil {
		return r, err
	}
	r = admin.TableReport{Entries: clean.Entries, Twice: clean.Twice, Refused: clean.Refused}
	for _, row := range clean.First {
		r.Rows = append(r.Rows, admin.RefusedRow(row))
	}
	for _, e := range clean.Doubtful {
		r.Doubtful = append(r.Doubtful, e.Name)
	}
	return r, nil
}

// mostTables bounds the tables in force of all authorities, in bytes as they came.
const mostTables = 256 << 20

// full reports whether there is no room for so many bytes more.
func (p papers) full(more int) bool {
	size := int64(more)
	entries, _ := os.ReadDir(p.tables()) // without it there are none
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
			size += info.Size()
		}
	}
	return size > mostTables
}

// clean reads a table in a process of its own.
func (p papers) clean(ctx context.Context, t *admin.OrderTable) (job.CleanTable, error) {
	cfg, _, _ := p.src.InForce()
	of := config.AuthorityFeed(cfg, t.Authority)
	if of == nil {
		return job.CleanTable{}, wording.Error(textNoList.With(t.Authority))
	}
	return p.src.Clean(ctx, job.OrderTable{
		Authority: of.Authority.Name, Document: t.Document, Timezone: cfg.Timezone,
		Categories: of.EntryCategories(), Data: t.Data,
	})
}

func (p papers) tables() string { return filepath.Join(p.state, "tables") }

// Keep puts a table on the disk.
func (p papers) Keep(t *admin.OrderTable) (cancel func(), err error) {
	p.papersMu.Lock()
	defer p.papersMu.Unlock()
	if err := os.MkdirAll(p.tables(), 0o700); err != nil {
		return nil, err
	}
	if err := durable.WriteFile(filepath.Join(p.tables(), t.Digest), t.Data, 0o600); err != nil {
		return nil, err
	}
	p.coming[t.Digest] = true
	return func() {
		p.papersMu.Lock()
		defer p.papersMu.Unlock()
		delete(p.coming, t.Digest)
		_ = p.tidyTables() // what stays costs space, until the next order
	}, nil
}

// Settle makes what is in force of an authority what the ledger says.
func (p papers) Settle(ctx context.Context, authority string) (inForce bool, err error) {
	p.papersMu.Lock()
	defer p.papersMu.Unlock()
	cfg, _, _ := p.src.InForce()
	want, folder := admin.Tables(p.Ledger.State(), authority), p.folder(authority)
	if folder == "" {
		folder = fmt.Sprintf("%s.%d", authority, p.Ledger.Head().Seq)
	}
	if err := p.fill(ctx, filepath.Join(p.tables(), folder), want); err != nil {
		return false, err
	}
	name := config.HandedOver(folder)
	if there := cfg.Feed(name).Name != ""; there != (len(want) > 0) {
		if err := p.src.Restructure(ctx); err != nil {
			return false, err
		}
	}
	if len(want) == 0 {
		return true, feed.Forget(ctx, p.src.Feeds, name)
	}
	return p.src.Listed(ctx, name)
}

// folder is the name of the folder of an authority; "" if it has none.
func (p papers) folder(authority string) string {
	entries, _ := os.ReadDir(p.tables()) // without it there are none
	for _, e := range entries {
		if of, _, ok := strings.Cut(e.Name(), "."); ok && of == authority && e.IsDir() {
			return e.Name()
		}
	}
	return ""
}

// fill has the folder of an authority hold some tables and nothing else.
func (p papers) fill(ctx context.Context, dir string, want []admin.OrderTable) error {
	stay := map[string]bool{}
	for i := range want {
		t := &want[i]
		delete(p.coming, t.Digest) // the ledger has it
		of := sha256.Sum256([]byte(t.Document))
		name := t.Digest + "-" + hex.EncodeToString(of[:8]) + ".csv"
		stay[name] = true
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			continue
		}
		if err := p.putTable(ctx, filepath.Join(dir, name), t); err != nil {
			return err
		}
	}
	if err := removeBut(dir, func(name string) bool { return stay[name] }); err != nil {
		return err
	}
	if len(want) == 0 {
		_ = os.Remove(dir) // an empty one is none
	}
	return p.tidyTables()
}

// tidyTables removes the tables that no order needs. The caller holds papersMu.
func (p papers) tidyTables() error {
	kept := maps.Clone(p.coming)
	for v := range p.Ledger.State().Kind("order/") {
		for _, t := range admin.Tables(p.Ledger.State(), v.Unit) {
			kept[t.Digest] = true
		}
	}
	stays := func(name string) bool { return kept[name] || len(name) != hex.EncodedLen(sha256.Size) }
	return removeBut(p.tables(), stays)
}

// putTable writes what the feed of an authority reads of a table.
func (p papers) putTable(ctx context.Context, path string, t *admin.OrderTable) (err error) {
	if t.Data, err = os.ReadFile(filepath.Join(p.tables(), t.Digest)); err != nil {
		return fmt.Errorf("read the table of an order: %w", err)
	}
	clean, err := p.clean(ctx, t)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return durable.WriteFile(path, clean.Rows, 0o600)
}

// removeBut removes the files of a folder but those that stay.
func removeBut(dir string, stays func(name string) bool) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if !e.IsDir() && !stays(e.Name()) {
			err = errors.Join(err, os.Remove(filepath.Join(dir, e.Name())))
		}
	}
	return err
}

// SettleTables makes the tables of all authorities what the ledger says: a process that
// ended between a record and its table, or a ledger that was restored, leaves them apart.
func (o *Office) SettleTables(ctx context.Context) {
	p := papers{o}
	authorities := view{o}.Authorities()
	for _, authority := range authorities {
		if p.folder(authority) == "" && len(admin.Tables(o.Ledger.State(), authority)) == 0 {
			continue
		}
		if _, err := p.Settle(ctx, authority); err != nil && ctx.Err() == nil {
			o.src.Log.Error("put tables of orders in force", "authority", authority, "error", err)
		}
	}
}

var (
	textNoTable = wording.Text{
		VI: "chỉ nhận tệp .csv, .txt hoặc .xlsx",
		EN: "only .csv, .txt and .xlsx are taken",
	}
	textNoList = wording.Text{
		VI: "cơ quan %q không có danh sách chặn nào trong lachan.yaml (feeds: authority:), nên bảng không có quyền gì",
		EN: "lachan.yaml has no list of authority %q that blocks (feeds: authority:), so its table may do nothing",
	}
	textTablesFull = wording.Text{
		VI: "các bảng đang hiệu lực đã đủ %d MiB; hãy thu hồi bớt văn bản cũ",
		EN: "the tables in force have reached %d MiB; take old orders back first",
	}
)
