package proven

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"lachan/cmd/lachan/inforce"
	"lachan/internal/durable"
)

// Kept are the last two things by which resolve has answered for a while, each in
// a folder of its own below Dir: its files, under second names, so that they are there as they
// were when what has the first names is replaced or removed, and what names them.
type Kept struct{ Dir string }

// A keptUse is the file that says what is in a folder. It is written last.
type keptUse struct {
	At  time.Time   `json:"at"`
	Use inforce.Use `json:"use"`
}

const (
	keptFile    = "use.json"
	keptLists   = "lists"
	keptPolicy  = "policy"
	keptFolders = "ab" // one letter for each
)

// all returns what is kept, the newest first.
func (k Kept) all() (list []keptUse) {
	if k.Dir == "" {
		return nil
	}
	for _, letter := range keptFolders {
		text, err := os.ReadFile(filepath.Join(k.Dir, string(letter), keptFile))
		var u keptUse
		if err == nil && json.Unmarshal(text, &u) == nil {
			list = append(list, u)
		}
	}
	slices.SortFunc(list, func(a, b keptUse) int { return b.At.Compare(a.At) })
	return list
}

// Other returns the newest that is not the same as use.
func (k Kept) Other(use *inforce.Use) (before inforce.Use, ok bool) {
	for _, u := range k.all() {
		if !sameFiles(&u.Use, use) {
			return u.Use, true
		}
	}
	return inforce.Use{}, false
}

// Save keeps use in place of the older of the two.
func (k Kept) Save(use *inforce.Use, now time.Time) error {
	all := k.all()
	if k.Dir == "" || len(all) > 0 && sameFiles(&all[0].Use, use) {
		return nil
	}
	folder := filepath.Join(k.Dir, keptFolders[:1])
	if len(all) > 0 && filepath.Dir(all[0].Use.ListsDir) == folder {
		folder = filepath.Join(k.Dir, keptFolders[1:])
	}
	copied := *use
	copied.ListsDir, copied.PolicyDir = filepath.Join(folder, keptLists), filepath.Join(folder, keptPolicy)
	text, err := json.Marshal(keptUse{now, copied})
	if err == nil {
		err = os.RemoveAll(folder)
	}
	if err != nil {
		return err
	}
	return errors.Join(
		linkAll(use.ListsDir, copied.ListsDir, use.ListsSerial),
		linkAll(use.PolicyDir, copied.PolicyDir, use.PolicySerial),
		durable.WriteFile(filepath.Join(folder, keptFile), text, 0o600),
	)
}

// filesOf are the files of a serial, as the stores of lists and policies name them.
func filesOf(dir string, serial uint64) []string {
	names, _ := filepath.Glob(filepath.Join(dir, fmt.Sprintf("%08d.*", serial))) // the pattern is good
	return names
}

// linkAll gives the files of a serial a second name in another folder.
func linkAll(from, to string, serial uint64) error {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	for _, name := range filesOf(from, serial) {
		if err := os.Link(name, filepath.Join(to, filepath.Base(name))); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return nil
}

// sameFiles reports whether two of them are of the same files and settings, under
// whatever names.
func sameFiles(a, b *inforce.Use) bool {
	return a.PolicyDigest == b.PolicyDigest && bytes.Equal(a.Config, b.Config) &&
		sameIn(filesOf(a.ListsDir, a.ListsSerial), filesOf(b.ListsDir, b.ListsSerial))
}

func sameIn(a, b []string) bool {
	return slices.EqualFunc(a, b, func(x, y string) bool {
		one, err := os.Stat(x)
		other, failed := os.Stat(y)
		return err == nil && failed == nil && filepath.Base(x) == filepath.Base(y) && os.SameFile(one, other)
	})
}
