package domain

// Record types that decisions depend on (RFC 1035, 3596 and 9460).
const (
	TypeA     = 1
	TypeAAAA  = 28
	TypeSVCB  = 64
	TypeHTTPS = 65
)

// Info codes of extended errors (RFC 8914) that blocked answers carry.
const (
	EDEBlocked  = 15 // the operator's own policy: entries and locks of units, canaries
	EDECensored = 16 // an authority's order
	EDEFiltered = 17 // what the profile asked for
)
