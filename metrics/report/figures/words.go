package figures

import (
	"fmt"
	"time"
)

// The words in Data are Vietnamese, as documents have them.

// InFull is the label with the days that it stands for.
func (p Period) InFull() string {
	if p.kind == between {
		return p.Label
	}
	return p.Label + ", từ ngày " + Date(p.Start) + " đến hết ngày " + Date(p.Last())
}

// Date is a day as documents write it.
func Date(t time.Time) string { return t.Format("02/01/2006") }

// Moment is a time as documents write it.
func Moment(t time.Time) string { return t.Format("15 giờ 04, ngày 02/01/2006") }

// InWords is a length of time in words.
func InWords(d time.Duration) string {
	d = d.Round(time.Minute)
	hours, minutes := int(d/time.Hour), int(d%time.Hour/time.Minute)
	switch {
	case hours == 0:
		return fmt.Sprintf("%d phút", minutes)
	case minutes == 0:
		return fmt.Sprintf("%d giờ", hours)
	}
	return fmt.Sprintf("%d giờ %d phút", hours, minutes)
}
