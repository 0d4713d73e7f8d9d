package blocklist

import "lachan/blocklist/domain"

// A finding is a rule that holds for a name, before the exceptions of its feed
// are weighed against it.
type finding struct {
	spec   uint32
	labels int    // of the suffix it was found at
	expr   string // of a regular expression
}

// findings is a list of bounded size on the stack. A name has few suffixes
// with rules and these few rules. Blocking rules come first, so that where the
// list is full exceptions are left out and nothing opens.
type findings struct {
	list  [96]finding
	count int
}

func (f *findings) add(x finding) {
	if f.count < len(f.list) {
		f.list[f.count] = x
		f.count++
	}
}

// weigh is Classify for names that meet rules with conditions: exceptions,
// query types, times, regular expressions.
func (l *List) weigh(n *domain.Name, qtype uint16, now int64) (set Set) {
	var found findings
	l.find(n, qtype, now, &found)
	for _, f := range found.list[:found.count] {
		if b := &l.specs[f.spec]; !b.Allow && !found.lifted(l, f) {
			set = set.Or(b.tags)
		}
	}
	return set
}

// find collects the rules that hold for a name, blocking rules first.
func (l *List) find(n *domain.Name, qtype uint16, now int64, found *findings) {
	for _, allow := range [2]bool{false, true} {
		for k := 1; k <= n.Labels(); k++ {
			id, ok := l.snapshot.lookup(n.Hash(k), n.Suffix(k))
			if !ok {
				continue
			}
			for _, s := range l.snapshot.meta.Rulesets[id] {
				b := &l.specs[s]
				if b.Allow == allow && covers(b.Scope, k == n.Labels()) && b.holds(qtype, now) && !b.excepts(n) {
					found.add(finding{spec: s, labels: k})
				}
			}
		}
		l.findRegexes(n, qtype, now, allow, found)
	}
}

func (l *List) findRegexes(n *domain.Name, qtype uint16, now int64, allow bool, found *findings) {
	if len(l.snapshot.regexes) == 0 {
		return
	}
	buf := l.texts.Get().(*[domain.MaxWire]byte)
	defer l.texts.Put(buf)
	text := textOf(buf[:0], n)
	for _, p := range l.snapshot.regexes {
		b := &l.specs[p.Spec]
		if b.Allow == allow && b.holds(qtype, now) && !b.excepts(n) && p.match(text) {
			found.add(finding{spec: p.Spec, expr: p.Expr})
		}
	}
}

// textOf appends the name with dots between its labels, unescaped: what
// regular expressions are matched against.
func textOf(dst []byte, n *domain.Name) []byte {
	for rest := n.Suffix(n.Labels()); len(rest) > 0; {
		size := 1 + int(rest[0])
		if len(dst) > 0 {
			dst = append(dst, '.')
		}
		dst = append(dst, rest[1:size]...)
		rest = rest[size:]
	}
	return dst
}

// lifted tells whether an exception of the same feed, of at least its level,
// holds for the same name.
func (f *findings) lifted(l *List, x finding) bool {
	block := &l.specs[x.spec]
	for _, y := range f.list[:f.count] {
		if b := &l.specs[y.spec]; b.Allow && b.Feed == block.Feed && b.level() >= block.level() {
			return true
		}
	}
	return false
}

func (b *bound) excepts(n *domain.Name) bool {
	for i := range b.except {
		if n.Within(&b.except[i]) {
			return true
		}
	}
	return false
}
