package policy

// Blocks is all that some group is denied at some time: what a name must be for
// a list to make a difference to anybody.
func (p *Policy) Blocks() (all Set) {
	for i := range p.plans {
		pl := &p.plans[i]
		all = all.Or(pl.locked).Or(p.profileBlocks(pl.profile)).Or(p.ruleBlocks(pl.rules))
		for j := range pl.layers {
			all = all.Or(pl.layers[j].block)
		}
		var m layerMask
		for _, e := range pl.timed {
			m.add(e.bit, e.allow)
		}
		all = all.Or(m.block)
	}
	return all
}

func (p *Policy) profileBlocks(profile int32) Set {
	f := &p.profiles[profile]
	return f.block.Or(p.ruleBlocks(f.rules))
}

func (p *Policy) ruleBlocks(rules []int32) (all Set) {
	for _, id := range rules {
		r := &p.rules[id]
		all = all.Or(r.block)
		if r.profile != noProfile {
			all = all.Or(p.profiles[r.profile].block)
		}
	}
	return all
}
