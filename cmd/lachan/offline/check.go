package offline

import (
	"fmt"
	"maps"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lachan/blocklist"
	"lachan/blocklist/domain"
	"lachan/blocklist/feed"
	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/config/caution"
	"lachan/cmd/lachan/source"
	"lachan/internal/charset"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
	"lachan/policy"
	"lachan/policy/catalogue"
	"lachan/policy/script"
)

// CheckCommand is `lachan check`.
func CheckCommand(l wording.Language) *cobra.Command {
	var o checkOptions
	c := &cobra.Command{
		Use:   "check",
		Short: textCheck.In(l),
		Args:  command.NoArguments,
		RunE:  command.Run(l, func(c command.Call, _ []string) error { return check(c, &o) }),
	}
	c.Flags().BoolVar(&o.json, "json", false, command.FlagJSON.In(l))
	c.Flags().StringArrayVar(&o.scripts, "script", nil, textScriptFlag.In(l))
	return command.WithKeys(c, l)
}

type checkOptions struct {
	json    bool
	scripts []string // beside those that the policy names
}

// A checkResult is what `lachan check --json` prints.
type checkResult struct {
	Good     bool        `json:"good"`
	Asked    int         `json:"asked"` // questions of policy scripts
	Mistakes []checkLine `json:"mistakes"`
	Notes    []checkLine `json:"notes"`
	// Settings are what schools are kept from, now and in lessons; those alike are one.
	Settings []checkSetting `json:"settings"`
	// Observed are what profiles watch without blocking it.
	Observed []checkWatch `json:"observed"`
}

type checkLine struct {
	File string `json:"file"`
	Line int    `json:"line"` // 0: none
	VI   string `json:"vi"`
	EN   string `json:"en"`
}

// A checking collects what is wrong and what is worth knowing.
type checking struct {
	cfg      *config.Config
	policy   *policy.Policy // nil when it has mistakes
	asked    int            // questions of policy scripts
	mistakes yamlfile.Problems
	notes    yamlfile.Problems
}

// check prints everything that is wrong with the configuration and the policy,
// not only the first of it.
func check(c command.Call, o *checkOptions) error {
	var k checking
	k.cfg, k.mistakes = command.Config(c.Command)
	if _, err := config.SystemUpstreams(k.cfg); err != nil {
		k.notes.Add(k.cfg.File(), k.cfg.LineOf("upstream.servers"), wording.Of(err))
	}
	p, decided, said := source.Offline(k.cfg)
	k.policy, k.mistakes = p, append(k.mistakes, said...)
	if decided.Unread != nil {
		k.notes.Add("", 0, textDecisionsUnread.With(decided.Unread))
	}
	if p != nil {
		k.notes = append(k.notes, caution.Of(k.cfg, policy.SecretFiles(p))...)
		k.notes = append(k.notes, p.Notes(time.Now())...)
		k.checkFamilies()
		k.checkZones()
		k.checkExceptions()
		list, wrong := checkEntries(k.cfg, p)
		k.mistakes = append(k.mistakes, wrong...)
		k.checkDecisions(decided, p.At(list, time.Now(), 0))
		if err := k.runScripts(c, slices.Concat(p.Tests(), o.scripts)); err != nil {
			return err
		}
	}
	k.readAgain(c)
	k.mistakes.Sort()
	if o.json {
		result := checkResult{
			len(k.mistakes) == 0, k.asked, checkLines(k.mistakes), checkLines(k.notes), checkSettings(k.settings()),
			checkWatches(k.policy),
		}
		if err := c.JSON(result); err != nil {
			return err
		}
	} else {
		k.print(c)
	}
	if len(k.mistakes) > 0 {
		return command.ErrReported
	}
	return nil
}

// readAgain notes what the user of the server may not read, if root checks. A server that
// root starts may; a service may not. Nothing may be read as root after it.
func (k *checking) readAgain(c command.Call) {
	name := command.ReadAsServer(k.cfg)
	if name == "" {
		return
	}
	cfg, mistakes := command.Config(c.Command)
	_, _, said := source.Offline(cfg)
	for _, p := range slices.Concat(mistakes, said) {
		if !slices.Contains(k.mistakes, p) {
			k.notes.Add(p.File, p.Line, wording.Join(textNotReadBy.With(name), p.Text))
		}
	}
}

// runScripts asks the policy what policy scripts ask, with the lists that a
// server would use that starts now.
func (k *checking) runScripts(c command.Call, files []string) error {
	if len(files) == 0 {
		return nil
	}
	facts, err := catalogue.Load()
	if err != nil {
		return err
	}
	off := &Offline{k.cfg, k.policy, facts}
	list, note, err := off.Lists(c)
	if err != nil {
		return err
	}
	if note.EN != "" && len(k.cfg.Feeds) > 0 {
		k.notes.Add("", 0, note)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			k.mistakes.Add(file, 0, textUnreadable.With(err))
			continue
		}
		s, problems := script.Parse(file, charset.Text(text))
		k.asked += s.Asks()
		k.mistakes = append(append(k.mistakes, problems...), s.Run(k.policy, list)...)
	}
	return nil
}

