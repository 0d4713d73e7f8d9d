// Package desk fills what package admin needs with what is in force: the policy and the
// lists that answers go by, the feeds, the accounts, the folder of the ledger.
package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/admin/ledger"
	"lachan/admin/request"
	"lachan/blocklist"
	"lachan/blocklist/feed"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/job"
	"lachan/cmd/lachan/manage/nodes"
	"lachan/cmd/lachan/source"
	"lachan/internal/durable"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
	"lachan/metrics"
	"lachan/policy"
	"lachan/policy/catalogue"
	"lachan/policy/home"
)

// Sources are what the desk is lent. Its functions may be called by any goroutine.
type Sources struct {
	// InForce is what answers go by.
	InForce func() (cfg *config.Config, rules *policy.Rules, list *blocklist.List)
	// Decide puts exceptions in force, Restructure all that is written; both return when
	// it is.
	Decide, Restructure func(context.Context) error
	// Compile says what is wrong with the policy if a file were console.yaml.
	Compile func(ctx context.Context, console string) (yamlfile.Problems, error)
	// Try is the policy as it would be then, nil if something is wrong with it. One may be
	// asked for at a time.
	Try func(ctx context.Context, console string) (*policy.Policy, yamlfile.Problems, error)
	// Hub is where the policy of this machine is decided; "" if here.
	Hub func() string
	// Feed is a feed of the configuration as it is updated.
	Feed func(name string) (feed.Source, bool)
	// Clean reads the table of an order.
	Clean func(context.Context, job.OrderTable) (job.CleanTable, error)
	// Listed has a feed read, and reports whether answers go by it; it waits a little.
	Listed func(ctx context.Context, feed string) (bool, error)
	// Relisted has lists compiled of other copies of feeds.
	Relisted   func()
	Feeds      *feed.Store
	Facts      *catalogue.Catalogue
	Requests   *request.Store
	Conditions *metrics.Conditions
	Log        *slog.Logger
}

// An Office is the desk with what stands in it.
type Office struct {
	*admin.Desk
	Ledger *ledger.Ledger
	Door   *account.Door
	src    Sources
	state  string // folder
	// papersMu is held while the tables of orders change.
	papersMu sync.Mutex
	coming   map[string]bool // papersMu; digests of tables whose record is not written yet
}

// Open opens the ledger and the accounts in the folder of the state. What is damaged there
// is a condition, and opens nothing.
func Open(cfg *config.Config, src Sources) (*Office, error) {
	o := &Office{src: src, state: cfg.StateDir, coming: map[string]bool{}}
	var err error
	if o.Ledger, err = ledger.Open(filepath.Join(cfg.StateDir, "ledger")); err != nil {
		return nil, err
	}
	o.tell("ledger-damaged", o.Ledger.Damage())
	if err := o.openDoor(cfg); err != nil {
		return nil, err
	}
	until := cfg.Console.Exceptions.Until
	o.Desk = admin.New(admin.Parts{
		Ledger: o.Ledger, View: view{o}, Force: force{o}, Lists: lists{o},
		Accounts: accounts{o.Door}, Papers: papers{o},
		Requests: src.Requests, Fleet: o.fleet(),
		Settings: admin.Settings{
			Target: cfg.Console.Requests.Target, Days: until.Days, Term: until.Days == 0,
		},
	})
	return o, nil
}

// fleet is what the desk knows of the fleet.
func (o *Office) fleet() admin.Fleet {
	return admin.Fleet{
		Root: func() string {
			cfg, _, _ := o.src.InForce()
			if !cfg.Fleet.Listen.IsValid() {
				return ""
			}
			_, _, fingerprint, err := nodes.ReadTrust(config.FleetDir(cfg))
			if err != nil {
				return ""
			}
			return fingerprint
		},
		Address: func() string {
			cfg, _, _ := o.src.InForce()
			return cfg.Fleet.Reached()
		},
		Areas: func() []string {
			cfg, _, _ := o.src.InForce()
			return cfg.Fleet.Areas
		},
		Hub: o.src.Hub,
	}
}

// tell tells of damage for as long as it is there.
func (o *Office) tell(condition string, damaged []error) {
	if len(damaged) == 0 {
		o.src.Conditions.Clear(condition)
		return
	}
	if began := o.src.Conditions.Set(condition, damaged[0].Error()); !began {
		return
	}
	for _, err := range damaged {
		o.src.Log.Error("what was set aside", "condition", condition, "error", err)
	}
}

// tellEvery is how often the ledger is asked what is wrong with it.
const tellEvery = 2 * time.Second

