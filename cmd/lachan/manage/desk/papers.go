package desk

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"

	"lachan/internal/durable"
	"lachan/internal/wording"
)

// papers are the tables of orders that were handed over: state_dir/tables/AUTHORITY/NAME.
type papers struct{ *Office }

// CheckTable says what is wrong with the table of an order: it is what the feed of the
// authority reads, so it is read as that reads it when it is taken in use. Here only what
// is no table at all is refused.
func (papers) CheckTable(file string, table []byte) error {
	switch filepath.Ext(file) {
	case ".csv", ".txt":
		if bytes.IndexByte(table, 0) >= 0 {
			return wording.Error(textNoText)
		}
	case ".xlsx":
		if !bytes.HasPrefix(table, []byte("PK\x03\x04")) {
			return wording.Error(textNoWorkbook)
		}
	default:
		return wording.Error(textNoTable)
	}
	return nil
}

// Take puts a table where the feed of its authority may read it.
func (p papers) Take(_ context.Context, authority, document, file string, table []byte) error {
	dir := filepath.Join(p.state, "tables", authority)
	if filepath.Base(dir) != authority {
		return errors.New("no folder of an authority")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	name := wording.Plain(document, '-') + filepath.Ext(file)
	return durable.WriteFile(filepath.Join(dir, name), table, 0o600)
}

var (
	textNoText = wording.Text{
		VI: "tệp không phải văn bản; hãy lưu dạng CSV UTF-8",
		EN: "the file is no text; save it as CSV in UTF-8",
	}
	textNoWorkbook = wording.Text{
		VI: "tệp không phải bảng tính xlsx",
		EN: "the file is no xlsx workbook",
	}
	textNoTable = wording.Text{
		VI: "chỉ nhận tệp .csv, .txt hoặc .xlsx",
		EN: "only .csv, .txt and .xlsx are taken",
	}
)
