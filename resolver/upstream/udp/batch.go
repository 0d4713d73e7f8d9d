package udp

// A batch is what one system call received on a socket, and the requests that
// end by it. It belongs to the goroutine that reads; its memory is used again.
type batch struct {
	datagrams [][]byte
	answered  []*Request // by datagram; nil if it answers none
	wrong     int        // datagrams that answer none
	broken    []*Request // end with err
	err       error
	tails     []func() // of requests that have ended
}

// reset empties the batch, but for the tails, which are still to be run.
func (b *batch) reset() {
	b.datagrams, b.answered, b.broken = b.datagrams[:0], b.answered[:0], nil
	b.wrong, b.err = 0, nil
}

// after has tail run, if it is not nil, when all requests of the batch have
// ended.
func (b *batch) after(tail func()) {
	if tail != nil {
		b.tails = append(b.tails, tail)
	}
}

func (b *batch) runTails() {
	for _, tail := range b.tails {
		tail()
	}
	clear(b.tails)
	b.tails = b.tails[:0]
}
