package clientconn

// Answers that clients have yet to take have a room in memory, over all connections
// and streams: Limits.AnswerBytes. Who cannot have room for an answer ends its
// connection, or its stream.

// smallAnswer is how many bytes an answer has, with those before it that its client
// did not take, that may use the last quarter of the room: clients that ask for what
// is large, and do not take it, leave room for the others.
const smallAnswer = 8 << 10

// Hold takes room for n bytes until Release. answers is how many bytes of answers the
// client has then yet to take. It is not ok if there is no room.
func (l *Limiter) Hold(n, answers int) (ok bool) {
	most := l.limits().AnswerBytes
	if answers > smallAnswer {
		most -= most / 4
	}
	if l.held.Add(int64(n)) > most && most > 0 {
		l.held.Add(-int64(n))
		return false
	}
	return true
}

// Release gives back room for n bytes.
func (l *Limiter) Release(n int) { l.held.Add(-int64(n)) }

// Held is the room that is taken, in bytes.
func (l *Limiter) Held() int64 { return l.held.Load() }
