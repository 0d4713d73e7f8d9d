package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"lachan/internal/wording"
)

// A progress shows on a terminal how far long work is. Elsewhere it shows
// nothing.
type progress struct {
	out  io.Writer // nil: show nothing
	what wording.Text
	last time.Time
}

const progressEvery = 200 * time.Millisecond

func newProgress(out io.Writer, what wording.Text) *progress {
	p := &progress{what: what}
	if file, ok := out.(*os.File); ok {
		if info, err := file.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			p.out = out
		}
	}
	return p
}

// show tells how many things are done.
func (p *progress) show(done int) {
	if p.out != nil && time.Since(p.last) >= progressEvery {
		p.last = time.Now()
		fmt.Fprintf(p.out, "\r%s: %d ", p.what, done)
	}
}

// end clears the line.
func (p *progress) end() {
	if p.out != nil && !p.last.IsZero() {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}
