package feed

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// copyLocal writes the list in a file to w. A file that changes meanwhile is an
// error: it may be half of a list that is just being saved.
func copyLocal(file string, max int64, w io.Writer) error {
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return refuse(textNoFile.With(file), err)
	case err != nil:
		return refuse(textFile.With(file, err), err)
	case !info.Mode().IsRegular():
		return refuse(textNotRegular.With(file), fmt.Errorf("%w: not a regular file", ErrUnsupported))
	}
	f, err := os.Open(file)
	if err != nil {
		return refuse(textFile.With(file, err), err)
	}
	defer f.Close()
	n, err := io.Copy(w, &cappedReader{r: f, left: max})
	if errors.Is(err, ErrTooLarge) {
		return refuse(textTooLarge.With(max), ErrTooLarge)
	}
	if err != nil {
		return refuse(textFile.With(file, err), err)
	}
	after, err := os.Stat(file)
	if err != nil || !sameContent(info, after) || n != after.Size() {
		return refuse(textUnstable.With(file), ErrUnstable)
	}
	return nil
}
