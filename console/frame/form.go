package frame

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/internal/wording"
	"lachan/policy"
)

// What forms and tables of several pages have in common.

// RowsOfPage bounds the rows of a table on a page.
const RowsOfPage = 50

// WrongOf is what an error says is wrong with a form, at its field or at a usual one.
func WrongOf(err error, field string) []Wrong {
	var r *admin.Refusal
	var p *account.Refusal
	switch {
	case errors.As(err, &r) && r.Field != "":
		field = r.Field
	case errors.As(err, &p) && p.Field != "":
		field = p.Field
	}
	return []Wrong{{field, wording.Of(err)}}
}

// Local is a path of this site; "/" for anything else.
func Local(path string) string {
	u, err := url.Parse(path)
	own := strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") && !strings.Contains(path, `\`)
	if err != nil || u.IsAbs() || u.Host != "" || !own {
		return "/"
	}
	return path
}

// Until is how long a button says, as a decision has it.
func Until(choice string, now time.Time) string {
	switch choice {
	case "45m":
		return "lesson"
	case "7d":
		return now.AddDate(0, 0, 7).Format(time.DateOnly)
	case "30d":
		return now.AddDate(0, 0, 30).Format(time.DateOnly)
	case "always":
		return "never"
	}
	return ""
}

// May reports whether the visitor has a right over a unit.
func (v *Visit) May(right account.Right, unit string) bool {
	return v.Who.Actor.May(right, unit, v.Site.Tree(), v.Now)
}

// WhoMay says who has a right over a unit; it is empty if the visitor has it.
func (v *Visit) WhoMay(right account.Right, unit string) wording.Text {
	holders := account.WhoMay(right, unit, v.Site.Tree())
	if v.May(right, unit) || len(holders) == 0 {
		return wording.Text{}
	}
	return textWhoMay.With(holders[0].Role.Text(), v.placeText(holders[0].Unit))
}

// placeText is a unit in a sentence.
func (v *Visit) placeText(unit string) wording.Text {
	if unit == "" {
		return textEverything
	}
	return plainText(v.UnitName(unit))
}

// Units are the first units that a visitor sees, for a field to propose.
func (v *Visit) Units() (list []Named) {
	units, err := v.Site.Desk.Units(v.Context(), v.Who.Actor, admin.Filter{}, admin.Page{Limit: mostProposed})
	if err != nil {
		return nil
	}
	for _, u := range units {
		list = append(list, Named{u.ID, u.Name})
	}
	return list
}

// mostProposed bounds the units that a field proposes.
const mostProposed = 50

// A BlockedLabel is a category that a unit is kept from.
type BlockedLabel struct {
	Label  wording.Text
	Locked bool
}

// Labels are what a unit is kept from, with what is locked marked.
func Labels(b *policy.Blocked, locked []string) (list []BlockedLabel) {
	for i, code := range b.Codes {
		list = append(list, BlockedLabel{b.Labels[i], slices.Contains(locked, code)})
	}
	return list
}
