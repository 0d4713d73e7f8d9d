package expression

// Bounds of the expressions of all lists together: each is a part of what every
// question costs.
const (
	MostInAll  = 2000
	MostCommon = 200 // of these, such as are not Rare
)

// A Budget counts expressions. The zero Budget has taken none.
type Budget struct{ all, common int }

// Take takes an expression in, and reports whether there was room for it.
func (b *Budget) Take(expr string) (ok bool) {
	rare := Rare(expr)
	if b.all == MostInAll || !rare && b.common == MostCommon {
		return false
	}
	b.all++
	if !rare {
		b.common++
	}
	return true
}
