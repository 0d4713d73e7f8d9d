package report

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"lachan/internal/wording"
)

// ErrUnit is the error of a report on a unit that nobody knows.
var ErrUnit = wording.Error(wording.ReportNoUnit)

// place finds the unit that reports and the schools that belong to it.
func (b *builder) place(ctx context.Context) error {
	now, before, err := b.reader.places(ctx, b.spec.Period, b.until)
	if err != nil {
		return err
	}
	b.units = make(map[string]Unit, len(b.spec.Units))
	for _, u := range b.spec.Units {
		b.units[u.ID] = u
		if _, told := now[u.ID]; u.Rank == School && !told {
			if now == nil {
				now = make(map[string]place)
			}
			now[u.ID] = place{u.Province, u.Commune, u.Level}
		}
	}
	for id, p := range now {
		b.know(id, p, School)
		b.know(p.commune, p, Commune)
		b.know(p.province, p, Province)
	}
	b.unit = b.units[b.spec.Unit]
	if _, known := b.units[b.spec.Unit]; !known && b.spec.Unit != "" {
		return fmt.Errorf("%q: %w", b.spec.Unit, ErrUnit)
	}
	for id, p := range now {
		if b.belongs(id, p) {
			b.schools = append(b.schools, schoolAt{b.units[id], p, before[id]})
		}
	}
	words := vietnamese()
	slices.SortFunc(b.schools, func(x, y schoolAt) int {
		return cmp.Or(
			words.CompareString(b.name(x.province), b.name(y.province)),
			words.CompareString(b.name(x.commune), b.name(y.commune)),
			words.CompareString(x.Name, y.Name), cmp.Compare(x.ID, y.ID))
	})
	return nil
}

// know takes in a unit that only counters name.
func (b *builder) know(id string, p place, rank Rank) {
	if _, known := b.units[id]; known || id == "" {
		return
	}
	u := Unit{ID: id, Name: id, Rank: rank}
	switch rank {
	case School:
		u.Province, u.Commune, u.Level = p.province, p.commune, p.level
	case Commune:
		u.Province = p.province
	}
	b.units[id] = u
}

// belongs tells whether a school is in the report.
func (b *builder) belongs(id string, p place) bool {
	switch b.unit.Rank {
	case School:
		return id == b.unit.ID
	case Commune:
		return p.commune == b.unit.ID
	case Province:
		return p.province == b.unit.ID
	}
	return true
}

// name is what people call a unit.
func (b *builder) name(id string) string {
	if id == "" {
		return "Chưa rõ địa bàn"
	}
	if u, known := b.units[id]; known && u.Name != "" {
		return u.Name
	}
	return id
}
