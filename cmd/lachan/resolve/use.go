package resolve

import (
	"context"
	"fmt"
	"io/fs"
	"time"

	"lachan/blocklist"
	"lachan/blocklist/domain"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/crash"
	"lachan/cmd/lachan/inforce"
	"lachan/cmd/lachan/source"
	"lachan/internal/eventloop"
	"lachan/internal/memory"
	"lachan/internal/message"
	"lachan/metrics"
	"lachan/policy"
	"lachan/policy/catalogue"
	"lachan/resolver/upstream"
)

// state is what is in force. It is replaced by parts that are whole.
type state struct {
	use       inforce.Use
	cfg       *config.Config
	policy    *policy.Policy
	lists     *blocklist.Lists
	list      *blocklist.List // lists, bound to policy
	upstreams *upstream.Zones
	loops     *eventloop.Loops // that wait for all sockets
	serial    uint64           // of the rules: at least that of use, and one more for each minute that changes an entry

	stopUpstreams func() // nil before the first use
}

// takeUse puts in force what manage says. With an error all stays as it was.
func (p *process) takeUse(m *message.Message) {
	var use inforce.Use
	if err := m.Decode(&use); err != nil {
		p.log.Error("read what to use", "error", err)
		return
	}
	err := p.use(&use)
	used := inforce.Used{ID: use.ID}
	if err != nil {
		used.Error = err.Error()
		p.log.Error("use new rules, those in force stay", "error", err)
	}
	p.tell(message.Used, used)
}

func (p *process) use(use *inforce.Use) error {
	next := p.state
	if err := next.open(use); err != nil {
		return err
	}
	first := p.resolver == nil
	if first {
		p.log = next.cfg.Log.Logger()
		if err := crash.Note(next.cfg.StateDir, "resolve"); err != nil {
			p.log.Warn("have crashes noted", "error", err)
		}
		if err := giveUp(use, next.cfg); err != nil {
			p.log.Warn("give up what is not needed", "error", err)
		}
		if wanted := next.cfg.Server.TCP.Connections; connections(nil, wanted) < wanted {
			p.log.Warn("fewer connections than wanted, the limit of open files is low",
				"connections", connections(nil, wanted), "wanted", wanted)
		}
		p.begin()
	}
	upstreamsMoved := next.upstreams != p.state.upstreams
	policyMoved := first || next.policy.Digest() != p.state.policy.Digest()
	p.state = next
	memory.Limit(next.cfg.Memory.Shares(next.cfg.Cache.MaxBytes).Resolve)
	p.putInForce()
	if policyMoved {
		p.protect() // of a country it takes a third of a second
	}
	if upstreamsMoved {
		p.startUpstreams()
	}
	if first {
		p.listen()
		return p.control.Send(message.Message{Kind: message.Ready})
	}
	return nil
}

// protect tells the counters which schools the policy protects, and of which
// categories names may be sampled: never of the abuse of children, whose names
// must not be kept anywhere, and not of the traffic of machines.
func (p *process) protect() {
	units := p.state.policy
	var schools []metrics.School
	for _, of := range units.Groups() {
		if of.Kind == policy.School {
			schools = append(
				schools, metrics.School{ID: of.School, Province: of.Province, Commune: of.Commune, Level: of.Level},
			)
		}
	}
	p.counters.SetSchools(schools)
	silent := map[metrics.Category]bool{metrics.CategoryNone: true, metrics.CategoryOther: true}
	for _, c := range p.facts.Categories {
		if c.Code == "csam" || c.Class == catalogue.Technical {
			silent[p.counters.Category(c.Code)] = true
		}
	}
	p.counters.SampleNames(func(c metrics.Category) bool { return !silent[c] })
}

