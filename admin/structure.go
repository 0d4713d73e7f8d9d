package admin

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"lachan/admin/account"
	"lachan/policy"
)

// Units, profiles, timetables, calendars: what a policy compiles. What is changed here is
// at home in the console; what is at home in a file is changed there.

// A unitValue is a unit as records have it. What is not named here stays as it is.
type unitValue map[string]json.RawMessage

// unitOf reads a unit as it was decided.
func unitOf(text json.RawMessage) (u unitValue, err error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	if err := decoder.Decode(&u); err != nil || u == nil {
		return nil, invalid("unit", textNoObject)
	}
	return u, nil
}

func (u unitValue) text(key string) (s string) {
	_ = json.Unmarshal(u[key], &s) // "" if it is none; the compiler says what is wrong
	return s
}

func (u unitValue) list(key string) (list []json.RawMessage) {
	_ = json.Unmarshal(u[key], &list) // as text
	return list
}

// locks are what a unit and its groups lock, as "unit code".
func (u unitValue) locks(id string) (locks []string) {
	for _, code := range u.list("lock") {
		var text string
		if json.Unmarshal(code, &text) == nil {
			locks = append(locks, id+" "+text)
		}
	}
	for _, g := range u.list("groups") {
		if group, err := unitOf(g); err == nil {
			locks = append(locks, group.locks(id+"/"+group.text("id"))...)
		}
	}
	return locks
}

