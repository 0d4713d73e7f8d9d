// Package site is the console in this process: it fills what the pages show with what is
// in force, and serves them where the configuration says.
package site

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"path/filepath"
	"sync"
	"time"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/blocklist/feed"
	"lachan/blocklist/order"
	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/explain"
	"lachan/cmd/lachan/impact"
	"lachan/cmd/lachan/inforce"
	"lachan/cmd/lachan/manage/counter"
	"lachan/cmd/lachan/manage/desk"
	"lachan/cmd/lachan/tested"
	"lachan/console"
	"lachan/console/frame"
	"lachan/internal/wording"
	"lachan/metrics"
	"lachan/metrics/engine"
	"lachan/metrics/lull"
	"lachan/metrics/report"
	"lachan/metrics/report/figures"
	"lachan/policy"
	"lachan/policy/catalogue"
	"lachan/policy/source"
	"lachan/resolver/certificate"
)

// Sources are what the console is lent. Its functions may be called by any goroutine.
type Sources struct {
	Office *desk.Office
	Facts  *catalogue.Catalogue
	// InForce is what answers go by, and how many entries each feed has in it since when.
	InForce func() (cfg *config.Config, rules *policy.Rules, entries map[string]int, since map[string]time.Time)
	Status  func(name string) (feed.Status, error)
	Explain func(name string, q explain.Question) (any, error)
	// Fleet is that of which this server is the hub; Hub is where its policy is decided, "" if
	// here.
	Fleet  counter.Fleet
	Hub    func() string
	Orders func() order.Overview
	Reports
	// Table reads a table of units, apart from this process.
	Table func(ctx context.Context, name string, data []byte) (*source.Table, error)
	// Counted is what was counted in a unit in a period, and in each of its days.
	Counted func(ctx context.Context, unit, period string) (*figures.Data, []figures.DayCount, error)
	// Tested is what the newest test of this server by itself came to.
	Tested func() tested.Run
	// TestNow has one made at once, or says why none can be; Testing is whether one goes on.
	TestNow func() error
	Testing func() bool
	// Quiet are the schools that asked far less than usual on the newest day that was judged.
	Quiet func() lull.Judgement
	// Try fetches a list that is not in use, and puts it beside what is in force.
	Try func(ctx context.Context, f config.Feed) (impact.Trial, error)
	// Watch has what a client asks remembered, and says what that was so far. Linked reports
	// whether a router has linked an address.
	Watch      func(ctx context.Context, w inforce.Watch) (inforce.Watched, error)
	Linked     func(a netip.Addr) bool
	Conditions func() []metrics.Condition
	History    func() *engine.Local
	Build      command.Build
	Log        *slog.Logger
}

// Reports are how a report is made.
type Reports struct {
	// Report is one as a file in a format.
	Report func(ctx context.Context, q frame.PaperQuestion) (name, mediaType string, text []byte, err error)
	// Draft is one before it is drawn in a format.
	Draft func(ctx context.Context, unit, period string) (*report.Model, error)
}

// A Site is the console of this server.
type Site struct {
	src    Sources
	began  time.Time
	sums   *sums
	papers *papers
	trials *trials
	device *device
	mu     sync.Mutex
	pace   time.Time // mu; when somebody was last told the code of the first account
}

// New is the console of what there is.
func New(src Sources) *Site {
	return &Site{
		src: src, began: time.Now(), sums: newSums(), papers: newPapers(&src), trials: newTrials(&src),
		device: &device{src: &src},
	}
}

// Serve shows the pages on listeners until ctx is done. guard is around the handler.
func (s *Site) Serve(
	ctx context.Context, listeners []net.Listener, guard func(http.Handler) http.Handler, drain time.Duration,
) error {
	cfg, _, _, _ := s.src.InForce()
	c := &cfg.Console
	pages, err := console.New(s.sources(), c.Names, s.src.Log)
	if err != nil {
		return err
	}
	scheme := "http"
	if c.Encrypted() {
		scheme = "https"
		tlsConfig, err := s.certificate(cfg)
		if err != nil {
			return err
		}
		for i := range listeners {
			listeners[i] = tls.NewListener(listeners[i], tlsConfig)
		}
	}
	server := &http.Server{
		Handler: guard(pages), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: time.Minute, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: log.New(nowhere{}, "", 0),
	}
	for _, l := range listeners {
		s.src.Log.Info("serving the console", "url", scheme+"://"+l.Addr().String()+"/")
	}
	s.tellFirst()
	var adding sync.WaitGroup
	defer adding.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	adding.Go(func() { s.addUp(ctx) })
	adding.Go(func() { s.papers.makeReports(ctx) })
	adding.Go(func() { s.trials.try(ctx) })
	return serve(ctx, server, listeners, drain)
}

// nowhere keeps what clients do wrong out of the log: it would name them.
type nowhere struct{}

func (nowhere) Write(p []byte) (int, error) { return len(p), nil }

// serve serves until ctx is done; those that are being served then have a while.
func serve(ctx context.Context, server *http.Server, listeners []net.Listener, drain time.Duration) error {
	var live sync.WaitGroup
	failed := make(chan error, len(listeners))
	for _, l := range listeners {
		live.Go(func() {
			if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
				failed <- err
			}
		})
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	if server.Shutdown(stop) != nil {
		_ = server.Close() // late readers are cut off
	}
	live.Wait()
	return err
}

// certificate is the configured one, or one that this server makes for itself.
func (s *Site) certificate(cfg *config.Config) (*tls.Config, error) {
	if cfg.Console.Cert == "" {
		return selfSigned(filepath.Join(cfg.StateDir, "console"), cfg.Console.Names, s.src.Log)
	}
	watcher, err := certificate.Open(cfg.Console.Files())
	if err != nil {
		return nil, fmt.Errorf("open the certificate of the console: %w", err)
	}
	store := &certificate.Store{}
	if err := store.Use(watcher.Secrets()); err != nil {
		return nil, fmt.Errorf("use the certificate of the console: %w", err)
	}
	return store.Config(), nil
}

