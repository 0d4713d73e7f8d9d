package catalogue

import (
	"encoding/csv"
	"fmt"
	"strings"

	"lachan/internal/wording"
)

// A Class says in which subtotal of a report the blocks of a category stand.
type Class uint8

// The classes of categories.
const (
	Harmful   Class = iota // content that harms children or breaks the law
	Managed                // content with a right time and a wrong time
	Technical              // machine traffic: adverts, probes; never a pupil's misconduct
)

// A Lock says which level may loosen a category by default.
type Lock uint8

// The locks of categories.
const (
	LockNone     Lock = iota // every unit for itself
	LockProvince             // the province and above
	LockCentral              // the central level alone
)

// A Category is a kind of content.
type Category struct {
	Code          string // "gambling": in configuration, metrics and reports
	Alias         string // the Vietnamese code, "co-bac"; accepted wherever Code is
	Label         wording.Text
	Class         Class
	Lock          Lock
	AuthorityOnly bool // only feeds that an authority supplies may fill it
}

// The columns of categories.csv before those of the profiles.
const (
	columnCode = iota
	columnAlias
	columnVI
	columnEN
	columnClass
	columnLock
	columnFilled
	columnProfiles
)

// loadCategories reads categories.csv, a row a category, most severe first,
// with a column for each profile that says C (blocked), L (blocked during
// school hours) or - (allowed).
func (c *Catalogue) loadCategories() error {
	const file = "categories.csv"
	text, err := data.ReadFile("data/" + file)
	if err != nil {
		return err
	}
	rows, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	c.Profiles = append([]Profile(nil), profiles...)
	c.category = make(map[string]int, 2*len(rows))
	for i, row := range rows[1:] {
		category, err := readCategory(row)
		if err == nil {
			err = c.applyMarks(category.Code, rows[0][columnProfiles:], row[columnProfiles:])
		}
		if err != nil {
			return fmt.Errorf("%s:%d: %w", file, i+2, err)
		}
		c.category[category.Code], c.category[category.Alias] = i, i
		c.Categories = append(c.Categories, category)
	}
	return nil
}

func readCategory(row []string) (Category, error) {
	c := Category{
		Code:  row[columnCode],
		Alias: row[columnAlias],
		Label: wording.Text{VI: row[columnVI], EN: row[columnEN]},
	}
	switch row[columnClass] {
	case "harmful":
		c.Class = Harmful
	case "managed":
		c.Class = Managed
	case "technical":
		c.Class = Technical
	default:
		return c, fmt.Errorf("class %q of %s is unknown", row[columnClass], c.Code)
	}
	switch row[columnLock] {
	case "none":
		c.Lock = LockNone
	case "province":
		c.Lock = LockProvince
	case "central":
		c.Lock = LockCentral
	default:
		return c, fmt.Errorf("lock %q of %s is unknown", row[columnLock], c.Code)
	}
	switch row[columnFilled] {
	case "any":
	case "authority":
		c.AuthorityOnly = true
	default:
		return c, fmt.Errorf("filler %q of %s is unknown", row[columnFilled], c.Code)
	}
	return c, nil
}

// applyMarks puts a category into the lists of the profiles.
func (c *Catalogue) applyMarks(code string, columns, marks []string) error {
	for i, column := range columns {
		p := c.Profile(column)
		if p == nil {
			return fmt.Errorf("column %q is no profile", column)
		}
		switch marks[i] {
		case "C":
			p.Block = append(p.Block, code)
		case "L":
			p.Scheduled = append(p.Scheduled, code)
		case "-":
		default:
			return fmt.Errorf("mark %q of %s for %s is unknown", marks[i], code, column)
		}
	}
	return nil
}