// isID says what ids of units and names of profiles and timetables are made of.
var isID = regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]{0,62}$`)

// at is a unit at home in the console; null is a unit that is not there yet. A unit of a
// file is a refusal, which says where it is and what to write there.
func (q *asking) at(id string, wanted any) (old json.RawMessage, err error) {
	if v, ok := q.state.Get(id, "unit/"+id); ok && v.New != nil {
		if place := policy.OfFile(q.rules.Policy(), id); place != "" {
			return nil, &Refusal{Kind: FileHome, Field: "unit", Text: textAdoptedStill.With(id, place), Place: place}
		}
		return v.New, nil
	}
	if place := policy.Place(q.rules.Policy(), id); place != "" {
		text, _ := json.Marshal(wanted)
		said := textFileHome.With(id, place, string(text), id)
		return nil, &Refusal{Kind: FileHome, Field: "unit", Text: said, Place: place}
	}
	return nil, nil
}

func (o SetUnit) plan(_ *Desk, q *asking) (plan, error) {
	if !isID.MatchString(o.ID) {
		return plan{}, invalid("id", textNoID.With(shown(o.ID)))
	}
	unit, err := unitOf(o.Unit)
	if err != nil {
		return plan{}, err
	}
	if id := unit.text("id"); id != "" && id != o.ID {
		return plan{}, invalid("id", textOtherID.With(shown(id), o.ID))
	}
	unit["id"], _ = json.Marshal(o.ID)
	parent := standing(q, unit.text("parent"))
	if q.tree.has(o.ID) {
		if err := q.may(account.Structure, o.ID); err != nil {
			return plan{}, err
		}
	}
	if !q.tree.has(o.ID) || unit.text("parent") != policy.Above(q.tree.policy, o.ID) {
		if err := q.may(account.Structure, parent); err != nil {
			return plan{}, err
		}
	}
	if slices.Contains(q.tree.authorities, o.ID) {
		return plan{}, invalid("id", textIDOfAuthority.With(o.ID))
	}
	return q.setUnit(account.Structure, "unit", o.ID, unit)
}

// standing is a unit, or the first above it that is there, of those that the same decision
// makes.
func standing(q *asking, unit string) string {
	for range mostAbove {
		above, made := q.above[unit]
		if !made || q.tree.has(unit) {
			break
		}
		unit = above
	}
	return unit
}

// MostUnits bounds how many units one decision makes.
const MostUnits = 1000

func (o SetUnits) plan(d *Desk, q *asking) (p plan, err error) {
	if len(o.Units) == 0 || len(o.Units) > MostUnits {
		return p, invalid("unit", textHowManyUnits.With(MostUnits))
	}
	q.above = map[string]string{}
	for _, one := range o.Units {
		if unit, err := unitOf(one.Unit); err == nil {
			if _, twice := q.above[one.ID]; twice {
				return p, invalid("unit", textTwice.With(shown(one.ID)))
			}
			q.above[one.ID] = unit.text("parent")
		}
	}
	for i, one := range o.Units {
		made, err := one.plan(d, q)
		switch {
		case err != nil:
			return p, err
		case made.second:
			return p, invalid("unit", textOneByOne.With(one.ID))
		case i == 0:
			p = made
		default:
			p = p.then(made.drafts...)
		}
	}
	return p, nil
}

// setUnit is the plan that gives a unit another text, by a right that was checked; nil
// removes it. Locks that are lost by it have to be the actor's, and take two people.
func (q *asking) setUnit(right account.Right, verb, id string, unit unitValue) (plan, error) {
	oldText, err := q.at(id, unit)
	if err != nil {
		return plan{}, err
	}
	old, _ := unitOf(oldText) // nil if there is none
	lost := q.lost(id, old, unit)
	for _, l := range lost {
		if err := q.may(account.Lock, strings.Fields(l)[0]); err != nil {
			return plan{}, err
		}
	}
	if err := mayAddLocks(q, id, old, unit); err != nil {
		return plan{}, err
	}
	by := right
	if !q.tree.has(id) && unit != nil {
		by = account.Structure // over what is above, as there is no unit yet
	}
	var value any
	if unit != nil {
		value = map[string]json.RawMessage(unit)
	}
	draft := q.draft(by, verb, id, "unit/"+id, value)
	if !q.tree.has(id) && unit != nil {
		parent := standing(q, unit.text("parent"))
		role, _ := q.by.As(account.Structure, parent, q.tree, q.now)
		draft.Role, draft.Area = string(role), q.tree.area(parent)
		if parent == "" {
			draft.Area = id
		}
	}
	p := planOf(structure, draft)
	p.second = len(lost) > 0 || becomesTest(q.tree, id, unit)
	return p, nil
}

// mayAddLocks refuses locks that a text adds to a unit that is there, unless they are the
// actor's to set: the text of a unit is no way around the right to lock.
func mayAddLocks(q *asking, id string, old, unit unitValue) error {
	if old == nil || unit == nil {
		return nil
	}
	had := old.locks(id)
	for _, l := range unit.locks(id) {
		if slices.Contains(had, l) {
			continue
		}
		if err := q.may(account.Lock, strings.Fields(l)[0]); err != nil {
			return err
		}
	}
	return nil
}

// becomesTest reports whether a unit is made one for trying, which one person may remove: so
// that takes two as its removal does.
func becomesTest(t tree, id string, unit unitValue) bool {
	return unit != nil && t.has(id) && t.Kind(id) != account.KindTest && isTestType(unit.text("type"))
}

// lost are the locks that hold for a unit and no longer would: its own, and those of the
// units above if it is moved.
func (q *asking) lost(id string, old, unit unitValue) (lost []string) {
	if old == nil {
		return nil
	}
	kept := unit.locks(id)
	for _, l := range old.locks(id) {
		if !slices.Contains(kept, l) {
			lost = append(lost, l)
		}
	}
	if unit == nil || unit.text("parent") == old.text("parent") {
		return lost
	}
	p := q.tree.policy
	var codes []string
	for above := unit.text("parent"); above != ""; above = policy.Above(p, above) {
		codes = append(codes, policy.LocksOf(p, above)...)
	}
	for above := old.text("parent"); above != ""; above = policy.Above(p, above) {
		for _, code := range policy.LocksOf(p, above) {
			if !slices.Contains(codes, code) {
				lost = append(lost, above+" "+code)
			}
		}
	}
	return lost
}

func (o RemoveUnit) plan(_ *Desk, q *asking) (plan, error) {
	if err := q.may(account.Structure, o.ID); err != nil {
		return plan{}, err
	}
	old, err := q.at(o.ID, nil)
	if err != nil {
		return plan{}, err
	}
	if old == nil {
		return plan{}, q.noUnit(o.ID)
	}
	p, err := q.setUnit(account.Structure, "remove", o.ID, nil)
	p.second = p.second || q.tree.Kind(o.ID) != account.KindTest
	return p, err
}

// change is the plan that changes one key of a unit.
func (q *asking) change(right account.Right, verb, id, key string, value json.RawMessage) (plan, error) {
	if err := q.may(right, id); err != nil {
		return plan{}, err
	}
	old, err := q.at(id, map[string]json.RawMessage{key: value})
	if err != nil {
		return plan{}, err
	}
	unit, err := unitOf(old)
	if err != nil {
		return plan{}, q.noUnit(id)
	}
	if canonical(value) == nil {
		delete(unit, key)
	} else if unit[key] = value; !json.Valid(value) {
		return plan{}, invalid(key, textNoObject)
	}
	p, err := q.setUnit(right, verb, id, unit)
	p.field = key
	return p, err
}

func (o SetRules) plan(_ *Desk, q *asking) (plan, error) {
	return q.change(account.Structure, "rule", o.Unit, "rules", o.Rules)
}

func (o SetGroup) plan(_ *Desk, q *asking) (plan, error) {
	if err := q.may(account.Structure, o.School); err != nil {
		return plan{}, err
	}
	old, err := q.at(o.School, o.Group)
	if err != nil {
		return plan{}, err
	}
	unit, err := unitOf(old)
	if err != nil {
		return plan{}, q.noUnit(o.School)
	}
	groups := slices.DeleteFunc(unit.list("groups"), func(text json.RawMessage) bool {
		g, err := unitOf(text)
		return err == nil && g.text("id") == o.ID
	})
	if canonical(o.Group) != nil {
		group, err := unitOf(o.Group)
		if err != nil {
			return plan{}, invalid("group", textNoObject)
		}
		group["id"], _ = json.Marshal(o.ID)
		text, err := json.Marshal(group)
		if err != nil {
			return plan{}, invalid("group", textNoObject)
		}
		groups = append(groups, text)
	}
	delete(unit, "groups")
	if len(groups) > 0 {
		unit["groups"], _ = json.Marshal(groups)
	}
	p, err := q.setUnit(account.Structure, "group", o.School, unit)
	p.field = "group"
	return p, err
}

func (o SetCalendar) plan(_ *Desk, q *asking) (plan, error) {
	if o.Unit != "" {
		return q.change(account.Calendar, "calendar", o.Unit, "calendar", o.Calendar)
	}
	return q.global("calendar", "calendar", o.Calendar)
}

func (o SetProfile) plan(_ *Desk, q *asking) (plan, error) {
	if !isID.MatchString(o.Name) {
		return plan{}, invalid("name", textNoID.With(shown(o.Name)))
	}
	return q.global("profile", "profile/"+o.Name, o.Profile)
}

func (o SetTimetable) plan(_ *Desk, q *asking) (plan, error) {
	if !isID.MatchString(o.Name) {
		return plan{}, invalid("name", textNoID.With(shown(o.Name)))
	}
	return q.global("timetable", "timetable/"+o.Name, o.Timetable)
}

// global is the plan that sets what all units share.
func (q *asking) global(verb, object string, value json.RawMessage) (plan, error) {
	if err := q.may(account.Structure, ""); err != nil {
		return plan{}, err
	}
	if canonical(value) != nil {
		if _, err := unitOf(value); err != nil {
			return plan{}, invalid(verb, textNoObject)
		}
	}
	p := planOf(structure, q.draft(account.Structure, verb, "", object, value))
	p.field = verb // which is what the value is, too
	return p, nil
}

func (o Lock) plan(_ *Desk, q *asking) (plan, error) {
	return q.locking(o.Unit, "lock", func(locks []string) []string {
		if slices.Contains(locks, o.Category) {
			return locks
		}
		return append(locks, o.Category)
	})
}

func (o Lift) plan(_ *Desk, q *asking) (plan, error) {
	return q.locking(o.Unit, "lift", func(locks []string) []string {
		return slices.DeleteFunc(locks, func(code string) bool { return code == o.Category })
	})
}

// locking is the plan that changes what a unit has locked.
func (q *asking) locking(id, verb string, change func([]string) []string) (plan, error) {
	if err := q.may(account.Lock, id); err != nil {
		return plan{}, err
	}
	old, err := q.at(id, map[string][]string{"lock": change(policy.LocksOf(q.tree.policy, id))})
	if err != nil {
		return plan{}, err
	}
	unit, err := unitOf(old)
	if err != nil {
		return plan{}, q.noUnit(id)
	}
	var locks []string
	_ = json.Unmarshal(unit["lock"], &locks) // none if it is no list; it was compiled
	was := slices.Clone(locks)
	if locks = change(locks); slices.Equal(was, locks) {
		return plan{}, invalid("category", textNothingToDo)
	}
	delete(unit, "lock")
	if len(locks) > 0 {
		unit["lock"], _ = json.Marshal(locks)
	}
	p, err := q.setUnit(account.Lock, verb, id, unit)
	p.field = "category"
	return p, err
}