// open opens what use names and s does not have open yet.
func (s *state) open(use *inforce.Use) error {
	cfg, err := use.Settings()
	if err != nil {
		return err
	}
	moved := s.cfg == nil || string(use.Config) != string(s.use.Config)
	if s.lists == nil || use.ListsDir != s.use.ListsDir || use.ListsSerial != s.use.ListsSerial ||
		use.ListsOverlay != s.use.ListsOverlay {
		if s.lists, err = openLists(use, s.lists); err != nil {
			return err
		}
		moved = true
	}
	if s.policy == nil || use.PolicyDigest != s.use.PolicyDigest || use.PolicyDir != s.use.PolicyDir {
		s.policy, err = openPolicy(use)
		moved = true
	} else if use.PolicyOverlay != policy.OverlayDigest(s.policy) {
		s.policy, err = openOverlay(use, s.policy)
	}
	if err != nil {
		return err
	}
	if s.cfg == nil || !use.SameUpstreams(&s.use) {
		zones, problem := cfg.OpenUpstreams(s.loops, use.Upstreams(), s.upstreams)
		if problem != nil {
			return *problem
		}
		s.upstreams = zones
	}
	if moved {
		s.list = source.Bind(s.lists, s.policy, cfg)
	}
	s.cfg, s.use = cfg, *use
	s.serial = max(s.serial+1, use.Serial)
	return nil
}

// openPolicy maps the compiled policy.
func openPolicy(use *inforce.Use) (*policy.Policy, error) {
	p, err := policy.NewStore(use.PolicyDir).OpenSerial(use.PolicySerial)
	if err != nil {
		return nil, fmt.Errorf("open policy %d: %w", use.PolicySerial, err)
	}
	if p.Digest() != use.PolicyDigest {
		return nil, fmt.Errorf("open policy %d: it is another one", use.PolicySerial)
	}
	return p, hasOverlay(use, p)
}

// openOverlay reads what was decided since the policy was compiled, and nothing else.
func openOverlay(use *inforce.Use, p *policy.Policy) (*policy.Policy, error) {
	with, err := policy.NewStore(use.PolicyDir).Overlaid(use.PolicySerial, p)
	if err != nil {
		return nil, fmt.Errorf("open overlay of policy %d: %w", use.PolicySerial, err)
	}
	return with, hasOverlay(use, with)
}

// hasOverlay fails if a policy lacks the overlay that it is to have: what was decided
// would be open.
func hasOverlay(use *inforce.Use, p *policy.Policy) error {
	if use.PolicyOverlay != "" && policy.OverlayDigest(p) == "" {
		return fmt.Errorf("open overlay of policy %d: %w", use.PolicySerial, fs.ErrNotExist)
	}
	return nil
}

// openLists maps compiled lists; old may have parts of them mapped already.
func openLists(use *inforce.Use, old *blocklist.Lists) (*blocklist.Lists, error) {
	lists, err := blocklist.NewStore(use.ListsDir).OpenSerial(old, use.ListsSerial)
	if err != nil {
		return nil, fmt.Errorf("open lists %d: %w", use.ListsSerial, err)
	}
	return lists, nil
}

// putInForce hands the lists, the policy and this minute to the resolver.
func (p *process) putInForce() {
	s := &p.state
	if s.list == nil {
		return // nothing yet
	}
	if s.list.Timed() {
		s.serial++ // what an entry says may have changed with the minute
	}
	p.resolver.Use(p.settings(), s.policy.At(s.list, time.Now(), s.serial), s.upstreams)
	p.seen.use(p)
}

// startUpstreams keeps an eye on the upstreams in force, and no longer on those
// before them.
func (p *process) startUpstreams() {
	if p.state.stopUpstreams != nil {
		p.state.stopUpstreams()
	}
	ctx, cancel := context.WithCancel(p.ctx)
	ended := make(chan struct{})
	zones := p.state.upstreams
	p.running.Go(func() {
		defer close(ended)
		zones.Run(ctx, p.log)
	})
	p.state.stopUpstreams = func() { cancel(); <-ended }
}

// tellPopular tells manage which names were asked most of late.
func (p *process) tellPopular() {
	asked := inforce.Asked{Names: []inforce.Popular{}}
	if p.resolver != nil {
		p.resolver.Popular(func(name *domain.Name, count float64) bool {
			asked.Total += count
			if count >= inforce.LeastAsked && len(asked.Names) < inforce.MostNames {
				asked.Names = append(asked.Names, inforce.Popular{Name: name.String(), Asked: count})
			}
			return true
		})
	}
	p.tell(message.Asked, asked)
}
