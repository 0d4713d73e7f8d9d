package counter

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"lachan/admin"
	"lachan/admin/ledger"
	"lachan/blocklist/order"
	"lachan/cmd/lachan/explain"
	"lachan/cmd/lachan/job"
	"lachan/cmd/lachan/source"
	"lachan/console/api"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
	"lachan/policy"
)

// A server tells what the API asks of the machine.
type server struct{ *Counter }

func (s server) Explain(_ context.Context, q api.Question) (any, error) {
	found, err := s.src.Explain(q.Name, explain.Question{Unit: q.Unit, Type: q.Type, At: q.At})
	if err != nil {
		return nil, Wrong(err)
	}
	return found, nil
}

// Wrong is what was wrong with a question, as a problem.
func Wrong(err error) error {
	return api.NewProblem(http.StatusUnprocessableEntity, "invalid", wording.Of(err))
}

func (s server) Feeds(context.Context) (list []api.Feed, _ error) {
	cfg, _, entries, since := s.src.InForce()
	for i := range cfg.Feeds {
		f := &cfg.Feeds[i]
		shown := api.Feed{
			Name: f.Name, Category: f.Category, Action: string(f.Action), LockedBy: f.LockedBy,
			Authority: f.Authority.Name, Unit: cmp.Or(f.Unit, admin.AuthorityID(f.Authority.Name)),
			Entries: entries[f.Name], InForce: moment(since[f.Name]), Chosen: f.Chosen,
		}
		if status, err := s.src.Status(f.Name); err == nil {
			shown.Rejected, shown.LastSuccess = status.Copy.Rejected, moment(status.LastSuccess)
			if status.Failure.EN != "" {
				shown.Error = wording.Text{VI: status.Failure.VI, EN: status.Failure.EN}.String()
			}
			if h := status.Held; h.Copy.Digest != "" {
				shown.Held = &api.Held{Version: h.Copy.Digest, Entries: h.Copy.Entries, VI: h.VI, EN: h.EN}
			}
		}
		list = append(list, shown)
	}
	return list, nil
}

// moment is a time, or nil if there is none.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (s server) Held(ctx context.Context, name string) (any, error) {
	cfg, _, _, _ := s.src.InForce()
	known := cfg.Feed(name).Name != ""
	var found any
	var err error
	if known {
		found, known, err = s.src.Held(ctx, name)
	}
	if err == nil && !known {
		return nil, api.NewProblem(http.StatusNotFound, "not-found", textNothingHeld.With(name))
	}
	return found, err
}

// Orders are those of the authorities that are seen.
func (s server) Orders(_ context.Context, sees func(authority string) bool) (any, error) {
	return order.OverviewOf(slices.DeleteFunc(s.src.Orders(), func(r order.Record) bool {
		return !sees(admin.AuthorityID(r.Authority))
	})), nil
}

func (s server) Report(ctx context.Context, q api.ReportQuestion) (api.File, error) {
	name, mediaType, text, err := s.src.Report(ctx, q)
	return api.File{Name: name, MediaType: mediaType, Text: text}, err
}

func (s server) Node(context.Context) api.Node {
	cfg, _, _, _ := s.src.InForce()
	missing, conditions := s.src.Ready(), []api.Condition{}
	for _, c := range s.src.Conditions() {
		conditions = append(conditions, api.Condition(c))
	}
	return api.Node{
		Name: cfg.NodeName(), Version: s.src.Version, Started: s.started, Ready: len(missing) == 0, Missing: missing,
		Conditions: conditions, Seq: s.src.Ledger.Head().Seq,
	}
}

func (s server) SelfTest() any { return s.src.SelfTest() }

func (s server) StartSelfTest() error {
	if err := s.src.StartSelfTest(); err != nil {
		return api.NewProblem(http.StatusConflict, "standing", wording.Of(err))
	}
	return nil
}

func (s server) Holding(unit string) (h api.Holding, known bool) {
	_, rules, _, _ := s.src.InForce()
	g, known := rules.Policy().GroupOf(unit)
	if !known || g == 0 {
		return h, false
	}
	holds := policy.Holding(rules, g)
	of := func(b *policy.Blocked) api.Blocked {
		return api.Blocked{
			Profile: b.Profile, Codes: b.Codes, Default: b.Default, Only: b.Only, SafeSearch: b.SafeSearch,
		}
	}
	return api.Holding{
		Unit: unit, Lessons: holds.Now.Equal(&holds.Lessons), Now: of(&holds.Now), In: of(&holds.Lessons),
	}, true
}

func (s server) Days(unit string, from time.Time, days int) (list []api.Day, err error) {
	_, rules, _, _ := s.src.InForce()
	p := rules.Policy()
	g, known := p.GroupOf(unit)
	if !known || g == 0 {
		return nil, api.NewProblem(http.StatusNotFound, "not-found", explain.NoUnit(p, unit))
	}
	calendar, year := p.Calendar(g), from.Year()
	first := time.Date(year, from.Month(), from.Day(), 12, 0, 0, 0, p.Location())
	for i := range days {
		day := first.AddDate(0, 0, i)
		list = append(list, api.Day{Day: day.Format(time.DateOnly), Lessons: p.LessonsOn(calendar, day)})
	}
	return list, nil
}

