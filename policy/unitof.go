package policy

// UnitOf is the id of a group and the name of the school that it is in, or its
// own where it is in none; "" for unknown clients.
func UnitOf(p *Policy, g GroupID) (id, school string) {
	of := p.Group(g)
	if of.Kind == 0 {
		return "", ""
	}
	id, school = of.UnitID(), of.Name
	if above, ok := p.GroupOf(of.School); ok && of.ID != "" {
		school = p.Group(above).Name
	}
	return id, school
}
