package main

import (
	"bufio"
	"fmt"
)

// categories are those of the lists; a client of every school is kept from
// each of them. Listed name i is in category i modulo their number.
var categories = [8]string{"adult", "gambling", "phishing", "malware", "drugs", "violence", "circumvention", "ads"}

// hosts writes the list of one category.
func (o options) hosts(w *bufio.Writer, category int) {
	for i := category; i < o.names; i += len(categories) {
		fmt.Fprintf(w, "0.0.0.0 %s\n", name(listed, i))
	}
}

// unbound writes all lists for unbound.conf(5), below "server:".
func (o options) unbound(w *bufio.Writer) {
	fmt.Fprintln(w, "server:")
	for i := range o.names {
		fmt.Fprintf(w, "local-zone: \"%s.\" always_nxdomain\n", name(listed, i))
	}
}

// rpz writes all lists as a response policy zone.
func (o options) rpz(w *bufio.Writer) {
	fmt.Fprint(w, "$TTL 3600\n$ORIGIN blocked.rpz.\n@ SOA localhost. root.localhost. 1 3600 600 86400 60\n@ NS localhost.\n")
	for i := range o.names {
		n := name(listed, i)
		fmt.Fprintf(w, "%s CNAME .\n*.%s CNAME .\n", n, n)
	}
}

// plain writes all lists as bare names.
func (o options) plain(w *bufio.Writer) {
	for i := range o.names {
		fmt.Fprintln(w, name(listed, i))
	}
}
