package site

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/cmd/lachan/report"
	"lachan/console/api"
	"lachan/console/frame"
	"lachan/console/statistics"
	"lachan/internal/dates"
	"lachan/internal/wording"
	"lachan/metrics/report/figures"
)

// A report takes from a tenth of a second to many minutes, as there are schools and days.
// Reports are made one after the other, and wait to be found by the account that asked.

const (
	mostPapers     = 64 // that are kept or wait
	mostPapersOf   = 8  // of them of one account
	paperTime      = 10 * time.Minute
	paperKept      = time.Hour
	paperHolds     = time.Minute     // in which the same question has the same answer
	paperWaits     = 3 * time.Second // of a page, for one that is wanted as a file
	mostPaperBytes = 64 << 20        // of a file
	papersRoom     = 16 << 20        // bytes of all files: for more, the oldest are forgotten, but never the latest
)

// A paper is a report, and for whom it is made.
type paper struct {
	frame.Paper
	by   account.Actor
	file *frame.File
	head uint64        // of the ledger when it was asked for
	done chan struct{} // closed when it is made, or cannot be
}

// papers are those that are kept, and those that wait.
type papers struct {
	src   *Sources
	mu    sync.Mutex
	list  []*paper // mu; the oldest first
	queue chan *paper
}

func newPapers(src *Sources) *papers {
	return &papers{src: src, queue: make(chan *paper, mostPapers)}
}

// open is the unfinished, or the lately made, paper of a question; nil if there is none.
func (k *papers) open(by account.Actor, q frame.PaperQuestion, head uint64, now time.Time) *paper {
	for _, p := range slices.Backward(k.list) {
		if p.by.ID != by.ID || p.PaperQuestion != q {
			continue
		}
		if p.head == head && (p.Ended.IsZero() || now.Sub(p.Ended) < paperHolds) {
			return p
		}
	}
	return nil
}

// ask is the paper of a question; what is not there is queued. It is nil if too many wait.
func (k *papers) ask(by account.Actor, q frame.PaperQuestion, label string, head uint64, now time.Time) *paper {
	k.mu.Lock()
	defer k.mu.Unlock()
	if p := k.open(by, q, head, now); p != nil {
		return p
	}
	k.list = slices.DeleteFunc(k.list, func(p *paper) bool { return !p.Ended.IsZero() && now.Sub(p.Ended) > paperKept })
	if !k.makeRoom(func(p *paper) bool { return p.by.ID == by.ID }, mostPapersOf) ||
		!k.makeRoom(func(*paper) bool { return true }, mostPapers) {
		return nil
	}
	p := &paper{by: by, head: head, done: make(chan struct{})}
	p.Paper = frame.Paper{
		ID: strings.ToLower(rand.Text()), PaperQuestion: q, Label: label, State: frame.PaperWaits, Asked: now,
	}
	select {
	case k.queue <- p:
	default:
		return nil
	}
	k.list = append(k.list, p)
	return p
}

// makeRoom forgets the oldest finished one of some if they are as many as there may be; it
// reports whether there is room.
func (k *papers) makeRoom(among func(*paper) bool, most int) bool {
	count, oldest := 0, -1
	for i, p := range k.list {
		if !among(p) {
			continue
		}
		if count++; oldest < 0 && !p.Ended.IsZero() {
			oldest = i
		}
	}
	if count < most {
		return true
	}
	if oldest < 0 {
		return false
	}
	k.list = slices.Delete(k.list, oldest, oldest+1)
	return true
}

// begin says that a paper is being made now.
func (k *papers) begin(p *paper) {
	k.mu.Lock()
	defer k.mu.Unlock()
	p.State = frame.PaperMaking
}

// end says what came of it.
func (k *papers) end(p *paper, file *frame.File, preview *statistics.Preview, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	p.Ended, p.State, p.file, p.Preview = time.Now(), frame.PaperMade, file, preview
	if err != nil {
		p.State, p.Why = frame.PaperFailed, textPaperFailed
		if told := (*api.Problem)(nil); errors.As(err, &told) && told.Status < http.StatusInternalServerError {
			p.Why = told.Wording()
		}
	}
	k.forget(p)
	close(p.done)
}

