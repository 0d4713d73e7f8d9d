// Package offline has the commands that need no running server, and what they
// work on: the configuration, the policy and the lists on disk, as a server
// would use them that starts now.
package offline

import (
	"errors"

	"lachan/blocklist"
	"lachan/blocklist/feed"
	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/lookup"
	"lachan/cmd/lachan/source"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
	"lachan/policy"
	"lachan/policy/catalogue"
)

// An Offline is what commands that need no server work on: the configuration,
// the policy and what is on disk.
type Offline struct {
	Config *config.Config
	Policy *policy.Policy
	Facts  *catalogue.Catalogue
}

// Open reads the configuration and the policy of a command. Notes are
// what is worth knowing and no mistake.
func Open(c command.Call) (*Offline, yamlfile.Problems, error) {
	cfg, problems := command.Config(c.Command)
	if len(problems) > 0 {
		return nil, nil, problems
	}
	p, decided, notes := source.Offline(cfg)
	if p == nil {
		return nil, nil, notes
	}
	if decided.Unread != nil {
		c.Note(textDecisionsUnread.With(decided.Unread))
	}
	facts, err := catalogue.Load()
	return &Offline{cfg, p, facts}, notes, err
}

// KnowsCategory reports whether entries of lists may mean a category or service of the
// policy by a text.
func (o *Offline) KnowsCategory(text string) bool { return policy.NamesCategory(o.Policy, text) }

// Lists are the compiled lists on disk, bound to the policy, or the built-in
// ones when there are none; note then says so.
func (o *Offline) Lists(c command.Call) (list *blocklist.List, note wording.Text, err error) {
	lists, err := o.Newest()
	if err != nil {
		note = textExplainSnapshot.With(err)
	} else if lists == nil {
		note = textExplainNoLists.With(o.Config.StateDir)
	}
	if lists == nil {
		if lists, err = blocklist.CompileAside(c.Context(), source.Builtin(o.Facts)); err != nil {
			return nil, note, err
		}
	}
	return source.Bind(lists, o.Policy, o.Config), note, nil
}

// Newest is the newest compiled lists on disk that are whole; nil if there
// are none. It changes nothing there.
func (o *Offline) Newest() (*blocklist.Lists, error) {
	lists, damaged := blocklist.NewStore(o.Config.ListsDir()).OpenLatestReadOnly()
	return lists, errors.Join(damaged...)
}

// OpenStores opens what is on disk, as the user that serves.
func (o *Offline) OpenStores() (*feed.Store, *blocklist.Store, error) {
	if err := command.AsServer(o.Config); err != nil {
		return nil, nil, err
	}
	system, _ := config.SystemUpstreams(o.Config) // without any, a look-up says so
	if _, err := lookup.Own(o.Config, system); err != nil {
		return nil, nil, err
	}
	store, err := feed.Open(o.Config.FeedsDir())
	if err == nil {
		store.SignedDir = config.SignedDir(o.Config)
	}
	return store, blocklist.NewStore(o.Config.ListsDir()), config.StateError(o.Config, err)
}
