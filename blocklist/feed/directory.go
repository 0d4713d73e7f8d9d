package feed

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"lachan/blocklist/format"
)

// A directory is one feed: all list files in it, in the order of their names.
// Its copy is an archive of them (tar), since each may be of another format.

// notLists are the endings of files that are not lists: leftovers of editors and
// downloads, notes, signatures and digests.
var notLists = []string{"~", ".tmp", ".part", ".new", ".bak", ".old", ".swp", ".md", ".minisig", ".sha256"}

// isListName reports whether a file of that name in a directory is one of its
// lists.
func isListName(name string) bool {
	return !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "#") &&
		!slices.ContainsFunc(notLists, func(end string) bool { return strings.HasSuffix(strings.ToLower(name), end) })
}

func isDirectory(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// listFiles returns the lists of a directory by name. It follows links, and does
// not look into directories below.
func listFiles(dir string) (files []fs.FileInfo, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if !isListName(e.Name()) {
			continue
		}
		info, err := os.Stat(filepath.Join(dir, e.Name()))
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed meanwhile, or a link to nothing
		}
		if err != nil {
			return nil, err
		}
		if info.Mode().IsRegular() {
			files = append(files, info)
		}
	}
	return files, nil
}

// copyDirectory writes the lists of a directory to w as an archive. The same lists
// give the same bytes. A directory that changes meanwhile is an error.
func copyDirectory(dir string, max int64, w io.Writer) error {
	before, err := listFiles(dir)
	if err != nil {
		return refuse(textFile.With(dir, err), err)
	}
	if len(before) == 0 {
		return refuse(textDirectoryEmpty.With(dir), fmt.Errorf("%w: no list in the directory", fs.ErrNotExist))
	}
	archive := tar.NewWriter(w)
	size := int64(0)
	for _, info := range before {
		if size += info.Size(); size > max {
			return refuse(textTooLarge.With(max), ErrTooLarge)
		}
		header := tar.Header{Name: filepath.Base(info.Name()), Mode: 0o600, Size: info.Size(), Typeflag: tar.TypeReg}
		if err := archive.WriteHeader(&header); err != nil {
			return refuse(textFile.With(info.Name(), err), err)
		}
		err := copyLocal(filepath.Join(dir, info.Name()), info.Size(), archive)
		if errors.Is(err, ErrTooLarge) { // than it was a moment ago
			break
		}
		if err != nil {
			return err
		}
	}
	after, err := listFiles(dir)
	if err != nil || !slices.EqualFunc(before, after, sameContent) {
		return refuse(textUnstable.With(dir), ErrUnstable)
	}
	return archive.Close()
}

// sameContent reports whether a file was not written to between two looks.
func sameContent(a, b fs.FileInfo) bool {
	return a.Name() == b.Name() && os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

// A Reading says how a list of format auto was read, so that its next version is
// read alike.
type Reading struct {
	Format format.Format `json:"format"`
	// Below has a plain name among adblock rules cover all below it, since it did
	// before there were rules in the list.
	Below bool `json:"names_below,omitempty"`
}

// keepsNames reports whether plain names of the next version cover all below them,
// also if there are adblock rules in it.
func (r Reading) keepsNames(subdomains bool) bool {
	return r.Below || subdomains && (r.Format == format.Hosts || r.Format == format.Domains)
}

// Readings are those of the lists of a feed by the name of their file, which is ""
// for a single list.
type Readings map[string]Reading

// parse reads a list as format.Parse does or, when as is format.Directory, the
// lists of an archive one after the other, each as the format asked. A reject
// comes with the name of its file, which is "" for a single list. What is of
// format auto is read as was says, if it still looks like that.
func parse(
	r io.Reader, as, asked format.Format, was Readings, o format.Options,
	emit func(format.Rule) error, reject func(file string, r format.Reject),
) (format.Summary, Readings, error) {
	readings := Readings{}
	one := func(r io.Reader, file string, as format.Format) (format.Summary, error) {
		before := was[file]
		o := o
		o.Was, o.NamesBelow = before.Format, before.keepsNames(o.Subdomains)
		sum, err := format.Parse(r, as, o, emit, func(r format.Reject) { reject(file, r) })
		if as == format.Auto && err == nil {
			readings[file] = Reading{sum.Format, sum.Format == format.Adblock && o.NamesBelow}
		}
		return sum, err
	}
	if as != format.Directory {
		sum, err := one(r, "", as)
		return sum, readings, err
	}
	o.Costs = new(format.Costs)
	all := format.Summary{Format: format.Directory, ByReason: map[format.Reason]int{}}
	archive := tar.NewReader(r)
	for {
		header, err := archive.Next()
		if err == io.EOF {
			return all, readings, nil
		}
		if err != nil {
			return all, readings, err
		}
		if header.Size == 0 {
			continue // an empty list has no format
		}
		o.Name = header.Name
		sum, err := one(archive, header.Name, asked)
		if err != nil {
			return all, readings, &fileError{header.Name, err}
		}
		all.Lines, all.Comments = all.Lines+sum.Lines, all.Comments+sum.Comments
		all.Rules, all.Rejected = all.Rules+sum.Rules, all.Rejected+sum.Rejected
		for reason, n := range sum.ByReason {
			all.ByReason[reason] += n
		}
	}
}

// A fileError is an error of one file of a directory.
type fileError struct {
	file string
	err  error
}

func (e *fileError) Error() string { return e.file + ": " + e.err.Error() }
func (e *fileError) Unwrap() error { return e.err }

// readAs returns the format of a copy on disk, as parse takes it.
func (c *Copy) readAs(src *Source) format.Format {
	if c.Format == format.Directory {
		return format.Directory
	}
	return src.listFormat()
}

// Parse reads a copy whole, as format.Parse does.
func (c *Copy) Parse(o format.Options, emit func(format.Rule) error) error {
	file, err := os.Open(c.Path)
	if err != nil {
		return err
	}
	defer file.Close()
	_, _, err = parse(file, c.Format, c.AskedFormat, c.Readings, o, emit, func(string, format.Reject) {})
	return err
}
