// Command names makes what a measurement needs: lists of names in eight
// categories, the policy of many schools, queries, and the same lists in the
// forms of other servers. The same flags make the same files, byte by byte;
// all names are invented and end in .example: names in .test are never forwarded.
//
//	NAME.hosts      eight lists, by category
//	policy.yaml     34 provinces, 3,321 communes at most, the schools
//	warm.queries    popular names by Zipf's law, one in ten of them listed
//	miss.queries    names that are asked only once
//	unbound.conf, blocked.rpz, blocked.names    the lists for other servers
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"lachan/bench/queryfile"
)

type options struct {
	dir     string
	names   int // in all lists together
	schools int
	popular int // names that the warm queries ask for
	misses  int
	others  bool // write the forms of other servers
}

func main() {
	var o options
	flag.StringVar(&o.dir, "dir", ".", "where to write")
	flag.IntVar(&o.names, "names", 1_000_000, "names in all lists together")
	flag.IntVar(&o.schools, "schools", 1000, "schools of the policy, at most 40000")
	flag.IntVar(&o.popular, "popular", 100_000, "names that the warm queries ask for")
	flag.IntVar(&o.misses, "misses", 1_000_000, "names that are asked once")
	flag.BoolVar(&o.others, "others", true, "write the lists for other servers too")
	flag.Parse()
	if err := o.write(); err != nil {
		fmt.Fprintln(os.Stderr, "names:", err)
		os.Exit(1)
	}
}

func (o options) write() error {
	if o.schools < 1 || o.schools > 40_000 || o.names < len(categories) || o.popular < 10 {
		return errors.New("-schools is 1 to 40000, -names at least 8, -popular at least 10")
	}
	if err := os.MkdirAll(o.dir, 0o755); err != nil {
		return err
	}
	for i, category := range categories {
		if err := o.file(category+".hosts", func(w *bufio.Writer) { o.hosts(w, i) }); err != nil {
			return err
		}
	}
	if o.others {
		err := errors.Join(o.file("unbound.conf", o.unbound), o.file("blocked.rpz", o.rpz), o.file("blocked.names", o.plain))
		if err != nil {
			return err
		}
	}
	return errors.Join(
		o.file("policy.yaml", o.policy),
		o.queries("warm.queries", o.warm()),
		o.queries("miss.queries", o.miss()),
	)
}

// file writes one file by way of a buffer, whose error is that of the file.
func (o options) file(name string, fill func(*bufio.Writer)) error {
	f, err := os.Create(filepath.Join(o.dir, name))
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	fill(w)
	return errors.Join(w.Flush(), f.Close())
}

func (o options) queries(name string, q *queryfile.File) error {
	f, err := os.Create(filepath.Join(o.dir, name))
	if err != nil {
		return err
	}
	return errors.Join(q.Write(f), f.Close())
}
