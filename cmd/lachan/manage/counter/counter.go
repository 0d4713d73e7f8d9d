// Package counter is where programs and commands come to the desk: it fills what the API
// answers from with what is in force, and opens the control socket.
package counter

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"lachan/admin/account"
	"lachan/admin/ledger"
	"lachan/blocklist/feed"
	"lachan/blocklist/order"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/control"
	"lachan/cmd/lachan/explain"
	"lachan/cmd/lachan/job"
	"lachan/console/api"
	"lachan/internal/fault"
	"lachan/metrics"
	"lachan/policy"
)

// Prefix is what the paths of the API begin with.
const Prefix = api.Prefix

// A Fleet is that of which this machine is the hub.
type Fleet interface {
	List(ctx context.Context) ([]api.FleetNode, error)
	Release(ctx context.Context) (api.FleetRelease, error)
	Orders(ctx context.Context) ([]api.FleetOrder, error)
}

// Sources are what the counter is lent. Its functions may be called by any goroutine.
type Sources struct {
	Desk    api.Desk
	Door    *account.Door
	First   func(ctx context.Context, v account.Visit, code, name, password string, now time.Time) (account.Pass, error)
	Ledger  *ledger.Ledger
	Fleet   Fleet
	Tree    func() account.Tree
	Grants  func(account string) []account.Grant
	Version string

	// InForce is what answers go by, and how many entries each feed has in it since when.
	InForce func() (cfg *config.Config, rules *policy.Rules, entries map[string]int, since map[string]time.Time)
	Status  func(name string) (feed.Status, error)
	Explain func(name string, q explain.Question) (any, error)
	// GroupOf is the group of an address, as queries are told apart.
	GroupOf func(client netip.Addr) (g policy.GroupID, known bool)
	Held    func(ctx context.Context, feed string) (found any, known bool, err error)
	Orders  func() []order.Record // those of the caller from then on
	// Exported is all that holds as one policy.yaml, made in a process of its own.
	Exported func(context.Context, job.ExportOrder) ([]byte, error)
	Report   func(ctx context.Context, q ReportQuestion) (name, mediaType string, text []byte, err error)
	// Ready is what is missing before clients should be sent here.
	Ready      func() []string
	Conditions func() []metrics.Condition
	// SelfTest is how the tests of this node by itself stand; StartSelfTest has one made, or
	// says why none can be.
	SelfTest      func() any
	StartSelfTest func() error
	Log           *slog.Logger
}

// A ReportQuestion is which report is wanted.
type ReportQuestion = api.ReportQuestion

// A Counter answers the API, by HTTP and on the control socket.
type Counter struct {
	*api.API
	src     Sources
	mux     *http.ServeMux
	started time.Time
	folder  string
	one     chan struct{} // one ledger is verified at a time
	named   named
	work    sync.WaitGroup
	ctx     context.Context // of what goes on after its request was answered
	stop    func()
}

// Open makes the counter of a state directory.
func Open(stateDir string, src Sources) (*Counter, error) {
	c := &Counter{src: src, mux: http.NewServeMux(), started: time.Now(), folder: stateDir, one: make(chan struct{}, 1)}
	c.ctx, c.stop = context.WithCancel(context.Background())
	for _, pattern := range api.Patterns() {
		c.mux.HandleFunc(pattern, http.NotFound)
	}
	var err error
	c.API, err = api.New(api.Sources{
		Desk: src.Desk, Door: src.Door, First: src.First, People: people{c}, Tree: src.Tree, Server: server{c},
		Go: c.start,
	}, filepath.Join(stateDir, "repeats"), src.Log)
	if err != nil {
		return nil, err
	}
	return c, nil
}

// Serves reports whether a request is for the API, which asks by itself who its sender is.
func (c *Counter) Serves(r *http.Request) bool {
	if !strings.HasPrefix(r.URL.Path, api.Prefix) {
		return false
	}
	_, pattern := c.mux.Handler(r)
	return pattern != ""
}

// SeesAll reports whether a request shows a token or a session of an account that may see
// all units: what is behind the old paths is of all.
func (c *Counter) SeesAll(r *http.Request) bool {
	now := time.Now()
	actor, known := api.Identify(c.src.Door, r, now)
	return known && actor.May(account.View, "", c.src.Tree(), now)
}

// start starts what goes on after its request was answered. A fault of the program ends
// that, and nothing else.
func (c *Counter) start(f func(context.Context)) {
	c.work.Go(func() {
		if err := fault.Catch(func() { f(c.ctx) }); err != nil {
			c.src.Log.Error("work for the api", "error", err)
		}
	})
}

// drainTime is how long those that are being served may take in the end.
const drainTime = 5 * time.Second

// Run answers on the control socket until ctx is done. Then it waits for all that goes on.
func (c *Counter) Run(ctx context.Context) error {
	defer c.work.Wait()
	defer c.stop()
	l, err := control.Listen(c.folder)
	if err != nil {
		return err
	}
	s := control.NewServer(c.API)
	done := make(chan struct{})
	go func() {
		defer close(done)
		<-ctx.Done()
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
		defer cancel()
		if s.Shutdown(stop) != nil {
			_ = s.Close() // late readers are cut off
		}
	}()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve the control socket: %w", err)
	}
	<-done
	return nil
}

// at is the unit of an address, as queries are told apart.
func (c *Counter) at(client netip.Addr) (unit string, known bool) {
	_, rules, _, _ := c.src.InForce()
	g, known := c.src.GroupOf(client)
	if !known {
		return "", false
	}
	group := rules.Policy().Group(g)
	return group.UnitID(), true
}
