package compiled

// Blocks are the tags that are blocked for some group at some time.
func (f *File) Blocks() (all Set) {
	for i := range f.Plans {
		plan := &f.Plans[i]
		all = all.Or(plan.Locked).Or(f.profileBlocks(plan.Profile)).Or(f.ruleBlocks(f.PlanRulesOf(plan)))
		for _, l := range f.LayersOf(plan) {
			all = all.Or(l.Block)
		}
		var timed Layer
		for _, e := range f.TimedOf(plan) {
			timed.Add(e.Bit, e.Allows())
		}
		all = all.Or(timed.Block)
	}
	return all
}

func (f *File) profileBlocks(profile int32) Set {
	p := &f.Profiles[profile]
	return p.Block.Or(f.ruleBlocks(p.Rules))
}

func (f *File) ruleBlocks(rules []int32) (all Set) {
	for _, id := range rules {
		r := &f.Rules[id]
		all = all.Or(r.Block)
		if r.Profile != NoProfile {
			all = all.Or(f.Profiles[r.Profile].Block)
		}
	}
	return all
}