func (s server) At(client netip.Addr) (unit string, known bool) { return s.at(client) }

func (s server) Objects(kind, name string) (list []api.Object, err error) {
	prefix := kind + "/"
	if kind == "calendar" {
		prefix = kind
	}
	for v := range s.src.Ledger.State().Kind(prefix) {
		called := strings.TrimPrefix(v.Object, prefix)
		if v.New == nil || v.Unit != "" || name != "" && called != name || kind == "calendar" && called != "" {
			continue
		}
		list = append(list, api.Object{Name: called, Value: v.New, Home: "console", Seq: v.Seq})
	}
	cfg, _, _, _ := s.src.InForce()
	written, err := s.named.of(source.Origin(cfg))
	if err != nil {
		return nil, err
	}
	for _, n := range written {
		if n.Kind == kind && (name == "" || n.Name == name) {
			at := fmt.Sprintf("%s:%d", n.File, n.Line)
			list = append(list, api.Object{Name: n.Name, Value: n.Value, Home: at})
		}
	}
	slices.SortFunc(list, func(a, b api.Object) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

func (s server) Tapped() []admin.Period { return admin.TappedIn(s.src.Ledger) }

func (s server) Fleet(ctx context.Context) ([]api.FleetNode, error) { return s.src.Fleet.List(ctx) }

func (s server) Release(ctx context.Context) (api.FleetRelease, error) {
	return s.src.Fleet.Release(ctx)
}

func (s server) FleetOrders(ctx context.Context) ([]api.FleetOrder, error) {
	return s.src.Fleet.Orders(ctx)
}

func (s server) Head() api.Head {
	h := s.src.Ledger.Head()
	return api.Head{Seq: h.Seq, Hash: h.Hash, Sig: h.Sig}
}

// folder is where the ledger is.
func (s server) ledgerDir() string { return filepath.Join(s.folder, "ledger") }

// Export writes what is on the disk now, line by line: what is appended meanwhile may or
// may not be in it, but no half of it.
func (s server) Export(w io.Writer, all bool) error {
	if all {
		return s.src.Ledger.Export(w)
	}
	names, err := filepath.Glob(filepath.Join(s.ledgerDir(), "*.jsonl"))
	if err != nil {
		return err
	}
	slices.Sort(names)
	for _, name := range names {
		if err := copyLines(w, name); err != nil {
			return fmt.Errorf("export the ledger: %w", err)
		}
	}
	return nil
}

// copyLines copies the whole lines of a file.
func copyLines(w io.Writer, name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	whole, err := wholeLines(f)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, io.NewSectionReader(f, 0, whole))
	return err
}

// wholeLines is how many bytes of a file are lines that have ended.
func wholeLines(f *os.File) (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	tail := make([]byte, 4096)
	for end := info.Size(); end > 0; {
		begin := max(0, end-int64(len(tail)))
		part := tail[:end-begin]
		if _, err := f.ReadAt(part, begin); err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		if at := strings.LastIndexByte(string(part), '\n'); at >= 0 {
			return begin + int64(at) + 1, nil
		}
		end = begin
	}
	return 0, nil
}

func (s server) Verify(ctx context.Context, since ledger.Since) (v api.Verified, err error) {
	select {
	case s.one <- struct{}{}:
		defer func() { <-s.one }()
	case <-ctx.Done():
		return v, api.NewProblem(http.StatusServiceUnavailable, "busy", textVerifying)
	}
	rep, err := ledger.VerifyOpen(s.src.Ledger, since)
	if errors.Is(err, syscall.ENOSPC) { // console.yaml is written before it is compared
		return v, api.NewProblem(http.StatusServiceUnavailable, "trouble", textVerifyFull.With(err))
	}
	if err != nil {
		return v, err
	}
	return api.VerifiedOf(&rep), nil
}

func (s server) Policy(ctx context.Context) ([]byte, error) {
	if err := s.src.Ledger.WriteConsole(); err != nil { // what was decided a moment ago is in it
		return nil, err
	}
	cfg, _, _, _ := s.src.InForce()
	from := source.Origin(cfg)
	text, err := s.src.Exported(ctx, job.ExportOrder{
		Path: from.Path, Console: from.Console, Folder: cfg.PolicyDir(), Timezone: cfg.Timezone,
	})
	if problems := (yamlfile.Problems)(nil); errors.As(err, &problems) {
		return nil, Wrong(err)
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return nil, api.NewProblem(http.StatusServiceUnavailable, "trouble", textExportLate)
	case err != nil:
		return nil, api.NewProblem(http.StatusServiceUnavailable, "trouble", textExport.With(err))
	}
	return text, nil
}

// A value of an account in the ledger.
type accountValue struct {
	Name     string `json:"name"`
	Language string `json:"language"`
	Notify   string `json:"notify"`
}

func decodeAccount(text json.RawMessage) (v accountValue, ok bool) {
	return v, json.Unmarshal(text, &v) == nil
}
