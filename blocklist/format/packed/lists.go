package packed

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// A File is what lists lie in: an *os.File, or a text in memory.
type File interface {
	io.Reader
	io.ReaderAt
	io.Seeker
}

// Contents are what was found in a file.
type Contents struct {
	Several bool     // it is an archive
	Skipped []string // files of the archive that are no lists of names, by path
}

// Lists calls read for each list in a file, from its beginning: once with "" for a
// single list, compressed or not, and with its path for each that an archive has
// (tar, zip). All together they have at most max bytes. A workbook is a single list.
// It ends with the first error, also of read.
func Lists(f File, max int64, read func(name string, r io.Reader) error) (c Contents, err error) {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return c, err
	}
	k, err := kindAt(f)
	if err != nil {
		return c, err
	}
	if k == zipf {
		return zipLists(f, size, max, read)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return c, err
	}
	if k == plain {
		return c, read("", f)
	}
	names, single, err := tarNames(f, k, max)
	if err != nil || single {
		if err == nil {
			err = readSingle(f, k, max, read)
		}
		return c, err
	}
	c.Several = true
	chosen, skipped, err := choose(names)
	if c.Skipped = skipped; err != nil {
		return c, err
	}
	left := &budget{max}
	return c, eachOfTar(f, k, max, func(h *tar.Header, r io.Reader) error {
		if !slices.Contains(chosen, clean(h.Name)) {
			return nil
		}
		return readMember(clean(h.Name), r, left, read)
	})
}

// kindAt looks at the beginning of a file.
func kindAt(f File) (kind, error) {
	head := make([]byte, headBytes)
	n, err := f.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return plain, err
	}
	return kindOf(head[:n]), nil
}

// open returns the text of a file of a kind from its beginning, and whether that is
// an archive.
func open(f File, k kind, max int64) (text *bufio.Reader, archive bool, done func(), err error) {
	done = func() {}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, false, done, err
	}
	left := &budget{max}
	if k == tarf {
		return bufio.NewReader(left.of(f)), true, done, nil
	}
	unpacked, done, err := unpack(bufio.NewReader(f), k)
	if err != nil {
		return nil, false, done, err
	}
	text = bufio.NewReader(left.of(unpacked))
	head, _ := text.Peek(headBytes) // an error comes again when it is read
	within := kindOf(head)
	if within != plain && within != tarf {
		err = fmt.Errorf("%w: %s in %s", ErrOther, within, k)
	}
	return text, within == tarf, done, err
}

// readSingle hands on a single list that is compressed.
func readSingle(f File, k kind, max int64, read func(name string, r io.Reader) error) error {
	text, _, done, err := open(f, k, max)
	defer done()
	if err != nil {
		return err
	}
	return read("", text)
}

// tarNames returns the paths of the files of an archive; single is true if the file
// is none but a compressed list.
func tarNames(f File, k kind, max int64) (names []string, single bool, err error) {
	text, archive, done, err := open(f, k, max)
	defer done()
	if err != nil || !archive {
		return nil, !archive, err
	}
	err = walk(text, func(h *tar.Header, _ io.Reader) error {
		names = append(names, clean(h.Name))
		return nil
	})
	return names, false, err
}

// eachOfTar calls do for each file of an archive.
func eachOfTar(f File, k kind, max int64, do func(h *tar.Header, r io.Reader) error) error {
	text, _, done, err := open(f, k, max)
	defer done()
	if err != nil {
		return err
	}
	return walk(text, do)
}

func walk(text io.Reader, do func(h *tar.Header, r io.Reader) error) error {
	archive := tar.NewReader(text)
	for files := 0; ; {
		header, err := archive.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return damaged(err)
		}
		if header.Typeflag != tar.TypeReg || header.Size == 0 {
			continue // an empty list has no format
		}
		if files++; files > MaxFiles {
			return fmt.Errorf("%w: more than %d", ErrFiles, MaxFiles)
		}
		if err := do(header, archive); err != nil {
			return err
		}
	}
}

