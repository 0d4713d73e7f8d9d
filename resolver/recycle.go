package resolver

import "lachan/resolver/dnswire"

// recycle gives a query back for another question, without the room that a long
// reply took: it would stay with queries that have short ones.
func (r *route) recycle(q *Query) {
	q.shrink()
	r.queries.Put(q)
}

// shrink drops the room for the reply if that is large. Its writer has copied it.
func (q *Query) shrink() {
	if cap(q.out) > 2*querySize {
		q.out, q.reply = make([]byte, 0, querySize), dnswire.Reply{} // which is made of it
	}
}