// Run tells what is wrong with the ledger until ctx is done, and closes it then.
func (o *Office) Run(ctx context.Context) {
	tick := time.NewTicker(tellEvery)
	defer tick.Stop()
	for ctx.Err() == nil {
		o.tell("ledger-damaged", o.Ledger.Damage())
		o.tell("ledger-unknown", newer(o.Ledger.State().Unknown()))
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
	if err := o.Ledger.Close(); err != nil {
		o.src.Log.Error("close the ledger", "error", err)
	}
}

// newer says which kinds of decisions are not in force, because a newer version made them.
func newer(kinds []string) []error {
	if len(kinds) == 0 {
		return nil
	}
	return []error{fmt.Errorf("decisions of a newer version are kept and not in force: %s", strings.Join(kinds, ", "))}
}

// Entries are the exceptions that are decided on.
func (o *Office) Entries(zone *time.Location) []policy.OverlayEntry {
	return admin.Entries(o.Ledger.State(), o.Ledger.Words, zone)
}

// Begun records which files are in force from the start, if the ledger says others or none.
func (o *Office) Begun(ctx context.Context, cfg *config.Config, p *policy.Policy) {
	var known struct{ Digest string }
	v, recorded := o.Ledger.State().Get("", admin.FilesObject)
	if recorded && json.Unmarshal(v.New, &known) == nil && known.Digest == written(cfg, p) {
		return
	}
	o.Reloaded(ctx, cfg, p)
}

// written is the digest of the files that people write: lachan.yaml, policy.yaml and its
// tables.
func written(cfg *config.Config, p *policy.Policy) string {
	sum := sha256.New()
	if data, err := os.ReadFile(cfg.File()); err == nil { // else it was started without
		fmt.Fprintf(sum, "%x\n", sha256.Sum256(data))
	}
	for _, f := range policy.FilesOf(p) {
		fmt.Fprintln(sum, f.Digest)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// Reloaded records that files were read again, and which are in force.
func (o *Office) Reloaded(ctx context.Context, cfg *config.Config, p *policy.Policy) {
	by := account.Actor{ID: "file", Name: "file", Via: "file", Machine: true}
	if _, err := o.Decide(ctx, by, admin.Reload{Digest: written(cfg, p)}, admin.How{}); err != nil {
		o.src.Log.Error("record a reload", "error", wording.ErrorIn(err, wording.English))
	}
}

// unitName is what people call a unit.
func (o *Office) unitName(unit string) string {
	_, rules, _ := o.src.InForce()
	g, ok := rules.Policy().GroupOf(unit)
	if !ok {
		return ""
	}
	return rules.Policy().Group(g).Name
}

// grants are what accounts may do by the ledger.
type grants struct{ *Office }

// Grants are what an account may do.
func (o *Office) Grants(id string) []account.Grant { return grants{o}.Grants(id) }

// Grants are those of an account.
func (g grants) Grants(id string) []account.Grant {
	cfg, _, _ := g.src.InForce()
	return admin.GrantsOf(g.Ledger.State(), id, cfg.Timezone.Location)
}

// A view shows what is in force.
type view struct{ *Office }

func (v view) Rules() *policy.Rules {
	_, rules, _ := v.src.InForce()
	return rules
}

func (v view) If(p *policy.Policy) (now, lessons *policy.Rules) {
	_, rules, list := v.src.InForce()
	at := time.Now()
	return p.At(list, at, rules.Serial()), policy.InLessons(p, list, at)
}

func (v view) Authorities() (ids []string) {
	cfg, _, _ := v.src.InForce()
	for i := range cfg.Feeds {
		if id := admin.AuthorityID(cfg.Feeds[i].Authority.Name); id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// Written is a unit of policy.yaml as the console would have it.
func (v view) Written(unit string) (text json.RawMessage, lines string, err error) {
	cfg, rules, _ := v.src.InForce()
	adopted, err := home.Adopt(rules.Policy(), source.Origin(cfg), unit)
	if err != nil {
		return nil, "", err
	}
	lines = fmt.Sprintf("%s:%d", adopted.File, adopted.First)
	if adopted.Last > adopted.First {
		lines += fmt.Sprintf("-%d", adopted.Last)
	}
	return adopted.Unit, lines + "\n" + adopted.Text, nil
}

// A force puts what is decided in force.
type force struct{ *Office }

func (f force) Names(ctx context.Context) error { return f.src.Decide(ctx) }

func (f force) Structure(ctx context.Context) error {
	if err := f.Ledger.WriteConsole(); err != nil {
		return err
	}
	return f.src.Restructure(ctx)
}

func (f force) Check(ctx context.Context, console []byte) (problems yamlfile.Problems, err error) {
	err = f.checked(console, func(path string) error {
		problems, err = f.src.Compile(ctx, path)
		return err
	})
	return problems, err
}

func (f force) Try(
	ctx context.Context, console []byte,
) (p *policy.Policy, problems yamlfile.Problems, err error) {
	err = f.checked(console, func(path string) error {
		p, problems, err = f.src.Try(ctx, path)
		return err
	})
	return p, problems, err
}

// checked does something with a text in a file.
func (f force) checked(console []byte, do func(path string) error) error {
	path := filepath.Join(f.state, "ledger", "console-checked.yaml")
	if err := durable.WriteFile(path, console, 0o600); err != nil {
		return err
	}
	defer os.Remove(path)
	return do(path)
}

// accounts are the secrets of people.
type accounts struct{ door *account.Door }

func (a accounts) Create(name string) (id, code string, err error) {
	made, code, err := a.door.Store.Create(name, time.Now())
	return made.ID, code, err
}

func (a accounts) Reset(id string) (string, error) { return a.door.Reset(id, time.Now()) }
func (a accounts) End(id string) error             { return a.door.Remove(id) }
func (a accounts) EndToken(token string) error     { return a.door.Tokens.End(token) }

func (a accounts) Issue(by account.Actor, of string, wish account.TokenWish) (id, text string, err error) {
	token, text, err := a.door.Tokens.Issue(by, of, wish, time.Now())
	return token.ID, text, err
}
