package config

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"lachan/blocklist/feed"
	"lachan/internal/durable"
	"lachan/internal/wording"
)

// Pack writes what holds, wherever it was said, for another process of the same
// program. Where a value stands in the file is left out.
func (c *Config) Pack() ([]byte, error) {
	text, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("encode the configuration: %w", err)
	}
	return text, nil
}

// Unpack reads what Pack has written.
func Unpack(text []byte) (*Config, error) {
	c := &Config{}
	if err := json.Unmarshal(text, c); err != nil {
		return nil, fmt.Errorf("decode the configuration: %w", err)
	}
	return c, nil
}

// A Carried is a list that a hub hands to its nodes: what it is, and what was found of the
// copy that the hub has verified.
type Carried struct {
	Feed Feed
	Copy feed.Copy
}

// Carry is a list as a hub hands it on: without what it is fetched by, which is the hub's.
func Carry(f Feed, c feed.Copy) Carried {
	f.URL, f.Mirrors, f.Verify.SHA256URL, f.Chosen, f.Carried = c.URL, nil, "", 0, true
	f.TSIG.Name, f.TSIG.SecretFile = "", ""
	c.ETag, c.LastModified, c.SHA256URL, c.TSIGKey = "", "", "", ""
	return Carried{f, c}
}

// MostCarried bounds the lists of a hub that a node takes.
const MostCarried = 200

// TextManyLists tells of a hub that has more, and of the first that its nodes do not get.
var TextManyLists = wording.Text{
	VI: "máy trung tâm có %d danh sách, nút nhận nhiều nhất %d: từ %q trở đi không tới nút; hãy bớt hoặc gộp danh sách",
	EN: "the hub has %d lists and nodes take at most %d: from %q on they do not get them; remove or merge lists",
}

// CarriedFile has the feeds that came from the hub, in JSON.
func CarriedFile(dir string) string { return filepath.Join(dir, "lists.json") }

// mostCarried bounds that file, in bytes.
const mostCarried = 4 << 20

// carriedCopy has the same, after a line with its SHA-256: with a damaged file alone the names
// of a list would be open.
func carriedCopy(dir string) string { return filepath.Join(dir, "lists.copy") }

// CarriedNames are the names of both files.
func CarriedNames() []string {
	return []string{filepath.Base(CarriedFile("")), filepath.Base(carriedCopy(""))}
}

// CarriedText is what is in the file, or in its copy if that is whole.
func CarriedText(dir string) ([]byte, error) {
	if text, err := readBounded(carriedCopy(dir)); err == nil {
		sum, feeds, _ := bytes.Cut(text, []byte("\n"))
		if is := sha256.Sum256(feeds); hex.EncodeToString(is[:]) == string(sum) {
			return feeds, nil
		}
	}
	return readBounded(CarriedFile(dir))
}

func readBounded(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > mostCarried {
		return nil, fmt.Errorf("%s has %d bytes, at most %d", path, info.Size(), mostCarried)
	}
	return os.ReadFile(path)
}

// WriteCarried writes both, where they are not so already; nil removes them.
func WriteCarried(dir string, feeds []byte) error {
	if feeds == nil {
		var errs []error
		for _, name := range CarriedNames() {
			if err := os.Remove(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
				errs = append(errs, err)
			}
		}
		return errors.Join(errs...)
	}
	sum := sha256.Sum256(feeds)
	for path, text := range map[string][]byte{
		CarriedFile(dir): feeds, carriedCopy(dir): append([]byte(hex.EncodeToString(sum[:])+"\n"), feeds...),
	} {
		if before, err := readBounded(path); err == nil && bytes.Equal(before, text) {
			continue
		}
		if err := durable.WriteFile(path, text, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// takeCarried adds the feeds that came from the hub. One whose name this machine's own file
// has is that of the file.
func takeCarried(c *Config) {
	text, _ := CarriedText(FleetDir(c)) // an error: nothing is read of it
	var feeds []Feed
	if json.Unmarshal(text, &feeds) != nil {
		return // the node takes them again
	}
	for i := range feeds[:min(len(feeds), MostCarried)] {
		f := &feeds[i]
		taken := slices.ContainsFunc(c.Feeds, func(other Feed) bool { return other.Name == f.Name })
		if f.Carried = true; !taken && feedName.MatchString(f.Name) {
			c.Feeds = append(c.Feeds, *f)
		}
	}
}
