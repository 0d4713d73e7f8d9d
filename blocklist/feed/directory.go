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

	"lachan/blocklist/format"
	"lachan/blocklist/format/packed"
)

// A directory is one feed: all list files in it, in the order of their names.
// Its copy is an archive of them (tar), since each may be of another format.

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
		if !packed.IsListName(e.Name()) {
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
		if archive.Flush() != nil { // it is shorter than it was; what else is wrong Close will say
			break
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

// A parsing reads the lists of a feed: one, or several in an archive or a directory.
type parsing struct {
	as    format.Format // of a single list
	asked format.Format // of each of several
	was   Readings      // how the version before was read
	max   int64         // bytes of all, unpacked
}

// What a parsing found.
type parsed struct {
	format.Summary
	readings Readings
	skipped  []string // files of an archive that are no lists of names
}

// parse reads a list as format.Parse does, or the lists of an archive one after the
// other, each as the format asked. A reject comes with the name of its file, which
// is "" for a single list. What is of format auto is read as was says, if it still
// looks like that.
func (p *parsing) parse(
	f packed.File, o format.Options, emit func(format.Rule) error, reject func(file string, r format.Reject),
) (all parsed, err error) {
	all.readings = Readings{}
	all.ByReason = map[format.Reason]int{}
	o.Costs = new(format.Costs)
	contents, err := packed.Lists(f, p.max, func(name string, r io.Reader) error {
		o, as, was := o, p.as, p.was[name]
		if name != "" {
			o.Name, as = name, p.asked
		}
		o.Was, o.NamesBelow = was.Format, was.keepsNames(o.Subdomains)
		sum, err := format.Parse(r, as, o, emit, func(r format.Reject) { reject(name, r) })
		if err != nil && name != "" {
			return &fileError{name, err}
		}
		if err == nil && as == format.Auto {
			all.readings[name] = Reading{sum.Format, sum.Format == format.Adblock && o.NamesBelow}
		}
		all.Format = sum.Format
		all.Add(&sum)
		return err
	})
	all.skipped = contents.Skipped
	if contents.Several {
		all.Format = format.Directory
	}
	return all, err
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

// mostBytes bounds what a copy unpacks to that has been examined: as much as max_bytes
// may be.
const mostBytes = 4 << 30

// Parse reads a copy whole, as format.Parse does.
func (c *Copy) Parse(o format.Options, emit func(format.Rule) error) error {
	file, err := os.Open(c.Path)
	if err != nil {
		return err
	}
	defer file.Close()
	p := parsing{c.Format, c.AskedFormat, c.Readings, mostBytes}
	_, err = p.parse(file, o, emit, func(string, format.Reject) {})
	return err
}
