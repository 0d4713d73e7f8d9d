package lists

import (
	"fmt"
	"strings"
	"time"

	"lachan/blocklist/feed"
	"lachan/blocklist/format"
	"lachan/blocklist/publish"
	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/offline"
	"lachan/cmd/lachan/source"
	"lachan/internal/wording"
)

// newRemarks looks for entries of a table that do less than their rows say.
func newRemarks() (*publish.Remarks, error) {
	words, err := source.LoadWords()
	return &publish.Remarks{Now: time.Now(), Known: words.Know}, err
}

// printRemarks tells of them, with the category that is likely meant.
func printRemarks(c command.Call, r *publish.Remarks) {
	for i, e := range r.Over {
		if i == rejectsPrinted {
			fmt.Fprintln(c.OutOrStdout(), "…")
			break
		}
		last := e.Until.Add(-time.Second).In(time.FixedZone("UTC+7", 7*60*60))
		c.Say(textPassed.With(e.Name, last.Format("02/01/2006")))
	}
	words, _ := source.LoadWords() // an error has been told by newRemarks
	for _, u := range r.Unknown {
		c.Say(words.Nearest(textNoCategory.With(u.Category, u.Entries), u.Category))
	}
}

// slips are what is likely a slip in rows that are in use: they do less than they say.
type slips struct {
	Over []publish.Passed `json:"over,omitempty"` // entries whose last day has passed; the first 1,000
	// OverInAll counts them all.
	OverInAll int               `json:"over_in_all,omitempty"`
	Unknown   []publish.Unknown `json:"unknown_categories,omitempty"` // that the policy does not have
}

// slipsOf reads the copy of a feed, if it is of rows that say such things.
func slipsOf(f *config.Feed, c feed.Copy, off *offline.Offline, now time.Time) (slips, error) {
	switch c.Format {
	case format.CSV, format.XLSX, format.Directory:
	default:
		return slips{}, nil
	}
	remarks := publish.Remarks{Now: now, Known: off.KnowsCategory}
	file := source.FileOf(f, c, off.Config.Timezone)
	err := file.Blocklist().Rules(func(r format.Rule) error {
		remarks.Add(&r)
		return nil
	})
	return slips{remarks.Over, remarks.OverInAll, remarks.Unknown}, err
}

// slipNames is how many entries are named.
const slipNames = 5

// slips tells of the slips of a list, each with where it is mended.
func (p printer) slips(f *feedState, line func(wording.Text)) {
	if n := f.OverInAll; n > 0 {
		var names []string
		for _, e := range f.Over[:min(len(f.Over), slipNames)] {
			last := e.Until.Add(-time.Second).In(p.zone)
			names = append(names, e.Name+" "+last.Format("02/01/2006"))
		}
		if n > slipNames {
			names = append(names, "…")
		}
		line(textPassedIn.With(n, strings.Join(names, ", "), f.URL))
	}
	words, _ := source.LoadWords() // those that are built in can be read
	for _, u := range f.Unknown {
		line(words.Nearest(textNoCategoryIn.With(u.Category, u.Entries, f.Category, f.URL), u.Category))
	}
}
