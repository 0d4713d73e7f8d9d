package manage

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"time"

	"lachan/cmd/lachan/access"
	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/explain"
	"lachan/cmd/lachan/manage/attendance"
	"lachan/cmd/lachan/manage/counter"
	"lachan/cmd/lachan/manage/selftest"
	"lachan/cmd/lachan/source"
	"lachan/internal/fault"
	"lachan/internal/memory"
	"lachan/internal/message"
	"lachan/metrics"
	"lachan/metrics/engine"
	"lachan/metrics/history"
	"lachan/policy"
)

// startHTTP serves metrics, health and the API where the configuration says.
func (sv *services) startHTTP(ctx context.Context) error {
	listeners, err := sv.listeners(message.RoleHTTP)
	if err != nil {
		return err
	}
	token, err := sv.cfg.HTTP.Token()
	if err != nil {
		for _, l := range listeners {
			_ = l.Close() // nothing was accepted
		}
		return err
	}
	rules := access.Rules{
		Names: sv.cfg.HTTP.Names, Allow: sv.cfg.HTTP.Allow, Token: token,
		Account: sv.api.counter.SeesAll, Own: sv.api.counter.Serves,
	}
	site := rules.Guard(sv.children.guard("http", sv.api.mux()))
	for _, l := range listeners {
		sv.log.Info("serving http", "address", l.Addr())
		server := metrics.NewServer(site)
		sv.children.start(ctx, "http", func(ctx context.Context) {
			done := make(chan struct{})
			go func() {
				defer close(done)
				<-ctx.Done()
				stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
				defer cancel()
				if server.Shutdown(stop) != nil {
					_ = server.Close() // late readers are cut off
				}
			}()
			if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
				sv.log.Error("serve http", "error", err)
			}
			<-done
		})
	}
	return nil
}

// api answers what is asked over HTTP, from what is in force.
type api struct {
	*shared
	counters *metrics.Aggregator
	history  *history.Recorder
	resolves *resolves
	lists    *lists
	held     *held
	reports  *reports
	services *services
	tested   *selftest.Tester
	attended *attendance.Register
	counter  *counter.Counter // of the desk: /api/v1
	view     func() *view
}

// mux is everything that is served over HTTP; docs/http-api.md describes it.
func (a *api) mux() *http.ServeMux {
	mux := metrics.Handler(a.counters, a.conditions, a.scrape, a.ready, a.history.Totals)
	engine.NewAPI(a.history, history.Limits(), metrics.Families()).Handle(mux)
	mux.HandleFunc("GET /api/explain", a.serveExplain)
	mux.HandleFunc("GET /api/report", a.serveReport)
	mux.HandleFunc("POST /api/report", a.serveReport)
	mux.HandleFunc("GET /api/orders", a.serveOrders)
	mux.HandleFunc("GET /api/lists/impact", a.serveImpact)
	mux.Handle(counter.Prefix, a.counter)
	mux.HandleFunc("GET /{$}", a.toConsole)
	return mux
}

// toConsole sends a browser that came to the wrong door to the console, if there is one.
func (a *api) toConsole(w http.ResponseWriter, r *http.Request) {
	c := &a.view().cfg.Console
	if !c.Listen.IsValid() {
		http.Error(w, textNoConsole.String(), http.StatusNotFound)
		return
	}
	to := c.URL
	if to == "" {
		scheme := "http"
		if c.Encrypted() {
			scheme = "https"
		}
		to = scheme + "://" + c.Listen.String() + "/"
	}
	http.Redirect(w, r, to, http.StatusFound)
}

// serveControl answers the commands of this machine until ctx is done.
func (a *api) serveControl(ctx context.Context) {
	if err := a.counter.Run(ctx); err != nil {
		a.log.Error("serve commands", "error", err)
		a.conditions.Set("control", textControl.With(err).String())
	}
}

// serveOrders is GET /api/orders.
func (a *api) serveOrders(w http.ResponseWriter, _ *http.Request) {
	command.AnswerJSON(w, http.StatusOK, a.lists.orders.Overview())
}

// serveImpact is GET /api/lists/impact?feed=NAME.
func (a *api) serveImpact(w http.ResponseWriter, r *http.Request) {
	found, err := a.held.weigh(r.Context(), r.URL.Query().Get("feed"))
	if err != nil {
		status := http.StatusInternalServerError
		if errors.Is(err, errNothingHeld) {
			status = http.StatusNotFound
		}
		command.AnswerError(w, status, err)
		return
	}
	command.AnswerJSON(w, http.StatusOK, found)
}

