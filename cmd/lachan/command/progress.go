package command

import (
	"fmt"
	"io"
	"os"
	"time"

	"lachan/internal/wording"
)

// A Progress shows on a terminal how far long work is. Elsewhere it shows
// nothing.
type Progress struct {
	out  io.Writer // nil: show nothing
	what string
	last time.Time
}

const progressEvery = 200 * time.Millisecond

// NewProgress shows on the terminal of a command how far something is.
func NewProgress(c Call, what wording.Text) *Progress {
	p, out := &Progress{what: what.In(c.Lang)}, c.Command.ErrOrStderr()
	if file, ok := out.(*os.File); ok {
		if info, err := file.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			p.out = out
		}
	}
	return p
}

// Show tells how many things are done.
func (p *Progress) Show(done int) {
	if p.out != nil && time.Since(p.last) >= progressEvery {
		p.last = time.Now()
		fmt.Fprintf(p.out, "\r%s: %d ", p.what, done)
	}
}

// End clears the line.
func (p *Progress) End() {
	if p.out != nil && !p.last.IsZero() {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}
