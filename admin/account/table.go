package account

import (
	"slices"
	"strings"
)

// A reach says over which units a role has a right, by where they are from the unit of
// the grant.
type reach uint8

const (
	none     reach = iota
	own            // the unit itself, and its groups
	subtree        // likewise, and all below it
	top            // below it those that have nothing above them
	tests          // below it those that are for trying
	document       // itself, as an authority: its orders and lists
	wide           // everything, if the unit is a province or everything
)

// table is who may do what: the one place that says so. Its columns are those of Roles.
var table = map[Right][6]reach{
	// school, commune, province, operator, authority, viewer
	View:        {own, subtree, subtree, subtree, document, subtree},
	Answer:      {own, subtree, subtree, tests, none, none},
	Except:      {own, subtree, subtree, tests, none, none},
	Structure:   {none, none, subtree, subtree, none, none},
	Calendar:    {own, subtree, subtree, subtree, none, none},
	Lock:        {none, own, own, top, none, none},
	Lists:       {none, none, own, subtree, document, none},
	Order:       {none, none, none, subtree, document, none},
	ReadOrders:  {none, none, wide, subtree, document, wide},
	Release:     {none, none, none, subtree, none, none},
	Hold:        {none, none, wide, subtree, none, none},
	Report:      {own, subtree, subtree, subtree, document, none},
	ReadReports: {own, subtree, subtree, subtree, document, subtree},
	Accounts:    {own, subtree, subtree, subtree, none, none},
	Audit:       {own, subtree, subtree, subtree, document, subtree},
}

// reachOf is over which units a role has a right.
func reachOf(right Right, role Role) reach {
	row, known := table[right]
	column := slices.Index(Roles(), role)
	if !known || column < 0 {
		return none
	}
	return row[column]
}

// Has reports whether a role has a right over any unit.
func (r Role) Has(right Right) bool { return reachOf(right, r) != none }

// granted are the roles that a role may give over a unit where it has the right of
// accounts.
var granted = map[Role][]Role{
	School:   {School, Viewer},
	Commune:  {School, Viewer},
	Province: {School, Commune, Viewer},
	Operator: {School, Commune, Province, Operator, Authority, Viewer},
	Machine:  {School, Commune, Province, Operator, Authority, Viewer},
}

// fits are the kinds of the units that a role is granted over; a role that is not in it
// is granted over any.
var fits = map[Role][]Kind{
	School:    {KindSchool, KindTest},
	Commune:   {KindCommune},
	Province:  {KindProvince},
	Operator:  {KindEverything, KindProvince},
	Authority: {KindAuthority},
}

// A Kind is what a unit is.
type Kind string

// The kinds of units.
const (
	KindEverything Kind = "" // the unit "", which holds all others
	KindProvince   Kind = "province"
	KindCommune    Kind = "commune"
	KindSchool     Kind = "school"
	KindGroup      Kind = "group"
	KindTest       Kind = "test"      // for trying: nobody learns there
	KindAuthority  Kind = "authority" // has orders and lists, and nothing below it
)

// A Tree is the units there are.
type Tree interface {
	// Parent is the unit above one, "" for those at the top and for authorities; ok is
	// false if there is no such unit. A group is called "school/group", and is not asked for.
	Parent(unit string) (parent string, ok bool)
	// Kind is what a unit is.
	Kind(unit string) Kind
}

// deepest is how many units may stand above each other; a tree that goes round in
// circles ends there.
const deepest = 16

// chain is a unit and those above it, the nearest first, without "". It is empty if the
// unit, or one above it, is not there.
func chain(unit string, t Tree) (units []string) {
	school, _, group := strings.Cut(unit, "/")
	if group {
		units = append(units, unit)
	}
	for unit = school; unit != ""; {
		parent, ok := t.Parent(unit)
		if !ok || len(units) == deepest {
			return nil
		}
		units, unit = append(units, unit), parent
	}
	return units
}

// covers reports whether a role over from reaches a unit.
func (r reach) covers(from, unit string, t Tree) bool {
	within := func() bool {
		if from == "" {
			return true
		}
		for _, u := range chain(unit, t) {
			if u == from {
				return true
			}
		}
		return false
	}
	switch r {
	case own:
		school, _, _ := strings.Cut(unit, "/")
		return from != "" && (unit == from || school == from) && within()
	case subtree:
		return within()
	case top:
		parent, ok := t.Parent(unit)
		return (unit == "" || ok && parent == "") && within()
	case tests:
		school, _, _ := strings.Cut(unit, "/")
		return t.Kind(school) == KindTest && within()
	case document:
		return from != "" && unit == from && t.Kind(unit) == KindAuthority
	case wide:
		return from == "" || t.Kind(from) == KindProvince
	}
	return false
}