// checkFamilies tells of IPv4 or IPv6 if the server listens on it and no unit has a
// network of it: by that family of addresses, clients of every unit are unknown. It
// is silent if no address to listen at is written and unknown clients are refused.
func (k *checking) checkFamilies() {
	var unset config.Config
	unset.SetDefaults()
	unsaid := slices.Equal(k.cfg.Server.Listen, unset.Server.Listen)
	if !policy.ClaimsClients(k.policy) || unsaid && source.RefusesUnknown(k.cfg, k.policy) {
		return
	}
	line := k.cfg.LineOf("server.listen")
	has4, has6 := policy.Families(k.policy)
	listens := map[bool]netip.AddrPort{} // by whether it is IPv4
	for _, at := range slices.Concat(k.cfg.Server.Listen, k.cfg.Server.DoT, k.cfg.Server.DoH, k.cfg.Server.DoQ) {
		if a := at.Addr(); !a.IsLoopback() {
			listens[a.Unmap().Is4()] = at
		}
	}
	for _, is4 := range []bool{true, false} {
		at, family := listens[is4], "IPv6"
		has := has6
		if is4 {
			family, has = "IPv4", has4
		}
		if at.IsValid() && !has && has4 != has6 {
			k.notes.Add(k.cfg.File(), line, textFamilyGap.With(at, family, k.cfg.Server.UnknownClient))
		}
	}
}

// checkZones tells of zones with servers of their own that a profile shuts, which
// lets through only what is allowed.
func (k *checking) checkZones() {
	for _, zone := range slices.Sorted(maps.Keys(k.cfg.Upstream.Zones)) {
		canonical, err := domain.Canonical(zone)
		var name domain.Name
		if err != nil || name.SetText(canonical) != nil {
			continue // a mistake, and told as one
		}
		if profiles := policy.DeniedBy(k.policy, &name); len(profiles) > 0 {
			text := textZoneDenied.With(zone, strings.Join(profiles, ", "), canonical)
			k.notes.Add(k.cfg.File(), k.cfg.LineOf("upstream.zones"), text)
		}
	}
}

// checkExceptions tells of lists on disk with exceptions that lift nothing: one of
// another list they cannot.
func (k *checking) checkExceptions() {
	for i := range k.cfg.Feeds {
		status, err := feed.StatusIn(k.cfg.FeedsDir(), k.cfg.Feeds[i].Name)
		if err == nil && status.Copy.Idle > 0 {
			at := k.cfg.LineOf(config.Item("feeds", i))
			k.notes.Add(k.cfg.File(), at, textIdle.With(k.cfg.Feeds[i].Name, status.Copy.Idle))
		}
	}
}

// checkEntries looks at what only the lists on disk can tell. Without any the list is
// nil.
func checkEntries(cfg *config.Config, p *policy.Policy) (list *blocklist.List, problems yamlfile.Problems) {
	off := &Offline{Config: cfg, Policy: p}
	lists, err := off.Newest()
	if err != nil || lists == nil {
		return nil, nil
	}
	list = source.Bind(lists, p, cfg)
	return list, p.CheckLocks(list)
}

// settings are what schools may do; nil without a policy.
func (k *checking) settings() []policy.Setting {
	if k.policy == nil {
		return nil
	}
	return policy.Overview(k.policy, time.Now())
}

// mostPrinted bounds the mistakes that check prints; --json has all.
const mostPrinted = 200

func (k *checking) print(c command.Call) {
	for _, m := range k.mistakes[:min(len(k.mistakes), mostPrinted)] {
		fmt.Fprintln(c.ErrOrStderr(), wording.ErrorIn(m, c.Lang))
	}
	if more := len(k.mistakes) - mostPrinted; more > 0 {
		c.Note(textMistakesMore.With(more))
	}
	for _, n := range k.notes {
		fmt.Fprintf(c.ErrOrStderr(), "%s: %s\n", textNote.In(c.Lang), wording.ErrorIn(n, c.Lang))
	}
	if len(k.mistakes) > 0 {
		c.Note(textCheckBad.With(len(k.mistakes)))
		return
	}
	c.Say(textCheckGood.With(k.cfg.File(), k.policy.NumGroups()-1, len(k.cfg.Feeds)))
	printSettings(c, k.settings())
	printWatches(c, k.policy)
	shares := k.cfg.Memory.Shares(k.cfg.Cache.MaxBytes)
	in := func(bytes int64) string { return yamlfile.Bytes(bytes).Rounded() }
	c.Say(textMemory.With(
		in(shares.Budget), in(shares.Resolve), in(shares.Cache), in(shares.Streams), in(shares.Questions),
		in(shares.Tap), in(shares.Manage), in(shares.Supervise), in(shares.Job), in(shares.JobBound()),
	))
	if k.asked > 0 {
		c.Say(textScriptsGood.With(k.asked))
	}
}

func checkLines(problems yamlfile.Problems) []checkLine {
	lines := make([]checkLine, 0, len(problems))
	for _, p := range problems {
		lines = append(lines, checkLine{p.File, p.Line, p.Text.VI, p.Text.EN})
	}
	return lines
}
