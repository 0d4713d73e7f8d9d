package compiled

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"slices"
	"unsafe"
)

// A column is one table in the order of the file.
type column interface {
	encode() []byte
	decode(section []byte) error
}

// records is a column of records of a fixed width. T consists of integers and
// arrays of them, laid out without padding (TestRecordsHaveNoPadding), so that
// it is the same in memory as in the file on machines that order bytes as the
// file does.
type records[T any] struct{ rows *[]T }

// littleEndian reports whether this machine orders bytes as the file does.
func littleEndian() bool { return binary.NativeEndian.Uint16([]byte{1, 0}) == 1 }

func (c records[T]) encode() []byte {
	if len(*c.rows) == 0 {
		return nil
	}
	data := bytesOf(*c.rows)
	if !littleEndian() {
		data = slices.Clone(data)
		swapAll[T](data)
	}
	return data
}

// decode reads the records where they are. Only where the machine cannot do
// that are they copied.
func (c records[T]) decode(section []byte) error {
	var record T
	size := int(unsafe.Sizeof(record))
	if len(section)%size != 0 {
		return fmt.Errorf("%w: %d bytes are no whole records of %T", ErrDamaged, len(section), record)
	}
	*c.rows = nil
	if len(section) == 0 {
		return nil
	}
	start := unsafe.Pointer(unsafe.SliceData(section))
	if littleEndian() && uintptr(start)%unsafe.Alignof(record) == 0 {
		*c.rows = unsafe.Slice((*T)(start), len(section)/size)
		return nil
	}
	*c.rows = make([]T, len(section)/size)
	data := bytesOf(*c.rows)
	copy(data, section)
	if !littleEndian() {
		swapAll[T](data)
	}
	return nil
}

// bytesOf are the bytes of records, which must not be empty, in memory.
func bytesOf[T any](rows []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(rows))), len(rows)*int(unsafe.Sizeof(rows[0])))
}

// swapAll turns the bytes of each integer of records round.
func swapAll[T any](data []byte) {
	t := reflect.TypeFor[T]()
	for record := range slices.Chunk(data, int(t.Size())) {
		swap(t, record)
	}
}

func swap(t reflect.Type, data []byte) {
	switch t.Kind() {
	case reflect.Struct:
		for i := range t.NumField() {
			field := t.Field(i)
			swap(field.Type, data[field.Offset:field.Offset+field.Type.Size()])
		}
	case reflect.Array:
		if t.Len() > 0 {
			for item := range slices.Chunk(data, int(t.Elem().Size())) {
				swap(t.Elem(), item)
			}
		}
	default:
		slices.Reverse(data)
	}
}