// forget forgets the oldest files that there is no room for beside a new one.
func (k *papers) forget(latest *paper) {
	size := 0
	for _, p := range k.list {
		if p.file != nil {
			size += len(p.file.Text)
		}
	}
	k.list = slices.DeleteFunc(k.list, func(p *paper) bool {
		over := size > papersRoom && p.file != nil && p != latest
		if over {
			size -= len(p.file.Text)
		}
		return over
	})
}

// shown is a paper as it is now, with how many are made before it.
func (k *papers) shown(p *paper) frame.Paper {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.asItIs(p)
}

func (k *papers) asItIs(p *paper) frame.Paper {
	now := p.Paper
	for _, before := range k.list {
		if before == p {
			break
		}
		if before.Ended.IsZero() {
			now.Ahead++
		}
	}
	return now
}

// of are the files that somebody has asked for, the newest first.
func (k *papers) of(by account.Actor) (list []frame.Paper) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, p := range slices.Backward(k.list) {
		if p.by.ID == by.ID && p.Format != "" {
			list = append(list, k.asItIs(p))
		}
	}
	return list
}

// file is a made one of somebody; nil if it is not there.
func (k *papers) file(by account.Actor, id string) *frame.File {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, p := range k.list {
		if p.by.ID == by.ID && p.ID == id {
			return p.file
		}
	}
	return nil
}

// makeReports makes what is asked for until ctx is done.
func (k *papers) makeReports(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case p := <-k.queue:
			k.begin(p)
			file, preview, err := k.makeReport(ctx, p.PaperQuestion)
			if err == nil && p.Format == frame.Evidence {
				file, err = k.handOut(ctx, p, file)
			}
			if told := (*api.Problem)(nil); err != nil && !errors.As(err, &told) {
				k.src.Log.Error("make a report", "unit", p.Unit, "period", p.Period, "error", err)
			}
			k.end(p, file, preview, err)
		}
	}
}

// handOut writes into the ledger that somebody was given an evidence pack. Without that line
// nobody is.
func (k *papers) handOut(ctx context.Context, p *paper, file *frame.File) (*frame.File, error) {
	sum := sha256.Sum256(file.Text)
	unit := p.Unit
	if unit == "all" {
		unit = ""
	}
	what := admin.HandOut{Unit: unit, Period: p.Period, SHA256: hex.EncodeToString(sum[:])}
	if _, err := k.src.Office.Decide(ctx, p.by, what, admin.How{}); err != nil {
		return nil, err
	}
	return file, nil
}

func (k *papers) makeReport(ctx context.Context, q frame.PaperQuestion) (*frame.File, *statistics.Preview, error) {
	ctx, cancel := context.WithTimeout(ctx, paperTime)
	defer cancel()
	if q.Unit == "" {
		q.Unit = "all"
	}
	if q.Format == "" {
		m, err := k.src.Draft(ctx, q.Unit, q.Period)
		if err != nil {
			return nil, nil, err
		}
		return nil, statistics.PreviewOf(m), nil
	}
	name, mediaType, text, err := k.src.Report(ctx, q)
	switch {
	case err != nil:
		return nil, nil, err
	case len(text) > mostPaperBytes:
		return nil, nil, api.NewProblem(http.StatusRequestEntityTooLarge, "too-large", textPaperLarge)
	}
	return &frame.File{Name: name, MediaType: mediaType, Text: text}, nil, nil
}

// askReport is a report, which is begun unless it is there or being made. It waits a
// little: most are made by then.
func (k *papers) askReport(ctx context.Context, by account.Actor, q frame.PaperQuestion) (frame.Paper, error) {
	period, err := k.period(q.Period)
	if err != nil {
		return frame.Paper{}, err
	}
	q.Period = period.Code
	p := k.ask(by, q, period.Label, k.src.Office.Ledger.Head().Seq, time.Now())
	if p == nil {
		return frame.Paper{}, &admin.Refusal{Kind: admin.Standing, Text: textPapersFull}
	}
	if q.Format == frame.Evidence {
		k.src.Log.Info("evidence pack asked for", "account", by.ID, "unit", q.Unit, "period", q.Period)
	}
	patience := paperWaits
	if q.Format == "" {
		patience = pageWaits
	}
	wait := time.NewTimer(patience)
	defer wait.Stop()
	select {
	case <-p.done:
	case <-wait.C:
	case <-ctx.Done():
	}
	return k.shown(p), nil
}

