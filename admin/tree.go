package admin

import (
	"slices"
	"strings"

	"lachan/admin/account"
	"lachan/internal/wording"
	"lachan/policy"
)

// A tree is the units of a policy and the authorities, as rights are judged by it.
type tree struct {
	policy      *policy.Policy
	authorities []string
}

// Tree is how the units in force stand to each other.
func (d *Desk) Tree() account.Tree {
	return tree{d.parts.View.Rules().Policy(), d.parts.View.Authorities()}
}

// Parent is the unit above one.
func (t tree) Parent(unit string) (parent string, ok bool) {
	if _, ok := t.policy.GroupOf(unit); ok {
		return policy.Above(t.policy, unit), true
	}
	return "", slices.Contains(t.authorities, unit)
}

// Kind is what a unit is.
func (t tree) Kind(unit string) account.Kind {
	g, ok := t.policy.GroupOf(unit)
	if !ok {
		if slices.Contains(t.authorities, unit) {
			return account.KindAuthority
		}
		return account.KindEverything
	}
	group := t.policy.Group(g)
	if isTestType(group.Type) {
		return account.KindTest
	}
	return account.Kind(group.Kind.String())
}

// testTypes are the types of units where nobody learns.
var testTypes = []string{"thu-nghiem", "test"}

func isTestType(text string) bool { return slices.Contains(testTypes, wording.Plain(text, '-')) }

// area is the unit at the top of the one that a record is about.
func (t tree) area(unit string) string {
	for range mostAbove {
		parent, ok := t.Parent(unit)
		if !ok || parent == "" {
			break
		}
		unit = parent
	}
	return unit
}

// mostAbove bounds how many units stand above each other.
const mostAbove = 16

// within reports whether a unit is another one or below it; everything is below "".
func (t tree) within(unit, top string) bool {
	for range mostAbove {
		if unit == top || top == "" {
			return true
		}
		if school, _, group := strings.Cut(unit, "/"); group && !t.has(unit) {
			unit = school
			continue
		}
		parent, ok := t.Parent(unit)
		if !ok || parent == "" {
			return false
		}
		unit = parent
	}
	return false
}

func (t tree) has(unit string) bool { _, ok := t.policy.GroupOf(unit); return ok }

// group is the number of a unit; ok is false if there is none.
func (t tree) group(unit string) (policy.GroupID, bool) {
	g, ok := t.policy.GroupOf(unit)
	return g, ok && g != 0
}

// AuthorityID is the unit of an authority by the name that the configuration gives it.
func AuthorityID(name string) string { return wording.Plain(name, '-') }