// tellFirst says by which code the first account is made, where only those read it who
// run the machine.
func (s *Site) tellFirst() {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if now.Sub(s.pace) < time.Minute {
		return
	}
	cfg, _, _, _ := s.src.InForce()
	if code, ok := s.src.Office.Door.FirstCode(now); ok {
		s.pace = now
		text := account.FirstText(code, now.In(cfg.Timezone.Location))
		s.src.Log.Warn("there is no account yet", "code", code, "say", text.EN)
	}
}

// sources is what the pages are made of.
func (s *Site) sources() frame.Sources {
	here := node{&s.src, s.began}
	plan := plans{&s.src}
	return frame.Sources{
		Plans: frame.Plans{
			Year: plan.year, Week: plan.week, Windows: plan.windows, Table: plan.table, Choices: plan.choices,
			Timetable: plan.timetable, Profiles: plan.profiles,
		},
		Desk: s.src.Office.Desk, Tree: s.src.Office.Tree,
		Zone: func() *time.Location {
			cfg, _, _, _ := s.src.InForce()
			return cfg.Timezone.Location
		},
		People: frame.People{
			Door: s.src.Office.Door, FirstStart: s.firstStart, Found: s.src.Office.Found, FoundSchool: s.foundSchool,
			Place: s.place, Accounts: people{&s.src}.accounts,
		},
		Findings: frame.Findings{
			Explain: s.explain, Holds: s.holds,
			States: here.states, Server: here.server, Fleet: here.fleet, Days: s.days, Figures: s.figures,
			Feeds:       s.feeds,
			Orders:      s.orders,
			Quiet:       s.quiet,
			TestNow:     here.test,
			PublicFeeds: s.publicFeeds, Try: s.trials.ask, Trials: s.trials.of,
			Networks: networks, Addresses: addresses, Levels: s.levels, Asked: s.asked,
			Verify: s.verify, Head: s.head, Who: s.who,
			Tapped: func() []admin.Period { return admin.TappedIn(s.src.Office.Ledger) },
			Category: func(code string) wording.Text {
				_, rules, _, _ := s.src.InForce()
				return categoryOf(rules.Policy(), code)
			},
		},
		Device: frame.Device{Why: s.device.why, Begin: s.device.begin, Seen: s.device.seen, End: s.device.end},
		Papers: frame.Papers{
			Usual: s.papers.usualPeriods, Period: s.papers.period, Parts: s.papers.parts, Mistake: mistake,
			Ask: s.papers.askReport, Mine: s.papers.of, File: s.papers.file,
		},
	}
}

// firstStart reports whether there is no account yet. The code is said again when the
// old one has ended, to whoever looks at the terminal.
func (s *Site) firstStart() bool { return len(s.src.Office.Door.Store.List()) == 0 }

// machine is the server itself, doing what somebody has asked for who may not yet.
func machine(by account.Actor) account.Actor {
	return account.Actor{ID: by.ID, Name: by.Name, Via: "console", Machine: true}
}

// foundSchool makes the first school for the only account there is, and gives it the role
// of its IT teacher.
func (s *Site) foundSchool(
	ctx context.Context, by account.Actor, school admin.SetUnit,
) (out admin.Outcome, first bool, err error) {
	if len(s.src.Office.Door.Store.List()) != 1 {
		return out, false, nil
	}
	for v := range s.src.Office.Ledger.State().Kind("unit/") {
		if v.New != nil {
			return out, false, nil
		}
	}
	out, err = s.src.Office.Decide(ctx, machine(by), school, admin.How{Why: textFirst.VI})
	if err == nil {
		teacher := admin.GrantRole{Account: by.ID, Role: account.School, Unit: school.ID}
		_, err = s.src.Office.Decide(ctx, machine(by), teacher, admin.How{Why: textFirst.VI})
	}
	return out, true, err
}

// place is whose pages somebody is shown: the unit of the first role that holds.
func (s *Site) place(a account.Actor) frame.Place {
	p := frame.Place{Rank: "all", Name: textEverything.VI}
	cfg, rules, _, _ := s.src.InForce()
	units := rules.Policy()
	for _, g := range a.Grants {
		group, known := units.GroupOf(g.Unit)
		if g.Unit == "" || !known {
			if name := authorityOf(cfg, g); name != "" {
				p.Name = name
			}
			continue
		}
		unit := units.Group(group)
		p.Unit, p.Name, p.Rank = g.Unit, unit.Name, unit.Kind.String()
		break
	}
	for v := range s.src.Office.Ledger.State().Kind("account/" + a.ID) {
		p.Language = languageOf(v.New)
	}
	if now := time.Now(); p.Rank != "school" && a.May(account.View, p.Unit, s.src.Office.Tree(), now) {
		s.sums.want(sumOf{p.Unit, 7}, now) // from the login on, so that the first page has them
	}
	return p
}

// authorityOf is the name of the authority that a grant is over; "" if it is over none.
func authorityOf(cfg *config.Config, g account.Grant) string {
	for i := range cfg.Feeds {
		name := cfg.Feeds[i].Authority.Name
		if g.Role == account.Authority && name != "" && admin.AuthorityID(name) == g.Unit {
			return name
		}
	}
	return ""
}

var (
	textFirst      = wording.Text{VI: "thiết lập lần đầu", EN: "first start"}
	textEverything = wording.Text{VI: "Toàn bộ", EN: "Everything"}
)
