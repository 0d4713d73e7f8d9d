// Package console is the pages by which people run the program in a browser. A page asks
// the desk what there is and shows it; a form is one decision, the same as the API's. No
// page writes when it is read, and none needs a script.
//
// Each page is two files in the room that it belongs to, page_NAME.go and NAME.html: what
// it shows, and how. Here is which pages there are, and where.
package console

import (
	"io/fs"
	"log/slog"

	"lachan/console/entrance"
	"lachan/console/frame"
	"lachan/console/people"
	"lachan/console/schools"
	"lachan/console/watch"
)

// New is the console of what there is, for the names that it may be asked as.
func New(s frame.Sources, names []string, log *slog.Logger) (*frame.Site, error) {
	plan := frame.Plan{
		Routes: routes(), Tabs: tabs, Templates: []fs.FS{entrance.Pages, people.Pages, schools.Pages, watch.Pages},
	}
	return frame.New(s, plan, names, log)
}
