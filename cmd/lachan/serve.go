package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"lachan/blocklist/feed"
	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/source"
	"lachan/internal/eventloop"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
	"lachan/metrics"
	"lachan/metrics/engine"
	"lachan/metrics/history"
	"lachan/resolver/listen"
)

const (
	drainTime = 5 * time.Second // to finish what was read when told to stop
)

func serveCommand(l wording.Language) *cobra.Command {
	c := &cobra.Command{
		Use:   "serve",
		Short: wording.CLIServe.In(l),
		Args:  command.NoArguments,
		RunE: command.Run(l, func(c command.Call, _ []string) error {
			return serve(c.Context(), func() (*config.Config, yamlfile.Problems) { return command.Config(c.Command) })
		}),
	}
	return command.WithKeys(c, l)
}

// serve runs the node until ctx is done.
func serve(ctx context.Context, load func() (*config.Config, yamlfile.Problems)) error {
	cfg, problems := load()
	if len(problems) > 0 {
		return problems
	}
	log := newLogger(cfg)
	eventloop.ReserveCPUs()
	n, problems, err := newNode(cfg, log, load)
	if err != nil {
		return err
	}
	if n == nil {
		return problems
	}
	debug.FreeOSMemory() // most of what reading a policy took
	if err := n.listen(cfg); err != nil {
		return err
	}
	slog.SetDefault(log)
	for _, e := range n.resolver.Endpoints() {
		if e.Protocol == listen.Plain {
			log.Info("serving", "address", e.Addr)
		} else {
			log.Info("serving encrypted", "protocol", e.Protocol, "address", e.Addr)
		}
	}
	return n.run(ctx)
}

// listen opens the sockets of cfg that are not open yet and has exactly those of
// cfg served.
func (n *node) listen(cfg *config.Config) error {
	sockets, surplus, err := listen.Update(n.sockets, cfg.Endpoints())
	if err != nil {
		return err
	}
	n.sockets = append(slices.Clip(sockets), surplus...) // until they are served
	copies, err := listen.Copies(sockets)
	if err != nil {
		return err
	}
	if err := n.resolver.Listen(copies); err != nil {
		return err
	}
	n.sockets = sockets
	return listen.Close(surplus)
}

func newLogger(cfg *config.Config) *slog.Logger {
	options := &slog.HandlerOptions{Level: cfg.Log.Level.Level()}
	if cfg.Log.Format == config.JSON {
		return slog.New(slog.NewJSONHandler(os.Stderr, options))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, options))
}

// run keeps rules, lists and upstreams up to date until ctx is done. Then the
// resolver finishes what it has read.
func (n *node) run(ctx context.Context) error {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	if err := n.startHTTP(ctx); err != nil {
		return err
	}
	n.startRenewal(ctx)
	n.putInForce() // which takes the renewer's proofs with it
	if err := n.startPage(ctx); err != nil {
		return err
	}
	answered := make(chan error, 1)
	go func() { answered <- n.resolver.Run(ctx, drainTime) }()
	n.startUpstreams(ctx)
	n.startUpdater(ctx)
	n.startCompiling(ctx)
	n.startRPZOut(ctx)
	n.children.start(ctx, "reports", n.runReports)

	n.protect(n.policy)
	n.startTally(ctx)
	n.children.start(context.WithoutCancel(ctx), "history", n.history.Run) // it ends after the last answer
	n.startShipping(ctx)
	minute := time.NewTimer(untilMinute(time.Now()))
	defer minute.Stop()
	renewed := time.NewTicker(certificateEvery)
	defer renewed.Stop()
	for {
		select {
		case <-ctx.Done():
			err := errors.Join(<-answered, listen.Close(n.sockets), n.loops.Close())
			n.children.stop("history")
			n.children.wait()
			n.log.Info("stopped")
			return err
		case <-hangup:
			n.reload(ctx)
		case <-minute.C:
			n.renewCookies(time.Now())
			n.putInForce()
			n.recordOrders(time.Time{}, time.Now()) // one may begin now
			n.watchFeeds(ctx)                       // another process may have decided on one
			n.watchZones(time.Now())
			if n.list.Timed() && time.Now().Minute() == 0 {
				n.publishZones(time.Now())
			}
			n.startCompiling(ctx) // another process may have brought a new copy
			minute.Reset(untilMinute(time.Now()))
		case now := <-renewed.C:
			n.watchCertificate(now)
		case <-n.updates:
			n.watchFeeds(ctx)
			n.startCompiling(ctx)
		case found := <-n.weighed:
			n.weighing = false
			n.impacts[found.Feed] = found
			n.watchFeeds(ctx)
		case c := <-n.compiled:
			n.takeCompiled(ctx, c)
		}
	}
}

// untilMinute is the time until the next minute begins.
func untilMinute(now time.Time) time.Duration {
	return now.Truncate(time.Minute).Add(time.Minute).Sub(now)
}

