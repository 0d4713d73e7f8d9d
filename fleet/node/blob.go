package node

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A Blob is a file of the hub's as a record names it.
type Blob struct {
	SHA256 string `json:"sha256"` // in hexadecimal
	Size   int64  `json:"size"`   // in bytes
}

// ErrBlob is the error of a file that is not what its record says.
var ErrBlob = errors.New("the file is not the one that the record names")

// partSuffix ends the name of a file that has not come whole yet.
const partSuffix = ".part"

// stalled is after how long without a byte a download is given up.
const stalled = time.Minute

// Fetch has the file of a blob in a folder, from the first of some addresses that gives
// it, and returns its name. What has come of it before, also before a restart, is not
// asked for again. Nothing is kept under its name that is not the blob.
func Fetch(ctx context.Context, client *http.Client, dir string, b Blob, urls ...string) (name string, err error) {
	if name, err = named(dir, b); err != nil {
		return "", fmt.Errorf("fetch a file of the hub's: %w", err)
	}
	if Holds(name, b) {
		return name, nil
	}
	var errs []error
	for _, url := range urls {
		err := fetch(ctx, client, name+partSuffix, b, url+b.SHA256)
		if err == nil && !Holds(name+partSuffix, b) {
			err = errors.Join(ErrBlob, os.Remove(name+partSuffix))
		}
		if err == nil {
			err = os.Rename(name+partSuffix, name)
		}
		if err == nil {
			return name, nil
		}
		errs = append(errs, fmt.Errorf("fetch %s: %w", url, err))
		if ctx.Err() != nil {
			break
		}
	}
	return "", errors.Join(errs...)
}

// Held is the name of the file of a blob in a folder, if it is there whole; else the error is
// ErrBlob.
func Held(dir string, b Blob) (name string, err error) {
	if name, err = named(dir, b); err == nil && !Holds(name, b) {
		err = ErrBlob
	}
	return name, err
}

// named is the name of the file of a blob, whose digest may be anything.
func named(dir string, b Blob) (name string, err error) {
	if len(b.SHA256) != 2*sha256.Size || strings.Trim(b.SHA256, "0123456789abcdef") != "" || b.Size < 0 {
		return "", fmt.Errorf("%w: %q of %d bytes", ErrBlob, b.SHA256, b.Size)
	}
	return filepath.Join(dir, b.SHA256), nil
}

// Holds reports whether a file is a blob.
func Holds(name string, b Blob) bool {
	file, err := os.Open(name)
	if err != nil {
		return false
	}
	defer file.Close()
	sum := sha256.New()
	size, err := io.Copy(sum, io.LimitReader(file, b.Size+1))
	return err == nil && size == b.Size && hex.EncodeToString(sum.Sum(nil)) == b.SHA256
}

// fetch appends to a part what it lacks.
func fetch(ctx context.Context, client *http.Client, part string, b Blob, url string) (err error) {
	file, err := os.OpenFile(part, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	have, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if have > b.Size { // of another, or damaged
		have = 0
	}
	if have == b.Size && have > 0 {
		return nil // it is looked at
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	watch := time.AfterFunc(stalled, cancel)
	defer watch.Stop()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	if have > 0 {
		request.Header.Set("Range", "bytes="+strconv.FormatInt(have, 10)+"-")
	}
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	switch {
	case answer.StatusCode == http.StatusOK:
		have = 0 // all of it comes
	case answer.StatusCode != http.StatusPartialContent || have == 0 ||
		!strings.HasPrefix(answer.Header.Get("Content-Range"), "bytes "+strconv.FormatInt(have, 10)+"-"):
		return fmt.Errorf("it is answered by %s", answer.Status)
	}
	if err := file.Truncate(have); err != nil {
		return err
	}
	body := io.LimitReader(answer.Body, b.Size-have+1)
	if _, err := io.Copy(io.NewOffsetWriter(file, have), &watched{body, watch}); err != nil {
		return err
	}
	return file.Sync()
}

// watched puts the end off with each piece that comes.
type watched struct {
	io.Reader
	timer *time.Timer
}

// Read is io.Reader.
func (w *watched) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	if n > 0 {
		w.timer.Reset(stalled)
	}
	return n, err
}