// readMember hands on a list of an archive, which may be compressed itself.
func readMember(name string, r io.Reader, left *budget, read func(name string, r io.Reader) error) error {
	text := bufio.NewReader(r)
	head, _ := text.Peek(headBytes) // an error comes again when it is read
	k := kindOf(head)
	if k == plain || k == zipf { // which may be a workbook
		return read(name, text)
	}
	unpacked, done, err := unpack(text, k)
	defer done()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return read(name, left.of(unpacked))
}

// isWorkbook reports whether a file of an archive says that it is a workbook.
func isWorkbook(z *zip.File) bool {
	return z.Name == "[Content_Types].xml" || strings.HasPrefix(z.Name, "xl/")
}

// zipLists is Lists for a zip file.
func zipLists(f File, size, max int64, read func(name string, r io.Reader) error) (c Contents, err error) {
	archive, err := zip.NewReader(f, size)
	if err != nil {
		return c, damaged(err)
	}
	if slices.ContainsFunc(archive.File, isWorkbook) {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return c, err
		}
		return c, read("", f)
	}
	c.Several = true
	var names []string
	files := map[string]*zip.File{}
	for _, z := range archive.File {
		if !z.Mode().IsRegular() || z.UncompressedSize64 == 0 {
			continue
		}
		names = append(names, clean(z.Name))
		files[clean(z.Name)] = z
	}
	if len(names) > MaxFiles {
		return c, fmt.Errorf("%w: %d", ErrFiles, len(names))
	}
	chosen, skipped, err := choose(names)
	if c.Skipped = skipped; err != nil {
		return c, err
	}
	left := &budget{max}
	for _, name := range chosen {
		text, err := files[name].Open()
		if err != nil {
			return c, damaged(err)
		}
		err = readMember(name, left.of(damagedReader{text}), left, read)
		if err := text.Close(); err != nil {
			return c, damaged(err)
		}
		if err != nil {
			return c, err
		}
	}
	return c, nil
}

// clean is a path within an archive as it is shown. Nothing is written to it.
func clean(name string) string {
	return strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(name, `\`, "/")), "/")
}

// notes are files that lie beside lists and are none, whatever their ending.
var notes = []string{
	"readme", "readme.txt", "license", "license.txt", "licence", "copying", "changelog", "global_usage",
}

// besideDomains are the files that a category has besides the names: pages,
// expressions for URLs, and what the category is for.
var besideDomains = []string{"urls", "expressions", "very_restrictive_expression", "usage"}

// notLists are the endings of files that are not lists: leftovers of editors and
// downloads, notes, signatures and digests.
var notLists = []string{
	"~", ".tmp", ".part", ".new", ".bak", ".old", ".swp", ".md", ".minisig", ".sha256", ".asc", ".sig", ".pdf", ".html",
}

// IsListName reports whether a file of that name may be a list.
func IsListName(name string) bool {
	lower := strings.ToLower(name)
	return !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "#") &&
		!slices.ContainsFunc(notLists, func(end string) bool { return strings.HasSuffix(lower, end) })
}

// choose says which files of an archive are lists of names. A category as filters of
// URLs have it (squidGuard, UT1) is a folder with the file domains; what lies beside
// that is of pages and of URLs, and not of names. It is one category.
func choose(names []string) (chosen, skipped []string, err error) {
	categories := map[string]bool{}
	for _, name := range names {
		if path.Base(name) == "domains" {
			categories[path.Dir(name)] = true
		}
	}
	if len(categories) > 1 {
		var folders []string
		for folder := range categories {
			folders = append(folders, folder)
		}
		slices.Sort(folders)
		return nil, nil, fmt.Errorf("%w: %s", ErrSeveral, strings.Join(folders[:min(len(folders), 10)], ", "))
	}
	for _, name := range names {
		base := path.Base(name)
		switch {
		case !IsListName(base):
		case slices.Contains(notes, strings.ToLower(base)),
			categories[path.Dir(name)] && slices.Contains(besideDomains, base):
			skipped = append(skipped, name)
		default:
			chosen = append(chosen, name)
		}
	}
	return chosen, skipped, nil
}