// reload reads everything again. With a mistake anywhere, all stays as it was.
func (n *node) reload(ctx context.Context) {
	cfg, problems := n.load()
	if len(problems) > 0 {
		n.refuseReload(problems)
		return
	}
	p, problems := source.LoadPolicy(cfg, n.policy)
	if p == nil {
		n.refuseReload(problems)
		return
	}
	zones, problem := cfg.OpenUpstreams(n.loops, n.upstreams)
	if problem != nil {
		n.refuseReload(yamlfile.Problems{*problem})
		return
	}
	watcher, err := openCertificate(cfg)
	if err != nil {
		n.refuseReload(yamlfile.Problems{*cfg.Problem("server.tls", err)})
		return
	}
	if err := n.listen(cfg); err != nil {
		n.refuseReload(yamlfile.Problems{{File: cfg.File(), Line: cfg.LineOf("server.listen"), Text: wording.Text{VI: err.Error(), EN: err.Error()}}})
		return
	}
	httpMoved := cfg.HTTP != n.cfg.HTTP
	shippingMoved := cfg.Metrics.WriteURL != n.cfg.Metrics.WriteURL
	renewalMoved := !reflect.DeepEqual(cfg.ACMEOrder(), n.cfg.ACMEOrder())
	pageMoved := renewalMoved || !reflect.DeepEqual(cfg.Server.Page, n.cfg.Server.Page)
	zonesMoved := !reflect.DeepEqual(cfg.Server.RPZOut, n.cfg.Server.RPZOut)
	n.cfg, n.policy, n.upstreams, n.certificate = cfg, p, zones, watcher
	n.useCertificate()
	n.list = source.Bind(n.lists, p, cfg)
	n.serial++
	n.renewCookies(time.Now())
	if renewalMoved {
		n.startRenewal(ctx)
	}
	n.putInForce()
	n.recordOrders(time.Time{}, time.Now())
	n.protect(p)
	n.conditions.Clear("reload")
	n.watchCertificate(time.Now())
	n.startUpstreams(ctx)
	n.startUpdater(ctx)
	n.startCompiling(ctx)
	if shippingMoved {
		n.startShipping(ctx)
	}
	if httpMoved {
		if err := n.startHTTP(ctx); err != nil {
			n.log.Error("listen for http", "error", err)
		}
	}
	if pageMoved {
		if err := n.startPage(ctx); err != nil {
			n.log.Error("serve the block page", "error", err)
		}
	}
	if zonesMoved {
		n.startRPZOut(ctx)
	} else {
		n.publishZones(time.Now())
	}
	n.log.Info("reloaded", "serial", n.serial)
}

func (n *node) refuseReload(problems yamlfile.Problems) {
	for _, p := range problems {
		n.log.Error("reload refused, what was in force stays", "mistake", p.Error())
	}
	n.conditions.Set("reload", problems[0].Error())
}

func (n *node) startUpstreams(ctx context.Context) {
	zones := n.upstreams
	n.children.start(ctx, "upstreams", func(ctx context.Context) { zones.Run(ctx, n.log) })
}

// startUpdater fetches the feeds of the configuration from now on.
func (n *node) startUpdater(ctx context.Context) {
	updater := feed.NewUpdater(n.store, n.cfg.Sources(n.core), func(string) {
		select {
		case n.updates <- struct{}{}:
		default: // a wake-up is on its way already
		}
	}, n.log)
	n.updater.Store(updater)
	n.watchFeeds(ctx)
	n.children.start(ctx, "updater", func(ctx context.Context) {
		if err := updater.Run(ctx); err != nil && !errors.Is(err, context.Canceled) {
			n.log.Error("update feeds", "error", err)
		}
	})
}

// watchZones tells which zones their primary has not confirmed for longer than
// they allow themselves. Their last good copies stay in force.
func (n *node) watchZones(now time.Time) {
	var expired []string
	for i := range n.cfg.Feeds {
		f := &n.cfg.Feeds[i]
		if s, err := n.store.Status(f.Name); err == nil && strings.HasPrefix(f.URL, "axfr://") && s.Expired(now) {
			expired = append(expired, f.Name)
		}
	}
	if len(expired) > 0 {
		n.conditions.Set("zone-expired", feed.TextZoneExpired.With(join(expired)).String())
	} else {
		n.conditions.Clear("zone-expired")
	}
}

// startHTTP serves metrics and health where the configuration says.
func (n *node) startHTTP(ctx context.Context) error {
	n.children.stop("http")
	if !n.cfg.HTTP.Listen.IsValid() {
		return nil
	}
	listener, err := net.Listen("tcp", n.cfg.HTTP.Listen.String())
	if err != nil {
		return fmt.Errorf("listen for http on %s: %w", n.cfg.HTTP.Listen, err)
	}
	n.log.Info("serving http", "address", listener.Addr())
	mux := metrics.Handler(n.aggregator, n.conditions, n.readings, n.ready, n.history.Totals)
	engine.NewAPI(n.history, history.Limits(), metrics.Families()).Handle(mux)
	mux.HandleFunc("GET /api/explain", n.serveExplain)
	mux.HandleFunc("GET /api/report", n.serveReport)
	mux.HandleFunc("POST /api/report", n.serveReport)
	mux.HandleFunc("GET /api/orders", n.serveOrders)
	mux.HandleFunc("GET /api/lists/impact", n.serveImpact)
	server := metrics.NewServer(mux)
	n.children.start(ctx, "http", func(ctx context.Context) {
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
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			n.log.Error("serve http", "error", err)
		}
		<-done
	})
	return nil
}

func join(names []string) string { return strings.Join(names, ", ") }