// calendar is what the names of periods depend on.
func (k *papers) calendar(now time.Time) figures.Calendar {
	cfg, _, _, _ := k.src.InForce()
	return cfg.Reports.Calendar(cfg.Timezone.Location, now)
}

// period is the one that somebody means, if it has begun.
func (k *papers) period(text string) (frame.Period, error) {
	now := time.Now()
	p, err := figures.ParsePeriod(text, k.calendar(now))
	if err != nil {
		return frame.Period{}, &admin.Refusal{Kind: admin.Invalid, Field: "period", Text: wording.Of(err)}
	}
	if now.Before(p.Start) {
		return frame.Period{}, &admin.Refusal{Kind: admin.Invalid, Field: "period", Text: textPeriodFuture.With(p.Label)}
	}
	return frame.Period{Code: p.Code, Label: p.Label, First: p.Start, Last: p.Last(), Over: !now.Before(p.End)}, nil
}

// usualPeriods are the periods on which reports are made at this time: the reporting year
// first while its report is due, then the month and the quarter that are over, then those
// that go on.
func (k *papers) usualPeriods(now time.Time) (list []frame.Period) {
	year := now.Format("2006")
	due := time.Date(now.Year(), yearIsDue.Month, yearIsDue.Day, 0, 0, 0, 0, now.Location())
	pressing := now.After(due.AddDate(0, 0, -yearIsNear)) && now.Before(due.AddDate(0, 0, 1))
	for _, text := range []string{"bc-" + year, "tháng trước", "quý trước", "tháng này", "quý này", "bc-" + year} {
		p, err := k.period(text)
		if isYear := strings.HasPrefix(text, "bc-"); err != nil || isYear && pressing != (len(list) == 0) {
			continue
		} else if isYear {
			p.Due = due
		}
		list = append(list, p)
	}
	return list
}

// yearIsDue is the last day of the report on a year, which has to be there before the 30th
// of November ends; it is near so many days before.
var yearIsDue = figures.Day{Month: time.November, Day: 30}

const yearIsNear = 45

// parts are what an officer may write, with what was written.
func (k *papers) parts(unit, period string) (list []frame.Part) {
	for _, p := range report.Parts() {
		text, seq := report.Words(k.src.Office.Ledger, unit, period, p.Key)
		list = append(list, frame.Part{Key: p.Key, Title: p.Title, Line: p.Line, Text: text, Seq: seq})
	}
	return list
}

var (
	textPaperFailed  = wording.Text{VI: "Chưa làm được báo cáo này; hãy thử lại, hoặc báo cho người quản trị máy chủ.", EN: "This report could not be made; try again, or tell those who run the server."}
	textPaperLarge   = wording.Text{VI: "Báo cáo quá lớn; hãy chọn kỳ ngắn hơn hoặc đơn vị nhỏ hơn.", EN: "The report is too large; choose a shorter period or a smaller unit."}
	textPapersFull   = wording.Text{VI: "Đang có quá nhiều báo cáo chờ được làm; hãy thử lại sau ít phút.", EN: "Too many reports are waiting to be made; try again in a few minutes."}
	textPeriodFuture = wording.Text{VI: "%s chưa bắt đầu, nên chưa có số liệu", EN: "%s has not begun, so there are no figures"}
)

// mistake is what is wrong with what somebody writes in a part of a report: numbers that
// look like a day and are none. Other words, and room for a pen, are printed as they stand.
func mistake(part, text string) wording.Text {
	text = strings.TrimSpace(text)
	if part != "date" || text == "" || strings.Trim(text, "0123456789/-. ") != "" || !strings.ContainsAny(text, "0123456789") {
		return wording.Text{}
	}
	if _, _, _, ok := dates.Day(text); ok {
		return wording.Text{}
	}
	return textNoDay.With(text)
}

var textNoDay = wording.Text{
	VI: "%q không phải là một ngày; hãy ghi như 25/11/2026, hoặc để trống để ký tay",
	EN: "%q is no day; write it as 25/11/2026, or leave it empty to be signed by hand",
}
