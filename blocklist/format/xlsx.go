package format

import (
	"io"
	"time"
)

const zipMark = "PK\x03\x04"

func firstSerialDay(from1904 bool) time.Time {
	if from1904 {
		return time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
}

func (p *run) workbook(_ io.Reader, _ any) error { return ErrXLSX }