// serveExplain is GET /api/explain?name=&unit=|client=&type=&at=: what `lachan
// explain --json` prints, by the rules in force.
func (a *api) serveExplain(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	q := explain.Question{Client: query.Get("client"), Unit: query.Get("unit"), Type: query.Get("type"), At: query.Get("at")}
	explanation, err := a.explain(query.Get("name"), q)
	if err != nil {
		command.AnswerError(w, http.StatusBadRequest, err)
		return
	}
	command.AnswerJSON(w, http.StatusOK, explanation)
}

// explain answers a question by the rules in force.
func (a *api) explain(name string, q explain.Question) (any, error) {
	v := a.view()
	q.Type, q.Server = cmp.Or(q.Type, "A"), explain.NewServer(v.cfg)
	q.Identify = v.groupOf
	q.Serves = func(client netip.Addr) bool { return source.ServesUnknown(v.cfg, v.rules.Policy(), client) }
	return q.Ask(name, v.cfg.Timezone.Location, func(at time.Time) *policy.Rules {
		if q.At == "" {
			return v.rules
		}
		return v.rules.Policy().At(v.list, at, v.rules.Serial())
	})
}

// scrape is readings, or nothing, and a condition, after a fault of the program.
func (a *api) scrape() (r metrics.Readings) {
	if err := fault.Catch(func() { r = a.readings() }); err != nil {
		a.children.failed("metrics", err)
	}
	return r
}

// readings is what a scrape wants to know of the other rooms.
func (a *api) readings() metrics.Readings {
	a.resolves.refresh(context.Background())
	v := a.view()
	r := metrics.Readings{
		ResolverReadings: a.counters.Readings(), History: a.historyReading(), Fleet: a.fleetReading(),
		RADIUS: a.services.accounting.Reading(), Tested: a.tested.Reading(), Quiet: a.attended.Reading(),
		Watches: a.services.console.Watches(),
	}
	shares, jobs := v.cfg.Memory.Shares(v.cfg.Cache.MaxBytes), a.jobs.AtWork()
	r.Memory = append(
		slices.Clip(r.Memory),
		metrics.MemoryReading{Part: "manage", Budget: shares.Manage, Used: memory.Used()},
		metrics.MemoryReading{Part: "supervise", Budget: shares.Supervise, Used: memory.Of(os.Getppid())},
		metrics.MemoryReading{Part: "jobs", Budget: int64(max(1, len(jobs))) * shares.Job, Used: memory.Of(jobs...)},
	)
	rules, orders := v.lists.Rules(), orderReadings(a.lists.orders)
	refused := map[string]int{}
	for _, f := range v.lists.Refused() {
		refused[f.Feed] = f.Expressions
	}
	for _, f := range v.cfg.Feeds {
		reading := metrics.FeedReading{
			Name: f.Name, Entries: rules[f.Name], Refused: refused[f.Name], InForce: v.inForce[f.Name],
		}
		if status, err := a.lists.store.Status(f.Name); err == nil {
			reading.RejectedLines, reading.LastSuccess = status.Copy.Rejected, status.LastSuccess
		}
		reading.Orders = orders[f.Name]
		r.Feeds = append(r.Feeds, reading)
	}
	return r
}

// ready says what is missing before clients should be sent here.
func (a *api) ready() (missing []string) {
	v := a.view()
	if v.lists.Keys() == 0 {
		missing = append(missing, textReadyNoList.String())
	}
	if waiting := a.waiting(v); len(waiting) > 0 {
		missing = append(missing, textReadyFeeds.With(join(waiting)).String())
	}
	if !a.counters.Readings().UpstreamAnswered {
		missing = append(missing, textReadyNoUpstream.String())
	}
	return missing
}

// waiting are the configured feeds that were not tried yet, or of which no list
// is in force, new or last good.
func (a *api) waiting(v *view) (names []string) {
	for _, f := range v.cfg.Feeds {
		status, err := a.lists.store.Status(f.Name)
		if tried := err == nil && !status.LastAttempt.IsZero(); !tried || v.inForce[f.Name].IsZero() {
			names = append(names, f.Name)
		}
	}
	return names
}

// schools are those of the policy, as the compliance metrics name them.
func schools(p *policy.Policy) (list []metrics.School) {
	for _, g := range p.Groups() {
		if g.Kind == policy.School {
			list = append(list, metrics.School{ID: g.School, Province: g.Province, Commune: g.Commune, Level: g.Level})
		}
	}
	return list
}
