package lists

import (
	"fmt"
	"time"

	"lachan/blocklist/publish"
	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/source"
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
