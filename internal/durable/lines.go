package durable

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// ReadLines calls take with each line of a log, without the space around it; take reports whether
// it could be read. Lines that it could not, such as one that a power cut tore, and those of more
// than most bytes are counted in damaged. A file that is not there has no lines.
func ReadLines(path string, most int, take func(line []byte) bool) (damaged int, err error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer file.Close()
	for lines := bufio.NewReaderSize(file, most); ; {
		text, err := lines.ReadSlice('\n')
		whole := err == nil || errors.Is(err, io.EOF)
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = lines.ReadSlice('\n')
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return damaged, err
		}
		if text = bytes.TrimSpace(text); len(text) > 0 && !(whole && take(text)) {
			damaged++
		}
		if err != nil {
			return damaged, nil
		}
	}
}

// AppendLines adds lines, each with its line feed, to the end of a log, which need not be there
// yet. They are on disk when it returns nil. The line before may be torn, so a new one is begun.
func AppendLines(path string, lines []byte) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err == nil {
		_, err = file.Write(append([]byte{'\n'}, lines...))
	}
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil && info.Size() == 0 {
		err = SyncDir(filepath.Dir(path)) // it is new
	}
	return err
}
