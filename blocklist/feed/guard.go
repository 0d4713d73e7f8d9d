package feed

import (
	"fmt"
	"strings"
)

// guard returns why a version is held back, nil if it is not: it lost or gained
// more entries than a publisher changes on purpose, or would block what lessons
// need. known is the zero Copy before the first success and after the feed got
// another address or format.
func guard(src *Source, known, c *Copy) error {
	least := float64(known.Entries) * (1 - src.MaxShrink)
	most := float64(known.Entries) * src.MaxGrowth
	switch {
	case c.Entries == 0 && c.Rejected > 0:
		return refuse(textNoEntries.With(c.Rejected),
			fmt.Errorf("%w: %d lines rejected", ErrNoEntries, c.Rejected))
	case c.Entries == 0 && known.Entries > 0:
		return refuse(textEmptied.With(known.Entries),
			fmt.Errorf("%w: had %d", ErrNoEntries, known.Entries))
	case float64(c.Entries) < least:
		return refuse(textShrunk.With(known.Entries, c.Entries, 100*src.MaxShrink),
			fmt.Errorf("%w: %d entries, had %d", ErrShrunk, c.Entries, known.Entries))
	case src.MaxGrowth > 0 && known.Entries > 0 && float64(c.Entries) > most:
		return refuse(textGrew.With(known.Entries, c.Entries, src.MaxGrowth),
			fmt.Errorf("%w: %d entries, had %d", ErrGrew, c.Entries, known.Entries))
	case src.Locked && c.CoreHits > known.CoreHits:
		return refuse(textCore.With(c.CoreHits, strings.Join(c.CoreNames, ", ")),
			fmt.Errorf("%w: %d entries, had %d", ErrCore, c.CoreHits, known.CoreHits))
	}
	return nil
}
